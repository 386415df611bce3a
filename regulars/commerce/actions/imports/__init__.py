"""Taking in what a source tells: a run reads, stages and loads it, and can be stopped and gone on with."""

from regulars.commerce.actions.imports.runs import (
    IMPORT_JOB,
    CannotImport,
    ImportRefusal,
    add_run,
    describe_run,
    forget_files,
    request_run,
    run_import,
    save_profile,
    stop_run,
)

__all__ = [
    "IMPORT_JOB",
    "CannotImport",
    "ImportRefusal",
    "add_run",
    "describe_run",
    "forget_files",
    "request_run",
    "run_import",
    "save_profile",
    "stop_run",
]
