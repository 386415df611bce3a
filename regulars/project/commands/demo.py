"""`regulars demo`: builds the sample shop, finds its figures, opens the desk on it."""

import argparse
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from regulars.project.commands import CommandFailed, progress_console, serve

HELP = gettext_lazy("build the sample shop and open the desk on it")
NEEDS_INSTALLATION = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-serve", action="store_true", help=_("only build the shop"))
    parser.add_argument("--customers", type=int, default=2000, help=_("how many people (default: %(default)s)"))
    parser.add_argument("--seed", type=int, default=1, help=_("another number, other people (default: %(default)s)"))
    parser.add_argument("--until", metavar="2026-01-31", help=_("the day after the last orders (default: today)"))
    parser.add_argument("--language", choices=("en", "ru"), help=_("of goods and people (default: as here)"))
    serve.add_arguments(parser)


def run(options: argparse.Namespace) -> dict[str, Any]:
    from django.conf import settings

    from regulars.foundation import clock, queue
    from regulars.foundation.actors import Actor
    from regulars.insight.actions.analysing import analyse
    from regulars.project import demo

    if not 10 <= options.customers <= 1_000_000:
        raise CommandFailed(_("The sample shop has from 10 to 1,000,000 customers."), code="customers")
    mark = settings.HOME / "sample-unfinished"
    if mark.exists():
        raise CommandFailed(
            _("The sample shop was interrupted while it was built."),
            remedy=_("Set REGULARS_HOME to a new folder (and DATABASE_URL to an empty database), then try again."),
            code="unfinished",
        )
    started_at = clock.now()
    names = _steps()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        console=progress_console(),
        transient=True,
        disable=options.json,
    )
    with bar:
        task = bar.add_task("", total=len(names))

        def report(step: str, share: float) -> None:
            mark.touch()
            bar.update(task, description=str(names[step]), completed=list(names).index(step) + share)

        try:
            shop = demo.build(
                now=started_at,
                end_date=_day(options.until),
                customers=options.customers,
                seed=options.seed,
                language=options.language or (get_language() or "en")[:2],
                folder=settings.HOME,
                report=report,
            )
        except demo.CannotBuild as error:
            if error.args[0] == "not_empty":
                return {"is_built": False}
            raise CommandFailed(_("The last day has not come yet: choose one up to today."), code="until") from error
        mark.unlink()
        bar.update(task, description=str(names["figures"]), completed=len(names) - 2)
        analyse(by=Actor.system("demo"), clock=clock.now)
        bar.update(task, description=str(names["reactions"]), completed=len(names) - 1)
        queue.drain(clock.now)
    return {"is_built": True, **_counts(shop), "seconds": round((clock.now() - started_at).total_seconds(), 1)}


def show(result: dict[str, Any], console: Console) -> None:
    if not result["is_built"]:
        console.print(_("There are orders here already: the sample shop is left out."), soft_wrap=True)
        return
    people = ngettext("%(customers)d customer", "%(customers)d customers", result["customers"]) % result
    orders = ngettext("%(orders)d order", "%(orders)d orders", result["orders"]) % result
    console.print(
        _("The sample shop: %(people)s, %(orders)s, built in %(seconds).0f s")
        % {"people": people, "orders": orders, "seconds": result["seconds"]},
        style="bold",
    )
    console.print(
        _("Everybody in it is invented. What is true of them: %(truth)s (docs/sample-shop.md)") % result, soft_wrap=True
    )


def then(options: argparse.Namespace) -> int:
    if options.no_serve:
        return 0
    result = serve.run(options)
    if options.json:
        return serve.then(options)
    serve.show(result, Console(highlight=False))
    return serve.then(options)


def _counts(shop: Any) -> dict[str, Any]:
    from django.conf import settings

    from regulars.project.demo.truth import FILE_NAME

    simulation = shop.simulation
    return {
        "customers": len(shop.truth["customers"]),
        "orders": len(simulation.orders),
        "returns": len(simulation.returns),
        "enquiries": len(simulation.enquiries),
        "visits": len(simulation.visits),
        "alive": sum(customer["is_alive"] for customer in shop.truth["customers"]),
        "truth": str(settings.HOME / FILE_NAME),
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CommandFailed(
            _("“%(text)s” is no date.") % {"text": text}, remedy=_("Write it as 2026-01-31."), code="until"
        ) from error


def _steps() -> dict[str, str]:
    """What is under way, in order."""
    return {
        "simulation": _("Two years pass"),
        "organisation": _("Stores and sellers"),
        "catalogue": _("Goods and prices"),
        "customers": _("Customers"),
        "orders": _("Orders"),
        "returns": _("Returns"),
        "enquiries": _("Enquiries"),
        "visits": _("Visits of the site"),
        "economics": _("Spending, plans, evenings"),
        "profiles": _("What staff know"),
        "figures": _("Figures"),
        "reactions": _("What follows from it"),
    }
