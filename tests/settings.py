"""The product's settings with what only tests want: a home of their own, quick passwords, plain static files."""

import os
import tempfile

os.environ.setdefault("REGULARS_HOME", tempfile.mkdtemp(prefix="regulars-tests-"))
os.environ.setdefault("REGULARS_LOG_FORMAT", "text")

from regulars.project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in use: in memory there is no WAL, no lock and no second process.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}  # noqa: F405
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
