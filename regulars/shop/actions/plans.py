"""Sales plans and what the economics go by."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.shop.events import AssumptionsSet, SalesPlanSet
from regulars.shop.models import EconomicsAssumptions, SalesPlan, Staff, Store
from regulars.shop.queries.economics import assumptions
from regulars.shop.rules import Channel, PlanPeriod, PlanScope
from regulars.shop.rules.plans import LARGEST_MINOR, PlanEntry
from regulars.shop.rules.spending import month_of


class CannotSetPlan(Exception):
    """A negative amount, a month that does not begin with its first day, or a scope that does not exist."""


class CannotSetAssumptions(Exception):
    """A margin or discount outside of what can be."""


def set_plans(*, entries: Iterable[PlanEntry], by: Actor, now: datetime) -> int:
    """Many plans at once, all of them or none; an amount of None takes one away. How many are new or different."""
    wanted = {_key(entry): entry for entry in entries}
    _check(wanted.values())
    with transaction.atomic():
        dates = {entry.on_date for entry in wanted.values()}
        rows = SalesPlan.objects.select_for_update().filter(on_date__in=dates)
        before = {(row.scope, row.scope_id, row.period, row.on_date): row for row in rows}
        changed = {
            key: entry
            for key, entry in wanted.items()
            if entry.amount_minor != (before[key].amount_minor if key in before else None)
        }
        SalesPlan.objects.filter(id__in=[before[key].pk for key in changed if key in before]).delete()
        SalesPlan.objects.bulk_create(
            [
                SalesPlan(scope=key[0], scope_id=key[1], period=key[2], on_date=key[3], amount_minor=entry.amount_minor)
                for key, entry in changed.items()
                if entry.amount_minor is not None
            ],
            batch_size=200,
        )
        for key, entry in changed.items():
            scope, scope_id, period, on_date = key
            old = before.get(key)
            audit.record(
                verb="plan.set",
                subject_kind="plan",
                subject_id=f"{scope} {scope_id} {period} {on_date.isoformat()}",
                by=by,
                now=now,
                before={"amount_minor": old.amount_minor} if old else {},
                after={"amount_minor": entry.amount_minor},
            )
        if changed:
            months = tuple(sorted({month_of(entry.on_date) for entry in changed.values()}))
            events.record(SalesPlanSet(customer_id=None, occurred_at=now, months=months), by=by, now=now)
    return len(changed)


def set_assumptions(*, margin_share: float | None, discount_share: float, by: Actor, now: datetime) -> None:
    """The margin where costs of goods are not known (None: not said); by how much a year later counts less."""
    if margin_share is not None and not 0 < margin_share < 1:
        raise CannotSetAssumptions(_("The margin must lie between 0 and 100 percent."))
    if not 0 <= discount_share <= 1:
        raise CannotSetAssumptions(_("The discount must lie between 0 and 100 percent a year."))
    with transaction.atomic():
        before = assumptions()
        EconomicsAssumptions.objects.update_or_create(
            id=1, defaults={"margin_share": margin_share, "discount_share": discount_share}
        )
        audit.record(
            verb="economics.changed",
            subject_kind="economics",
            subject_id="1",
            by=by,
            now=now,
            before={"margin_share": before.margin_share, "discount_share": before.discount_share},
            after={"margin_share": margin_share, "discount_share": discount_share},
        )
        events.record(AssumptionsSet(customer_id=None, occurred_at=now), by=by, now=now)


def _key(entry: PlanEntry) -> tuple[str, str, str, date]:
    return entry.scope.value, entry.scope_id, entry.period.value, entry.on_date


def _check(entries: Iterable[PlanEntry]) -> None:
    named: dict[PlanScope, set[str]] = {scope: set() for scope in PlanScope}
    for entry in entries:
        if entry.amount_minor is not None and not 0 <= entry.amount_minor <= LARGEST_MINOR:
            raise CannotSetPlan(_("A plan cannot be below zero."))
        if entry.period is PlanPeriod.MONTH and entry.on_date != month_of(entry.on_date):
            raise CannotSetPlan(_("A plan of a month is named by its first day."))
        named[entry.scope].add(entry.scope_id)
    is_known = (
        named[PlanScope.SHOP] <= {""}
        and named[PlanScope.CHANNEL] <= {channel.value for channel in Channel}
        and _are_all_there(Store, named[PlanScope.STORE])
        and _are_all_there(Staff, named[PlanScope.SELLER])
    )
    if not is_known:
        raise CannotSetPlan(_("There is no such store, seller or channel."))


def _are_all_there(model: type[Store | Staff], ids: set[str]) -> bool:
    try:
        wanted = {UUID(id_) for id_ in ids}
    except ValueError:
        return False
    return not wanted or model._default_manager.filter(id__in=wanted).count() == len(wanted)
