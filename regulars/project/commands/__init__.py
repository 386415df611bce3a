"""The commands of `regulars`, one module each. docs/development.md shows how to add one."""

import argparse
from typing import Any, Protocol

from rich.console import Console

NAMES = ("demo", "import", "analyse", "report", "serve", "worker", "doctor", "backup", "restore", "user")


class Command(Protocol):
    """What a command's module holds. `then(options) -> int` may be added: work after the result was printed."""

    HELP: str  # gettext_lazy
    NEEDS_INSTALLATION: bool  # whether the database is to be set up and brought up to date first

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> dict[str, Any]:
        """Do it; the result as `--json` prints it. `exit_code` in it, if not 0, is how the command ends."""
        ...

    def show(self, result: dict[str, Any], console: Console) -> None:
        """Print the result for a person."""
        ...


class CommandFailed(Exception):
    """The command cannot do what was asked; `remedy` says what to do. With `--json` it is the document's `error`."""

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        code: str = "failed",
        exit_code: int = 1,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.remedy, self.code, self.exit_code = message, remedy, code, exit_code
        self.details = details or {}


def module_of(name: str) -> str:
    """`import` is a keyword of Python, so its module is `import_`."""
    return f"regulars.project.commands.{'import_' if name == 'import' else name}"


def progress_console() -> Console:
    """Where progress goes: standard error, so that standard output holds the result alone."""
    return Console(stderr=True, highlight=False)
