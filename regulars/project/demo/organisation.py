"""The sample shop's own side: settings, stores with their hours, sellers and shifts, rates, a goal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.project.demo import seasons
from regulars.project.demo.process import TIME_ZONE
from regulars.project.demo.seasons import ONLINE, SELLERS, STORES
from regulars.project.demo.simulation import Simulation
from regulars.shop import actions, queries
from regulars.shop.rules import Indicator
from regulars.shop.rules.calendars import Span, first_instant

_WEEKDAY, _WEEKEND, _DESK = Span(600, 1260), Span(600, 1320), (Span(540, 780), Span(840, 1080))
SHIFT_DAYS_BEFORE, SHIFT_DAYS_AFTER = 14, 7


@dataclass(frozen=True)
class Places:
    """Code of a store or seller → id."""

    stores: Mapping[str, UUID]
    staff: Mapping[str, UUID]


def set_up(simulation: Simulation, *, by: Actor, now: datetime) -> Places:
    """Write the organisation down. A shop that is set up already keeps its name, zone and language."""
    language = simulation.world.language
    is_russian = language == "ru"
    with transaction.atomic():
        if not queries.shop().is_set_up:
            actions.set_up_shop(
                name="Чайная лавка" if is_russian else "The Tea Shop",
                base_currency="RUB",
                time_zone=TIME_ZONE,
                language=language,
                country="RU",
                by=by,
                now=now,
            )
        floor = actions.add_calendar(
            name="Торговый зал" if is_russian else "Shop floor",
            time_zone=TIME_ZONE,
            holiday_country="",
            week=((_WEEKDAY,),) * 4 + ((_WEEKEND,),) * 3,
            by=by,
            now=now,
        )
        for year in (now.year, now.year + 1):
            for day in (1, 2):
                note = "Новый год" if is_russian else "New Year"
                actions.set_exception(
                    calendar_id=floor, on_date=date(year, 1, day), spans=(), note=note, by=by, now=now
                )
        desk = actions.add_calendar(
            name="Заказы и звонки" if is_russian else "Orders and calls",
            time_zone=TIME_ZONE,
            holiday_country="RU",
            week=(_DESK,) * 5 + ((), ()),
            by=by,
            now=now,
        )
    with transaction.atomic():
        stores = {
            store.code: actions.add_store(
                name=store.name(language),
                code=store.code,
                address=store.address(language),
                time_zone=TIME_ZONE,
                calendar_id=desk if store.code == ONLINE else floor,
                by=by,
                now=now,
            )
            for store in STORES
        }
        staff = {
            seller.code: actions.add_staff(
                email=f"{seller.code}@example.com",
                name=seller.name(language),
                role=Role.LEAD if seller.code == "maria" else Role.SELLER,
                store_id=stores[seller.store],
                by=by,
                now=now,
            )
            for seller in SELLERS
        }
    places = Places(stores, staff)
    _plan_shifts(simulation, places, by=by, now=now)
    _set_rates(simulation, by=by, now=now)
    _set_goal(simulation, places, by=by, now=now)
    return places


def _plan_shifts(simulation: Simulation, places: Places, *, by: Actor, now: datetime) -> None:
    """Two weeks back and one ahead, by the same turns as in the simulated two years."""
    end = simulation.world.end_date
    for offset in range(-SHIFT_DAYS_BEFORE, SHIFT_DAYS_AFTER):
        on = end + timedelta(days=offset)
        span = _WEEKEND if on.weekday() >= 4 else _WEEKDAY
        if on.month == 1 and on.day <= 2:
            continue
        with transaction.atomic():
            for store in STORES:
                for seller in seasons.on_duty(store.code, on):
                    actions.add_shift(
                        staff_id=places.staff[seller.code],
                        store_id=places.stores[store.code],
                        starts_at=first_instant(on, span.start_minute, TIME_ZONE),
                        ends_at=first_instant(on, span.end_minute, TIME_ZONE),
                        by=by,
                        now=now,
                    )


def _set_rates(simulation: Simulation, *, by: Actor, now: datetime) -> None:
    """A rate of the euro for each month: invented, slowly rising."""
    base = queries.shop().base_currency
    start = simulation.world.start_date.replace(day=1)
    if base == "EUR":
        return
    months = [date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1) for n in range(25)]
    entries = [("EUR", month, Decimal("90.00") + Decimal("0.65") * n) for n, month in enumerate(months)]
    actions.set_rates(entries=entries, by=by, now=now)


def _set_goal(simulation: Simulation, places: Places, *, by: Actor, now: datetime) -> None:
    end = simulation.world.end_date
    is_russian = simulation.world.language == "ru"
    actions.set_goal(
        indicator=Indicator.REPEAT_SHARE,
        start_value=0.78,
        target_value=0.88,
        start_date=end - timedelta(days=180),
        due_date=end + timedelta(days=180),
        owner_id=places.staff["maria"],
        note="Звоним тем, кто молчит дольше обычного." if is_russian else "We call those who are silent for too long.",
        by=by,
        now=now,
    )
