"""The way to the first purchase, from purchase to purchase, and through the site."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ibis.expr.types import Table

from regulars.insight.actions.figures.calendar import first_day_of, iso_date, month_name, month_of
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules import funnel as rules
from regulars.insight.rules import paths
from regulars.insight.rules.survival import Passing, Share, better_half, half_by, share_within

FRONT_HORIZONS, BACK_HORIZONS = (1, 7, 30, 90), (30, 90, 180, 365)
# By these the bottleneck is judged: most who go on at all have done so by then.
FRONT_JUDGED, BACK_JUDGED = 30, 90
MONTHS = 25
YEAR_DAYS = 365
# A month of fewer people says nothing of how good it was; a gain below a person is none.
FEWEST_IN_A_MONTH = 10
TRANSITIONS = 60

Counted = list[dict[str, Any]]


def funnel_from(ground: Ground) -> dict[str, Any]:
    """`funnel` and `paths`, as JSON."""
    back = _back(ground)
    return {
        "funnel": {
            "as_of_date": iso_date(ground.question.as_of_day),
            "front": _front(ground, worth_minor=back["worth_minor"][0] if back["worth_minor"] else 0),
            "back": back,
        },
        "paths": _paths(ground),
    }


# ── Before the first purchase ────────────────────────────────────────────────────────────────────────────────────────


def _front(ground: Ground, *, worth_minor: int) -> dict[str, Any]:
    engine, as_of_day = ground.engine, ground.question.as_of_day
    extracts, before = ground.extracts, ground.question.before
    people = rules.first_days(extracts, ground.days, rules.places_of(extracts, ground.orders), before=before)
    since_day = first_day_of(month_of(as_of_day) - MONTHS + 1)
    ways = engine.kept(rules.ways(people, since_day=since_day))
    entries = _entries(engine.rows(rules.entries(ways, as_of_day=as_of_day)).to_pylist())
    entry = next((place for place, found in enumerate(entries[:-1]) if found["people"]), None)
    found: dict[str, Any] = {
        "begins_with": None if entry is None else rules.STEP_NAMES[entry],
        "entries": entries,
        "stores": _stores(engine.rows(rules.bought_at(ways, as_of_day=as_of_day)).to_pylist()),
        "enquiries": _enquiries(ground),
    }
    if entry is None:
        return {**found, "steps": [], "whole": None, "by": {}, "bottleneck": None}
    passages = engine.kept(rules.front_passages(ways, entry=entry, as_of_day=as_of_day))
    recent = passages.filter(passages.is_recent)
    did = engine.rows(rules.did(ways, entry=entry, as_of_day=as_of_day)).to_pylist()[0]
    by_step = _passings(_counted(ground, recent))
    steps = [
        {"step": rules.STEP_NAMES[step], "did": did[rules.STEP_NAMES[step]], **_figures(passing, FRONT_HORIZONS)}
        for step, passing in ((step, by_step.get((step,), Passing.of([]))) for step in range(entry, rules.ORDER))
    ]
    bought = by_step[(-1,)].people_passed
    by_month = _counted(ground, passages, "month")
    names = rules.STEP_NAMES
    return {
        **found,
        "steps": [*steps, {"step": names[rules.ORDER], "did": did["order"], "people": bought}],
        "whole": _figures(by_step[(-1,)], FRONT_HORIZONS),
        "by": {
            "month": _grouped(by_month, "month", entry, FRONT_JUDGED, name=month_name),
            **{
                column: _grouped(_of_frequent(ground, recent, column), column, entry, FRONT_JUDGED)
                for column in ("came_from", "device")
            },
        },
        "bottleneck": _bottleneck(
            by_month,
            by_step,
            worths=_front_worths(by_step, entry, worth_minor),
            names={step: names[step] for step in range(entry, rules.ORDER)},
            horizon=FRONT_JUDGED,
            as_of_day=as_of_day,
        ),
    }


def _entries(rows: Counted) -> list[dict[str, Any]]:
    by_step = _passings(rows)
    found = []
    for step, name in enumerate(rules.STEP_NAMES):
        passing = by_step.get((step,), Passing.of([]))
        found.append({"step": name, **_figures(passing, FRONT_HORIZONS)})
    return found


def _stores(rows: Counted) -> list[dict[str, Any]]:
    """For each store: who bought there first, by how they had come in."""
    found: dict[str | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(rules.STEP_NAMES, 0))
    for row in rows:
        found[row["store_id"]][rules.STEP_NAMES[row["entry"]]] += row["people"]
    ranked = sorted(found.items(), key=lambda entry: (-sum(entry[1].values()), str(entry[0])))
    return [{"store_id": id_, "people": sum(by_entry.values()), **by_entry} for id_, by_entry in ranked]


def _front_worths(by_step: Mapping[tuple[Any, ...], Passing], entry: int, worth_minor: int) -> dict[int, float]:
    """What one more person at the next step brings: the chance that he buys from there, times what a buyer brings."""
    worths, chance = {}, 1.0
    for step in range(rules.ORDER - 1, entry - 1, -1):
        worths[step] = chance * worth_minor
        share = share_within(by_step.get((step,), Passing.of([])), FRONT_HORIZONS[-1])
        chance *= share.value if share else 0.0
    return worths


def _enquiries(ground: Ground) -> dict[str, Any]:
    """How enquiries of the last year ended, why they were lost from which step, who answered how many and how soon."""
    as_of_day = ground.question.as_of_day
    rows = ground.engine.rows(
        rules.answered(ground.extracts, since_day=as_of_day - YEAR_DAYS + 1, before=ground.question.before)
    ).to_pylist()
    outcomes: dict[str, int] = defaultdict(int)
    causes: dict[tuple[str | None, str], int] = defaultdict(int)
    owners: dict[str | None, dict[str, Any]] = defaultdict(lambda: {"open": 0, "won": 0, "lost": 0, "hours": []})
    stores: dict[str | None, dict[str, int]] = defaultdict(lambda: {"open": 0, "won": 0, "lost": 0})
    for row in rows:
        outcome, count = row["outcome"], row["enquiries"]
        outcomes[outcome] += count
        owners[row["owner_id"]][outcome] += count
        stores[row["store_id"]][outcome] += count
        if row["hours"] is not None:
            owners[row["owner_id"]]["hours"].append((row["hours"], True, count))
        if outcome == "lost":
            causes[row["loss_cause_id"], row["closed_from"]] += count
    for told in owners.values():
        told["half_within_hours"] = half_by(Passing.of(told.pop("hours")), 24 * 60)
    ranked = sorted(causes.items(), key=lambda entry: (-entry[1], str(entry[0])))
    return {
        "total": sum(outcomes.values()),
        **{name: outcomes[name] for name in ("open", "won", "lost")},
        "causes": [{"cause_id": cause, "step": step, "count": count} for (cause, step), count in ranked],
        "owners": [{"owner_id": id_, **told} for id_, told in _by_size(owners)],
        "stores": [{"store_id": id_, **told} for id_, told in _by_size(stores)],
    }


def _by_size(told: Mapping[str | None, dict[str, Any]]) -> list[tuple[str | None, dict[str, Any]]]:
    return sorted(told.items(), key=lambda entry: (-sum(entry[1][n] for n in ("open", "won", "lost")), str(entry[0])))


# ── From purchase to purchase ────────────────────────────────────────────────────────────────────────────────────────


def _back(ground: Ground) -> dict[str, Any]:
    as_of_day = ground.question.as_of_day
    channels = rules.channels_of(ground.extracts, ground.orders)
    passages = ground.engine.kept(rules.back_passages(ground.days, channels, as_of_day=as_of_day))
    by_step = _passings(_counted(ground, passages))
    steps = [
        {"number": step, **_figures(by_step[step,], BACK_HORIZONS)}
        for step in range(1, rules.LAST_STEP + 1)
        if (step,) in by_step
    ]
    average = ground.engine.rows(ground.days.agg(average=ground.days.goods_minor.mean())).to_pylist()[0]["average"]
    worths = _back_worths(by_step, average or 0.0)
    by_month = _counted(ground, passages, "month")
    seasons = _counted(ground, passages, "month_of_year")
    quarters = [{**row, "quarter": (row["month_of_year"] + 2) // 3} for row in seasons]
    return {
        "average_minor": round(average or 0),
        "worth_minor": [round(worth) for worth in worths.values()],
        "steps": steps,
        "by_month_of_year": _seasonal(seasons, "month_of_year"),
        "by_quarter": _seasonal(quarters, "quarter"),
        "by_channel": _seasonal(_counted(ground, passages, "channel"), "channel"),
        "by_month": _seasonal(by_month, "month", name=month_name),
        "bottleneck": _bottleneck(
            by_month,
            _passings(_counted(ground, passages.filter(passages.is_recent))),
            worths={step: worths.get(step + 1, 0.0) for step in range(1, rules.LAST_STEP)},
            names={step: step for step in range(1, rules.LAST_STEP)},
            horizon=BACK_JUDGED,
            as_of_day=as_of_day,
        ),
    }


def _back_worths(by_step: Mapping[tuple[Any, ...], Passing], average_minor: float) -> dict[int, float]:
    """What the k-th purchase brings with those after it, up to the tenth, if people go on within a year as now."""
    worths: dict[int, float] = {}
    following = 0.0
    for step in range(rules.LAST_STEP, 0, -1):
        following = average_minor + following
        worths[step] = following
        share = share_within(by_step.get((step - 1,), Passing.of([])), BACK_HORIZONS[-1]) if step > 1 else None
        following *= share.value if share else 0.0
    return dict(sorted(worths.items())) if average_minor else {}


# ── Through the site ─────────────────────────────────────────────────────────────────────────────────────────────────


def _paths(ground: Ground) -> dict[str, Any]:
    engine, as_of_day = ground.engine, ground.question.as_of_day
    since_day = as_of_day - YEAR_DAYS
    every = engine.kept(paths.walks(ground.extracts, since_day=since_day, before=ground.question.before))
    totals = engine.rows(paths.totals(every)).to_pylist()[0]
    if not totals["visits"]:
        return {"visits": 0}
    nodes = engine.rows(paths.frequent_nodes(every)).to_pylist()
    walks = engine.kept(paths.with_frequent(every, [row["node"] for row in nodes]))

    def read(table: Table, *order: str) -> Counted:
        rows: Counted = engine.rows(table).to_pylist()
        return sorted(rows, key=lambda row: tuple((-row[n]) if isinstance(row[n], int) else str(row[n]) for n in order))

    return {
        **totals,
        "visits_with_order": totals["visits_with_order"] or 0,
        "since_date": iso_date(since_day),
        "places": read(paths.places(walks), "looks", "node"),
        "transitions": read(paths.transitions(walks), "times", "node", "next")[:TRANSITIONS],
        "flow": sorted(
            engine.rows(paths.flow(walks)).to_pylist(), key=lambda row: (row["place"], row["node"], row["next"] or "")
        ),
        "first": read(paths.first_places(walks), "without_order", "with_order", "node"),
        "last": read(paths.last_places(walks), "without_order", "with_order", "node"),
    }


# ── Shared ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _counted(ground: Ground, passages: Table, *by: str) -> Counted:
    rows: Counted = ground.engine.rows(rules.counted(passages, *by)).to_pylist()
    return rows


def _of_frequent(ground: Ground, passages: Table, column: str) -> Counted:
    """Counts by the column's most frequent values."""
    names = [row[column] for row in ground.engine.rows(rules.most_frequent(passages, column)).to_pylist()]
    return _counted(ground, passages.filter(passages[column].isin(names)), column) if names else []


def _passings(rows: Counted, *by: str) -> dict[tuple[Any, ...], Passing]:
    """(step, values of `by`) → its people."""
    found: dict[tuple[Any, ...], list[tuple[int, bool, int]]] = defaultdict(list)
    for row in rows:
        found[row["step"], *(row[name] for name in by)].append((row["days"], row["has_passed"], row["people"]))
    return {key: Passing.of(counts) for key, counts in found.items()}


def _figures(passing: Passing, horizons: Iterable[int]) -> dict[str, Any]:
    """people: at the step; went_on: so far; within: horizon → share with its interval, None where too early to say."""
    within = {str(horizon): _share_json(share_within(passing, horizon)) for horizon in horizons}
    return {
        "people": passing.people,
        "went_on": passing.people_passed,
        "within": within,
        "half_by_days": half_by(passing, rules.LONGEST_DAYS),
    }


def _share_json(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    shares = {"value": share.value, "low": share.low, "high": share.high}
    return {**{name: round(value, 5) for name, value in shares.items()}, "people": share.people}


def _grouped(rows: Counted, by: str, entry: int, horizon: int, *, name: Any = str) -> list[dict[str, Any]]:
    """For each value of `by`: people at each step, and the share who bought within the horizon."""
    passings = _passings(rows, by)
    values = {value for _step, value in passings if value is not None}
    found = []
    for value in sorted(values):
        whole = passings.get((-1, value), Passing.of([]))
        people = [passings.get((step, value), Passing.of([])).people for step in range(entry, rules.ORDER)]
        found.append(
            {
                "name": name(value),
                "people": [*people, whole.people_passed],
                "bought": _share_json(share_within(whole, horizon)),
                "half_by_days": half_by(whole, rules.LONGEST_DAYS),
            }
        )
    return found if by == "month" else sorted(found, key=lambda row: (-row["people"][0], row["name"]))


def _seasonal(rows: Counted, by: str, *, name: Any = str) -> list[dict[str, Any]]:
    """For each value of `by` and step: people, and the share who went on within BACK_JUDGED days."""
    found = []
    for (step, value), passing in sorted(_passings(rows, by).items(), key=lambda entry: (entry[0][1], entry[0][0])):
        share = _share_json(share_within(passing, BACK_JUDGED))
        found.append({"name": name(value), "number": step, "people": passing.people, "within": share})
    return found


def _bottleneck(
    by_month: Counted,
    recent: Mapping[tuple[Any, ...], Passing],
    *,
    worths: Mapping[int, float],
    names: Mapping[int, Any],
    horizon: int,
    as_of_day: int,
) -> dict[str, Any] | None:
    """The step at which doing as well as in the better half of months brings most; None while months cannot be told.

    gains: what it would bring at each step in a year: people who go on, and money. Where no step gains anything, the
    bottleneck is the one at which most are lost, and its gain is nothing.
    """
    passings = _passings(by_month, "month")
    gains = []
    for step, name in names.items():
        months = [
            (passing.people, passing.passed_within(horizon))
            for (of, month), passing in sorted(passings.items(), key=lambda entry: entry[0])
            if of == step and first_day_of(month + 1) + horizon <= as_of_day and passing.people >= FEWEST_IN_A_MONTH
        ]
        half = better_half(*zip(*months, strict=True)) if months else None
        people = recent[step,].people if (step,) in recent else 0
        if half is None or not people:
            continue
        gained = half.lift * people
        gains.append(
            {
                "step": name,
                "overall": round(half.overall, 5),
                "better": round(half.better, 5),
                "months": half.groups,
                "people_a_year": people,
                "lost_a_year": round(people * (1 - half.overall)),
                "gained_people": round(gained),
                "gained_minor": round(gained * worths.get(step, 0.0)),
            }
        )
    if not gains:
        return None
    best = max(gains, key=lambda gain: (gain["gained_minor"], gain["gained_people"], gain["lost_a_year"]))
    return {"horizon_days": horizon, **best, "gains": gains}
