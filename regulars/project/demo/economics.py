"""What the sample shop spends, plans and signs of an evening: invented, the same for the same seed."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import numpy as np

from regulars.commerce.queries.sales import sales_by_day
from regulars.foundation.actors import Actor
from regulars.project.demo import seasons
from regulars.project.demo.organisation import Places
from regulars.project.demo.process import at_local
from regulars.project.demo.seasons import ONLINE, STORES
from regulars.project.demo.simulation import Simulation
from regulars.shop import actions, queries
from regulars.shop.rules import Channel, PlanPeriod, PlanScope, SpendingPurpose
from regulars.shop.rules.plans import PlanEntry
from regulars.shop.rules.spending import SpendingDraft

# What winning one customer costs, in kopecks: advertising on the web is dearer than leaflets in the street.
COST_OF_ONE = {Channel.ONLINE: 340_000, Channel.STORE: 150_000}
PRESENTS_SHARE = 0.2
# A month in which nobody advertised, counted back from the last one: as in life, the table has a gap.
PAUSED_MONTH = 9
MONTHS_SPENT, MONTHS_PLANNED = 20, 3
EVENINGS = 21
# So much more than in the month before.
GROWTH = 1.12
SIGNED_AT = time(22, 10)


def write(simulation: Simulation, places: Places, *, by: Actor, now: datetime) -> None:
    """Spending of the last twenty months, plans of the last three, three weeks of evenings."""
    _spend(simulation, by=by, now=now)
    _plan(simulation, places, by=by, now=now)
    _sign(simulation, places, by=by)


def _spend(simulation: Simulation, *, by: Actor, now: datetime) -> None:
    rng = np.random.default_rng([simulation.seed, 0, 5])
    is_russian = simulation.world.language == "ru"
    search, leaflets = ("Реклама в поиске", "Листовки") if is_russian else ("Search advertising", "Leaflets")
    presents, pictures = ("Подарки постоянным", "Фотограф") if is_russian else ("Presents for regulars", "Photographer")
    fair = "Выставка" if is_russian else "Trade fair"
    base = queries.shop().base_currency
    firsts = [life.orders[0] for life in simulation.lives if life.orders]
    came = Counter((_month(order.placed_at.date()), order.store == ONLINE) for order in firsts)
    drafts = []
    for back in range(MONTHS_SPENT, -1, -1):
        month = _months_before(simulation.world.end_date - timedelta(days=1), back)
        total = 0
        for channel, note in ((Channel.ONLINE, search), (Channel.STORE, leaflets)):
            customers = came[month, channel is Channel.ONLINE] + 1
            amount = round(customers * COST_OF_ONE[channel] * rng.lognormal(0, 0.18) / 10_000) * 10_000
            total += amount
            if amount and back != PAUSED_MONTH:
                drafts.append(SpendingDraft(month, SpendingPurpose.ACQUISITION, channel, base, amount, note))
        kept = max(round(total * PRESENTS_SHARE / 10_000) * 10_000, 10_000)
        drafts.append(SpendingDraft(month, SpendingPurpose.RETENTION, None, base, kept, presents))
        if month.month == 4:
            drafts.append(SpendingDraft(month, SpendingPurpose.OTHER, None, base, 1_800_000, pictures))
        if month.month == 10 and "EUR" in queries.currencies():
            drafts.append(
                SpendingDraft(month, SpendingPurpose.ACQUISITION, None, "EUR", max(total // 400, 5_000), fair)
            )
    actions.take_in_spending(drafts=drafts, file_name="spending.csv", by=by, now=now)


def _plan(simulation: Simulation, places: Places, *, by: Actor, now: datetime) -> None:
    """A little more than the month before brought; stores, sellers and channels by what they sold then."""
    entries = []
    for back in range(MONTHS_PLANNED):
        month = _months_before(simulation.world.end_date, back)
        sold = sales_by_day(_months_before(month, 1), month - timedelta(days=1))
        entries.append(_entry(PlanScope.SHOP, "", month, sum(row.base_minor for row in sold)))
        for store_id in places.stores.values():
            whole = sum(row.base_minor for row in sold if row.store_id == store_id)
            entries.append(_entry(PlanScope.STORE, str(store_id), month, whole))
        for seller_id in places.staff.values():
            whole = sum(row.base_minor for row in sold if row.seller_id == seller_id)
            entries.append(_entry(PlanScope.SELLER, str(seller_id), month, whole))
        for channel in (Channel.ONLINE, Channel.STORE):
            whole = sum(row.base_minor for row in sold if row.channel is channel)
            entries.append(_entry(PlanScope.CHANNEL, channel.value, month, whole))
    actions.set_plans(entries=entries, by=by, now=now)


def _entry(scope: PlanScope, scope_id: str, month: date, sold_minor: int) -> PlanEntry:
    return PlanEntry(scope, scope_id, PlanPeriod.MONTH, month, max(round(sold_minor * GROWTH / 100_000), 1) * 100_000)


def _sign(simulation: Simulation, places: Places, *, by: Actor) -> None:
    """Each store's evenings but one, which somebody forgot; now and then the till does not agree."""
    rng = np.random.default_rng([simulation.seed, 0, 6])
    is_russian = simulation.world.language == "ru"
    why = "Сдача с крупной купюры, проверим завтра." if is_russian else "Change for a large note, we look tomorrow."
    end = simulation.world.end_date
    walked_in = [store for store in STORES if store.code != ONLINE]
    for back in range(EVENINGS, 0, -1):
        day = end - timedelta(days=back)
        for store in walked_in:
            if back == 1 and store is walked_in[-1]:
                continue
            rows = sales_by_day(day, day, store_id=places.stores[store.code])
            expected = sum(row.base_minor for row in rows)
            is_off = rng.random() < 0.08
            difference = int(rng.integers(-5, 3)) * 10_000 if is_off else 0
            on_duty = seasons.on_duty(store.code, day)[0]
            actions.sign_off_day(
                store_id=places.stores[store.code],
                on_date=day,
                orders=sum(row.orders for row in rows),
                expected_minor=expected,
                counted_minor=expected + difference,
                has_checked_orders=True,
                has_checked_cash=True,
                note=why if difference else "",
                signed_by_id=places.staff[on_duty.code],
                by=by,
                now=at_local(day, SIGNED_AT),
            )


def _month(day: date) -> date:
    return day.replace(day=1)


def _months_before(day: date, count: int) -> date:
    place = day.year * 12 + day.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)
