"""Every setting that comes from outside, typed, in one place. A missing or wrong one says how to mend it."""

import secrets
import sys
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """Variables of the process. Names are upper-case: `home` below is REGULARS_HOME."""

    model_config = SettingsConfigDict(env_prefix="REGULARS_", extra="ignore")

    home: Path = Field(default=Path("var"), description="Folder of database, Parquet, uploads and exports.")
    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="postgresql://user:password@host:5432/name; empty: SQLite in REGULARS_HOME.",
    )
    secret_key: str = Field(
        default="", description="At least 32 random characters; empty: made once and kept in REGULARS_HOME/secret_key."
    )
    debug: bool = Field(default=False, description="Developers only: shows errors in full.")
    hosts: str = Field(
        default="localhost,127.0.0.1,[::1]",
        description="Host names under which the desk is reached, separated by commas.",
    )
    https: bool = Field(default=False, description="Set behind HTTPS: cookies are then sent over it only.")
    language: Literal["en", "ru"] = Field(default="en", description="Language of pages before a person chooses one.")
    log_format: Literal["json", "text"] = Field(default="json", description="Form of log lines.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least level that is logged."
    )
    job_memory_mib: int = Field(default=4096, ge=256, description="Memory limit of one import or analysis, in MiB.")
    engine: Literal["duckdb", "spark"] = Field(
        default="duckdb", description="What computes figures: duckdb, or spark (see docs/spark.md)."
    )
    spark_master: str = Field(
        default="local[2]", description="Where Spark runs: local[2] is this machine, spark://host:7077 a cluster."
    )
    spark_folder: str = Field(
        default="",
        description="Folder that the cluster's machines reach (s3a://bucket/regulars); empty: they see REGULARS_HOME.",
    )
    upload_max_mib: int = Field(default=2048, ge=1, description="Largest file that may be uploaded, in MiB.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("postgresql", "postgres"):
            raise ValueError("must begin with postgresql:// (leave it empty for SQLite)")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError('too short: make one with python -c "import secrets; print(secrets.token_urlsafe(48))"')
        return value

    @cached_property
    def folder(self) -> Path:
        """REGULARS_HOME, made on first use, readable by its owner only."""
        folder = self.home.expanduser().resolve()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @cached_property
    def secret(self) -> str:
        if self.secret_key:
            return self.secret_key
        path = self.folder / "secret_key"
        try:
            with path.open("x") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return path.read_text()

    @property
    def databases(self) -> dict[str, object]:
        """Django's DATABASES["default"]."""
        if self.database_url:
            url = urlsplit(self.database_url)
            query = dict(part.split("=", 1) for part in url.query.split("&") if "=" in part)
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(url.path.lstrip("/")),
                "USER": unquote(url.username or ""),
                "PASSWORD": unquote(url.password or ""),
                "HOST": unquote(query.get("host", url.hostname or "")),
                "PORT": str(url.port or ""),
                "CONN_MAX_AGE": 600,
                "CONN_HEALTH_CHECKS": True,
                "OPTIONS": {"sslmode": query["sslmode"]} if "sslmode" in query else {},
            }
        return {
            "ENGINE": "regulars.foundation.sqlite3",
            "NAME": str(self.folder / "regulars.sqlite3"),
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                # A read that later writes would fail at once under DEFERRED;
                # FULL, because a ledger may not lose its last commit.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
            },
        }


def faults() -> list[str]:
    """One line for each setting that is wrong, saying how to mend it."""
    try:
        Environment()
    except ValidationError as error:
        return [_explain(str(fault["loc"][0]), fault["msg"]) for fault in error.errors()]
    return []


def load() -> Environment:
    """The environment, or an end with one line for each setting that is wrong."""
    if found := faults():
        print("\n".join(found), file=sys.stderr)  # noqa: T201 - before logging exists
        raise SystemExit(2)
    return Environment()


def variable_of(field: str) -> str:
    """The name of the variable that sets this field."""
    alias = Environment.model_fields[field].validation_alias
    return str(alias) if alias else f"REGULARS_{field.upper()}"


def _explain(place: str, message: str) -> str:
    field = place.lower().removeprefix("regulars_")
    message = message.removeprefix("Value error, ")
    return f"Setting {variable_of(field)} is wrong: {message}. It means: {Environment.model_fields[field].description}"
