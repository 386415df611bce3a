"""The `regulars` command: reads the arguments, gets the installation ready, prints text or one JSON document."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn, cast

from rich.console import Console

from regulars.project import environment
from regulars.project.commands import NAMES, Command, CommandFailed, module_of

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    is_json = "--json" in arguments
    try:
        # In JSON mode nothing but the document may reach standard output, whoever prints.
        with contextlib.redirect_stdout(sys.stderr) if is_json else contextlib.nullcontext():
            _start_django()
            options = _parser().parse_args(arguments)
            command = _load(options.command)
            if command.NEEDS_INSTALLATION:
                from regulars.project import installation

                installation.prepare()
            result = command.run(options)
        _print(command, result, is_json=is_json)
        return command.then(options) if hasattr(command, "then") else int(result.get("exit_code", 0))
    except CommandFailed as failure:
        _print_failure(failure, is_json=is_json)
        return failure.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("REGULARS_LOG_LEVEL") == "DEBUG":
            raise
        _print_failure(_unforeseen(error), is_json=is_json)
        return FAILED


def _unforeseen(error: Exception) -> CommandFailed:
    from django.db import OperationalError
    from django.utils.translation import gettext as _

    message = f"{type(error).__name__}: {error}".strip()
    if isinstance(error, OperationalError):
        remedy = _("The database did not do what was asked. See what is wrong: regulars doctor")
        return CommandFailed(message, remedy=remedy, code="database")
    return CommandFailed(message, remedy=_("See where it arose: REGULARS_LOG_LEVEL=DEBUG"), code="unforeseen")


def _start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")
    if faults := environment.faults():
        raise CommandFailed("\n".join(faults), code="settings", exit_code=WRONG_USAGE)
    import django
    from django.utils import translation

    django.setup()
    translation.activate(_language())


def _language() -> str:
    """REGULARS_LANGUAGE, else the terminal's."""
    for name in ("REGULARS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if wanted := os.environ.get(name, "")[:2]:
            return wanted if wanted in ("en", "ru") else "en"
    return "en"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CommandFailed(message, remedy=self.format_usage().strip(), code="usage", exit_code=WRONG_USAGE)


def _parser() -> argparse.ArgumentParser:
    from django.utils.translation import gettext as _

    everywhere = _Parser(add_help=False)
    everywhere.add_argument("--json", action="store_true", help=_("print one JSON document and nothing else"))
    parser = _Parser(prog="regulars", description=_("Turns one-off buyers into regulars."))
    commands = parser.add_subparsers(dest="command", required=True, metavar=_("command"))
    for name in NAMES:
        command = _load(name)
        of_command = commands.add_parser(
            name, parents=[everywhere], help=str(command.HELP), description=str(command.HELP)
        )
        command.add_arguments(of_command)
    return parser


def _load(name: str) -> Command:
    return cast(Command, import_module(module_of(name)))


def _print(command: Command, result: dict[str, Any], *, is_json: bool) -> None:
    if is_json:
        print(json.dumps(result, ensure_ascii=False, default=str), flush=True)  # noqa: T201 - the command's output
    else:
        command.show(result, Console(highlight=False))


def _print_failure(failure: CommandFailed, *, is_json: bool) -> None:
    if is_json:
        error = {"code": failure.code, "message": failure.message, "remedy": failure.remedy, **failure.details}
        print(json.dumps({"error": error}, ensure_ascii=False, default=str), flush=True)  # noqa: T201
        return
    console = Console(stderr=True, highlight=False)
    console.print(failure.message, style="red", markup=False, soft_wrap=True)
    if failure.remedy:
        console.print(failure.remedy, markup=False, soft_wrap=True)
