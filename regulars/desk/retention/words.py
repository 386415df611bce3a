"""What the figures say, in a sentence that an owner reads before he looks at the picture."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk.home.weeks import usual_range
from regulars.insight.queries.firsts import Beginnings, tone_of
from regulars.insight.rules.first_purchases import wilson
from regulars.ui import formats

HEADLINE_DAYS = 90
# Of fewer, "of 100" would promise more than is known.
LEAST_FOR_HUNDRED = 20


def number(value: float) -> str:
    return formats.number(value, 0)


def of_hundred(share: float) -> str:
    return formats.number(100 * share, 0)


def cohort_words(cohorts: Sequence[Mapping[str, Any]], back_days: Sequence[int]) -> list[str]:
    """«March 2026: of 100 who bought for the first time, 31 came back within 90 days.», then the month before."""
    place = list(back_days).index(HEADLINE_DAYS)
    ready = [cohort for cohort in cohorts if len(cohort["back"]) > place and cohort["size"]]
    if not ready:
        return []
    last = ready[-1]
    back, size = last["back"][place], last["size"]
    values = {"month": _month(last), "days": HEADLINE_DAYS, "size": number(size)}
    if size < LEAST_FOR_HUNDRED:
        return [
            ngettext(
                "%(month)s: of %(size)s who bought for the first time, %(count)s came back within %(days)s days.",
                "%(month)s: of %(size)s who bought for the first time, %(count)s came back within %(days)s days.",
                back,
            )
            % {**values, "count": number(back)}
        ]
    share = round(100 * back / size)
    first = ngettext(
        "%(month)s: of 100 who bought for the first time, %(count)s came back within %(days)s days.",
        "%(month)s: of 100 who bought for the first time, %(count)s came back within %(days)s days.",
        share,
    ) % {**values, "count": number(share)}
    return [first, *([_against(ready[-2], place, back, size)] if len(ready) > 1 else [])]


def _against(before: Mapping[str, Any], place: int, back: int, size: int) -> str:
    then, size_then = before["back"][place], before["size"]
    change = round(100 * back / size) - round(100 * then / size_then)
    if size_then < LEAST_FOR_HUNDRED or change == 0:
        return "" if change else _("That is as many as the month before.")
    is_sure = wilson(back, size)[1] < wilson(then, size_then)[0] or wilson(back, size)[0] > wilson(then, size_then)[1]
    words = (
        ngettext("That is %(count)s more than the month before", "That is %(count)s more than the month before", change)
        if change > 0
        else ngettext(
            "That is %(count)s fewer than the month before", "That is %(count)s fewer than the month before", -change
        )
    ) % {"count": number(abs(change))}
    why = _("more than chance explains") if is_sure else _("a difference that can be chance")
    return f"{words}: {why}."


def week_words(weeks: Mapping[str, Sequence[int]]) -> list[str]:
    """«Last week: 12 new, 3 woken, 9 lost. 6 more customers than before; usually 2 to 8.»."""
    if not weeks["new"]:
        return []
    new, woken, lost = (weeks[name][-1] for name in ("new", "woken", "lost"))
    balance = [a + b - c for a, b, c in zip(weeks["new"], weeks["woken"], weeks["lost"], strict=True)]
    words = [
        _("In the last seven days: %(new)s new, %(woken)s woken, %(lost)s lost.")
        % {"new": number(new), "woken": number(woken), "lost": number(lost)},
        _("Balance: %(balance)s.") % {"balance": signed(balance[-1])},
    ]
    usual = usual_range(balance[:-1])
    if usual:
        words[-1] = _("Balance: %(balance)s; usually %(low)s to %(high)s.") % {
            "balance": signed(balance[-1]),
            "low": signed(usual[0]),
            "high": signed(usual[1]),
        }
    return words


def signed(value: int) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


def moves_words(flows: Mapping[tuple[str, str], int]) -> list[str]:
    """What became of those who came again and again, and how many of the leaving were won back."""
    words = []
    kept = _flow_sums(flows, ("repeat", "regular", "loyal"))
    if total := sum(kept.values()):
        gone = kept.get("leaving", 0) + kept.get("lost", 0)
        words.append(
            _("Of 100 who used to come again, %(stay)s still do; %(gone)s began to leave or are lost.")
            % {"stay": of_hundred(1 - gone / total), "gone": of_hundred(gone / total)}
            if total >= LEAST_FOR_HUNDRED
            else _("Of %(total)s who used to come again, %(stay)s still do.")
            % {"total": number(total), "stay": number(total - gone)}
        )
    silent = _flow_sums(flows, ("leaving", "lost"))
    if total := sum(silent.values()):
        back = total - silent.get("leaving", 0) - silent.get("lost", 0)
        words.append(
            ngettext(
                "Of %(total)s who were leaving or lost, %(count)s came back.",
                "Of %(total)s who were leaving or lost, %(count)s came back.",
                back,
            )
            % {"total": number(total), "count": number(back)}
        )
    return words


def _flow_sums(flows: Mapping[tuple[str, str], int], before: Sequence[str]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (start, end), count in flows.items():
        if start in before:
            sums[end] = sums.get(end, 0) + count
    return sums


def first_words(found: Beginnings, names: Mapping[str, str], place: int) -> list[str]:
    """Whether a beginning stands out, or that none does yet."""
    shop = found.shop.shares[place]
    days = found.horizons[place]
    if shop is None:
        return [_("Nobody bought for the first time more than %(days)s days ago: too early to say.") % {"days": days}]
    usual = _("In the whole shop, of 100 who bought for the first time %(share)s came back within %(days)s days.") % {
        "share": of_hundred(shop.share),
        "days": days,
    }
    best = next((row for row in found.rows if row.key in names), None)
    share = best.shares[place] if best else None
    if best is None or share is None or tone_of(share, shop, found.usual[place]) != "good":
        return [usual, _("No beginning stands out from this by more than chance.")]
    return [
        _("Those who began with “%(name)s” come back most surely: about %(share)s of 100.")
        % {"name": names[best.key], "share": of_hundred(share.share)},
        usual,
    ]


def revenue_words(found: Mapping[str, Any]) -> list[str]:
    """«20 % of customers bring 77 % of the money.»; a single one that the shop hangs on comes first."""
    if not found["buyers"]:
        return []
    words = []
    if found["largest"] >= 0.1 and found["buyers"] > 1:
        words.append(
            _("One customer brings %(share)s of the money. Losing him would be losing that.")
            % {"share": formats.percent(found["largest"], 0)}
        )
    if found["buyers"] >= 5:
        words.append(
            _("%(part)s of the customers bring %(share)s of the money.")
            % {"part": formats.percent(0.2, 0), "share": formats.percent(found["top"][3], 0)}
        )
    words.append(
        ngettext(
            "Four fifths of the money come from %(count)s customer of %(all)s.",
            "Four fifths of the money come from %(count)s customers of %(all)s.",
            found["for_80_percent"],
        )
        % {"count": number(found["for_80_percent"]), "all": number(found["buyers"])}
    )
    return words


def forecast_words(name: str, found: Mapping[str, Any]) -> list[str]:
    """«Next 13 weeks: about 3,210. In 8 of 10 cases between 2,836 and 3,641.», and whether such bands held."""
    words = [
        _("%(name)s in the next 13 weeks: about %(total)s; 8 of 10 times between %(low)s and %(high)s.")
        % {
            "name": name,
            "total": number(found["total"]),
            "low": number(found["total_low"]),
            "high": number(found["total_high"]),
        }
    ]
    if found["judged"]:
        words.append(
            _("Of 100 past weeks that would have been forecast so, %(share)s lay within their band (80 are meant to).")
            % {"share": of_hundred(found["inside"] / found["judged"])}
        )
    else:
        words.append(_("Too few past weeks to check the bands yet: take them as a guess."))
    return words


def method_words(method: str) -> str:
    """How a forecast was made."""
    return {
        "level": _("the level of the last weeks"),
        "trend": _("the level of the last weeks and their slope"),
        "season": _("the same weeks a year ago, grown as the last quarter has"),
        "both": _("half the last weeks, half the same weeks a year ago"),
    }[method]


def _month(cohort: Mapping[str, Any]) -> str:
    name = formats.month(date.fromisoformat(f"{cohort['month']}-01"))
    return name[:1].upper() + name[1:]
