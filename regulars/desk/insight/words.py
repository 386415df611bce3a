"""What was found, in words that an owner reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.audience.queries.findings import Finding
from regulars.audience.rules import Stage
from regulars.insight.rules.rhythm import share_shorter
from regulars.insight.rules.runs import RunState, Step
from regulars.insight.rules.stages import Thresholds
from regulars.ui import formats

STAGE_TONES: Mapping[Stage, str] = {
    Stage.NEW: "info",
    Stage.REGULAR: "good",
    Stage.LOYAL: "good",
    Stage.LEAVING: "warn",
    Stage.LOST: "bad",
}
STEP_NAMES: Mapping[Step, Promise] = {
    Step.MARKS: gettext_lazy("What changed"),
    Step.EXTRACTS: gettext_lazy("Reading"),
    Step.FIGURES: gettext_lazy("Figures"),
    Step.PUBLISHING: gettext_lazy("Publishing"),
}
STATE_NAMES: Mapping[RunState, tuple[Promise, str]] = {
    RunState.RUNNING: (gettext_lazy("Under way"), "info"),
    RunState.DONE: (gettext_lazy("Done"), "good"),
    RunState.FAILED: (gettext_lazy("Failed"), "bad"),
    RunState.INTERRUPTED: (gettext_lazy("Interrupted"), "warn"),
}


def silence_of(found: Finding) -> str:
    """«silent for 61 days»; "" for somebody who never bought."""
    if found.silence_days is None:
        return ""
    return ngettext("silent for %(days)d day", "silent for %(days)d days", found.silence_days) % {
        "days": found.silence_days
    }


def rhythm_of(found: Finding) -> str:
    """«usually every 24 days, silent for 61 days»; who bought once has no rhythm of his own yet."""
    silence = silence_of(found)
    if not silence:
        return ""
    if found.purchase_days == 1:
        return _("bought once, %(silence)s") % {"silence": silence}
    if found.gap_median_days is None:
        return silence
    pause = max(1, round(found.gap_median_days))
    usual = ngettext("usually every day", "usually every %(days)d days", pause) % {"days": pause}
    return _("%(usual)s, %(silence)s") % {"usual": usual, "silence": silence}


def of_hundred(share: float) -> int:
    """A share as so many of 100; what may yet happen is never said to be certain."""
    return min(max(round(share * 100), 1), 99)


def chance_of(found: Finding) -> str:
    """«of 100 such customers about 34 come back»; "" where no model can tell."""
    if found.p_alive is None:
        return ""
    count = of_hundred(found.p_alive)
    return ngettext(
        "of 100 such customers about %(count)d comes back", "of 100 such customers about %(count)d come back", count
    ) % {"count": count}


def unusual_of(found: Finding, rhythm: Mapping[str, Any] | None) -> str:
    """«longer than 97 of 100 own pauses»; "" where the rhythm is not known."""
    if not rhythm or found.silence_days is None or not found.gap_median_days or not found.gap_limit_days:
        return ""
    share = share_shorter(
        found.silence_days,
        median_days=found.gap_median_days,
        limit_days=found.gap_limit_days,
        patience_z=rhythm["z"],
    )
    return _("longer than %(count)d of 100 own pauses") % {"count": of_hundred(share)}


def definition_of(stage: Stage, thresholds: Thresholds, new_days: int) -> str:
    """The rule of a stage with its numbers."""
    share = formats.percent(thresholds.patience, 0)
    factor = formats.number(thresholds.lost_factor, 1)
    return {
        Stage.POTENTIAL: _("Known to us, has not bought anything yet (or all of it came back)."),
        Stage.NEW: ngettext(
            "Bought on one day so far, at most %(days)d day ago.",
            "Bought on one day so far, at most %(days)d days ago.",
            new_days,
        )
        % {"days": new_days},
        Stage.OCCASIONAL: _("Bought on one day, longer ago than a newcomer, but not yet silent for too long."),
        Stage.REPEAT: _("Came again: bought on two days or more."),
        Stage.REGULAR: ngettext(
            "Bought on %(count)d day or more.", "Bought on %(count)d days or more.", thresholds.regular_purchases
        )
        % {"count": thresholds.regular_purchases},
        Stage.LOYAL: _("Bought on %(count)d days or more, with at least %(days)d days between the first and the last.")
        % {"count": thresholds.loyal_purchases, "days": thresholds.loyal_days},
        Stage.LEAVING: _("Silent for longer than %(share)s of their own pauses, counted from the last purchase.")
        % {"share": share},
        Stage.LOST: _("Silent for more than %(factor)s times that limit.") % {"factor": factor},
    }[stage]


def steps_in_words(steps: Sequence[tuple[Step, float]]) -> str:
    """«Reading 2.4 s · Figures 1.8 s»."""
    return " · ".join(f"{STEP_NAMES[step]} {formats.number(seconds, 1)} {_('s')}" for step, seconds in steps)
