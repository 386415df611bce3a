"""What the chosen analytical engine lacks, in words."""

from django.utils.translation import gettext as _

from regulars.insight.store import LEAST_JAVA


def lack_in_words(what: str) -> tuple[str, str]:
    """What is missing ("extra" or "java") and how to mend it."""
    if what == "extra":
        return (
            _("Spark is chosen, but pyspark is not installed."),
            _('Install it: pip install "regulars[spark]", or set REGULARS_ENGINE=duckdb.'),
        )
    return (
        _("Spark is chosen, but Java %(version)d or newer is missing.") % {"version": LEAST_JAVA},
        _("Install it (Debian: openjdk-17-jre-headless) or set JAVA_HOME, or set REGULARS_ENGINE=duckdb."),
    )
