"""What was found of the funnel, as rows that pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk.funnel.words import DEVICES, ENQUIRY_STEPS, ENTRIES, STEPS, ShareRow, days_in_words, purchase_name
from regulars.shop import queries as shop
from regulars.shop.queries.economics import spending_by_month
from regulars.shop.rules import Channel, SpendingPurpose
from regulars.ui import formats


@dataclass(frozen=True)
class StepRow:
    """A step: people at it, how many went on and were lost so far. A share of None: too early to say.

    shares: (days, share) for each horizon. did: how many did this step themselves instead of skipping it; spent_minor:
    money of a year for each of them.
    """

    name: str
    people: int
    went_on: int | None
    lost: int | None
    did: int | None
    shares: Sequence[tuple[int, ShareRow | None]]
    soon: str
    spent_minor: int | None = None


@dataclass(frozen=True)
class Bottleneck:
    """Where most is to be gained, in sentences."""

    title: str
    text: str
    gain: str


@dataclass(frozen=True)
class GroupRow:
    """What one month, source or device led to. people: (step, people who came to it)."""

    name: str
    people: Sequence[tuple[str, int]]
    share: ShareRow | None
    soon: str


def front_steps(front: Mapping[str, Any], horizons: Sequence[int], spent_minor: int | None) -> list[StepRow]:
    """The steps up to the first purchase; `spent_minor`: what winning customers cost in the last year."""
    return [
        StepRow(
            str(STEPS[step["step"]]),
            step["people"],
            step.get("went_on"),
            step["people"] - step["went_on"] if "went_on" in step else None,
            step["did"],
            _shares(step, horizons),
            days_in_words(step.get("half_by_days")),
            round(spent_minor / step["people"]) if spent_minor and step["people"] else None,
        )
        for step in front["steps"]
    ]


def back_steps(back: Mapping[str, Any], horizons: Sequence[int]) -> list[StepRow]:
    """From each purchase to the next."""
    return [
        StepRow(
            purchase_name(step["number"]),
            step["people"],
            step["went_on"],
            None,
            None,
            _shares(step, horizons),
            days_in_words(step["half_by_days"]),
        )
        for step in back["steps"]
    ]


def entry_rows(front: Mapping[str, Any], horizons: Sequence[int]) -> list[StepRow]:
    """How people came in, and how many of them bought."""
    return [
        StepRow(
            str(ENTRIES[entry["step"]]),
            entry["people"],
            entry["went_on"],
            None,
            None,
            _shares(entry, horizons),
            "" if entry["step"] == "order" else days_in_words(entry["half_by_days"]),
        )
        for entry in front["entries"]
        if entry["people"]
    ]


def _shares(step: Mapping[str, Any], horizons: Sequence[int]) -> list[tuple[int, ShareRow | None]]:
    return [(horizon, ShareRow.of(step.get("within", {}).get(str(horizon)))) for horizon in horizons]


def group_rows(front: Mapping[str, Any], by: str) -> list[GroupRow]:
    """The steps by month, source or device."""

    steps = [str(STEPS[step["step"]]) for step in front["steps"]]

    def name_of(value: str) -> str:
        if by == "month":
            return formats.month(date.fromisoformat(f"{value}-01"))
        if by == "device":
            return str(DEVICES.get(value, value))
        return value or _("Not known")

    return [
        GroupRow(
            name_of(row["name"]),
            list(zip(steps, row["people"], strict=True)),
            ShareRow.of(row["bought"]),
            days_in_words(row["half_by_days"]),
        )
        for row in front["by"].get(by, [])
    ]


@dataclass(frozen=True)
class StoreRow:
    """A store: its first purchases by how people had come in, and how its enquiries ended."""

    name: str
    bought: int
    came_before: int
    won: int
    lost: int
    open: int

    @property
    def won_share(self) -> float | None:
        return self.won / (self.won + self.lost) if self.won + self.lost else None


def store_rows(front: Mapping[str, Any]) -> list[StoreRow]:
    """Stores by first purchases."""
    names = {store.id.hex: store.name for store in shop.stores()}
    asked = {row["store_id"]: row for row in front["enquiries"]["stores"]}
    bought = {row["store_id"]: row for row in front["stores"]}
    rows = []
    for id_ in {**bought, **asked}:
        own, theirs = bought.get(id_, {}), asked.get(id_, {})
        people = own.get("people", 0)
        ends = (theirs.get(name, 0) for name in ("won", "lost", "open"))
        rows.append(StoreRow(names.get(id_ or "", _("No store")), people, people - own.get("order", 0), *ends))
    return rows


@dataclass(frozen=True)
class OwnerRow:
    """Who answered how many enquiries, how they ended, and how soon half of them were settled."""

    name: str
    total: int
    open: int
    won: int
    lost: int
    half_within_hours: int | None

    @property
    def won_share(self) -> float | None:
        return self.won / (self.won + self.lost) if self.won + self.lost else None


def owner_rows(enquiries: Mapping[str, Any]) -> list[OwnerRow]:
    ids = [UUID(row["owner_id"]) for row in enquiries["owners"] if row["owner_id"]]
    staff = shop.staff_by_id(ids)
    rows = []
    for row in enquiries["owners"]:
        member = staff.get(UUID(row["owner_id"])) if row["owner_id"] else None
        name = member.name if member else _("Nobody")
        still_open, won, lost = row["open"], row["won"], row["lost"]
        rows.append(OwnerRow(name, still_open + won + lost, still_open, won, lost, row["half_within_hours"]))
    return rows


def cause_rows(enquiries: Mapping[str, Any], language: str) -> list[tuple[str, str, int, float]]:
    """Why enquiries were lost, from which step, how many, and their share of all that were lost."""
    names = {cause.id.hex: cause.name(language) for cause in shop.causes()}
    lost = enquiries["lost"] or 1
    return [
        (
            names.get(row["cause_id"] or "", _("Another reason, in words")),
            str(ENQUIRY_STEPS.get(row["step"], "")),
            row["count"],
            row["count"] / lost,
        )
        for row in enquiries["causes"]
    ]


def spent_in_a_year(purpose: SpendingPurpose, *, today: date, channel: Channel | None = None) -> int | None:
    """What was spent on a purpose in the last twelve months, in minor units; None where nothing is entered.

    channel: only what was spent for it.
    """
    since = date(today.year - 1, today.month, 1)
    rows, _without_rate = spending_by_month(from_date=since)
    amounts = [
        row.base_minor
        for row in rows
        if row.purpose == purpose and row.month_date <= today and (channel is None or row.channel == channel)
    ]
    return sum(amounts) if amounts else None


def front_bottleneck(found: Mapping[str, Any] | None, currency: str) -> Bottleneck | None:
    if found is None:
        return None
    names = list(STEPS)
    where = {
        "step": STEPS[found["step"]],
        "next": STEPS[names[names.index(found["step"]) + 1]],
    }
    return _bottleneck(found, _("“%(step)s” → “%(next)s”") % where, currency)


def back_bottleneck(found: Mapping[str, Any] | None, currency: str) -> Bottleneck | None:
    if found is None:
        return None
    where = {"step": purchase_name(found["step"]), "next": purchase_name(found["step"] + 1)}
    return _bottleneck(found, _("%(step)s → %(next)s purchase") % where, currency)


def _bottleneck(found: Mapping[str, Any], title: str, currency: str) -> Bottleneck:
    days, gained = found["horizon_days"], found["gained_people"]
    shares = {
        "overall": formats.number(found["overall"] * 100, 1),
        "better": formats.number(found["better"] * 100, 1),
        "days": days,
        "months": found["months"],
    }
    if not gained:
        text = _(
            "Of 100 people %(overall)s go on within %(days)d days. The %(months)d months that were compared differ by "
            "no more than chance explains, so no month shows how to do better."
        )
        lost = ngettext(
            "Most are lost here: %(people)s person in a year.", "Most are lost here: %(people)s people in a year.",
            found["lost_a_year"],
        ) % {"people": formats.number(found["lost_a_year"], 0)}  # fmt: skip
        return Bottleneck(title, text % shares, lost)
    text = _(
        "Of 100 people %(overall)s go on within %(days)d days; in the better half of %(months)d months it was "
        "%(better)s (what chance explains is taken off)."
    )
    gain = ngettext(
        "Were every month like those: about %(people)s person more in a year, and with what follows about %(money)s.",
        "Were every month like those: about %(people)s people more in a year, and with what follows about %(money)s.",
        gained,
    ) % {
        "people": formats.number(gained, 0),
        "money": formats.money(found["gained_minor"], currency, is_rounded=True),
    }
    return Bottleneck(title, text % shares, gain)
