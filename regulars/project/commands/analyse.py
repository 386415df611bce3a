"""`regulars analyse`: bring what changed into the figures, and find them anew."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from regulars.project.commands import CommandFailed, progress_console

if TYPE_CHECKING:
    from regulars.insight.actions.analysing import Progress as Standing

HELP = gettext_lazy("find the figures of customers and shop anew")
NEEDS_INSTALLATION = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help=_("read all data anew, not only what changed"))


def run(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.foundation import clock
    from regulars.foundation.actors import Actor
    from regulars.insight.actions.analysing import analyse
    from regulars.insight.actions.turn import AnalysisRunning
    from regulars.insight.store import EngineMissing
    from regulars.project.engine import lack_in_words

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
        console=progress_console(),
        transient=True,
        disable=options.json,
    )
    with bar:
        task = bar.add_task("", total=1.0, left="")

        def show_progress(standing: "Standing") -> None:
            bar.update(task, completed=standing.done_share, description=_step_name(standing.step), left=_left(standing))

        try:
            result = analyse(
                by=Actor.system("command"), clock=clock.now, is_full=options.full, on_progress=show_progress
            )
        except AnalysisRunning as error:
            raise CommandFailed(
                _("An analysis is already under way."),
                remedy=_("Wait until it is done: the desk shows it under “Analysis runs”."),
                code="running",
            ) from error
        except EngineMissing as error:
            message, remedy = lack_in_words(error.what)
            raise CommandFailed(message, remedy=remedy, code="engine") from error
    return asdict(result)


def show(result: dict[str, Any], console: Console) -> None:
    console.print(
        _("%(customers)d customers, %(orders)d orders, %(products)d products in %(seconds).1f s") % result, style="bold"
    )
    console.print(
        _("%(parts_read)d parts were read (%(rows_read)d rows), %(parts_kept)d had not changed.") % result,
        soft_wrap=True,
    )
    if result["is_baseline"]:
        console.print(_("A baseline: stages were set anew, nobody is reported as having changed."), soft_wrap=True)
    else:
        console.print(_("Changed their stage: %(changes)d.") % result)


def _step_name(step: str) -> str:
    return {
        "marks": _("What changed"),
        "extracts": _("Reading"),
        "figures": _("Figures"),
        "publishing": _("Publishing"),
    }[step]


def _left(standing: "Standing") -> str:
    return "" if standing.seconds_left is None else _("%d s left") % round(standing.seconds_left)
