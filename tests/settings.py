"""The product's settings with what only tests want: a home of their own, quick passwords, plain static files."""

import os
import tempfile
from pathlib import Path

_home = Path(os.environ.get("REGULARS_HOME") or tempfile.mkdtemp(prefix="regulars-tests-"))
# Tests that run beside each other keep their files apart; the processes that they start share theirs.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
os.environ["REGULARS_HOME"] = str(_home / _worker if _worker and _home.name != _worker else _home)
os.environ.setdefault("REGULARS_LOG_FORMAT", "text")

from regulars.project.settings import *  # noqa: F403, E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in use: in memory there is no WAL, no lock and no second process.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}  # noqa: F405
    # Tests outlive a killed process, not a power cut: waiting for the disc after each commit proves nothing here.
    _options = DATABASES["default"]["OPTIONS"]  # noqa: F405
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
