"""What associations brought, and why one cannot be changed, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.insight.actions.associations import AssociationFault
from regulars.insight.queries.associations import Trial
from regulars.insight.rules.recommending.trying import LEAST_BUYERS
from regulars.ui import formats

FAULTS: Mapping[AssociationFault, Promise] = {
    AssociationFault.NO_SOURCE: gettext_lazy("Say which product or category it begins with."),
    AssociationFault.NO_TARGET: gettext_lazy("Say which product or category it leads to."),
    AssociationFault.NO_NEED: gettext_lazy("Say what lies between the two: the need that leads on."),
    AssociationFault.TO_ITSELF: gettext_lazy("It leads back to where it began; choose another product or category."),
    AssociationFault.ALREADY_THERE: gettext_lazy("This association is on the board already."),
    AssociationFault.NO_SUCH_MOVE: gettext_lazy("Somebody has decided this one meanwhile; look again."),
}


@dataclass(frozen=True)
class Verdict:
    """A trial in a few words: what the figures hint at, with the tone of its badge, and the sentences behind it."""

    name: str
    tone: str
    sentences: list[str]


def verdict_of(trial: Trial | None) -> Verdict:
    if trial is None:
        return Verdict(_("Not measured yet"), "", [_("The next analysis begins to count.")])
    if not trial.is_enough:
        return Verdict(_("Too early to say"), "", [_so_far(trial), _needed(trial)])
    low, high = trial.interval
    name, tone = _("No difference seen"), "info"
    if low > 0:
        name, tone = _("Hints at more"), "good"
    elif high < 0:
        name, tone = _("Hints at less"), "warn"
    change = _(
        "Before it was %(before)s of 100; the change lies between %(low)s and %(high)s of 100 (nine times in ten)."
    ) % {
        "before": _of_hundred(trial.before.value),
        "low": _signed(low),
        "high": _signed(high),
    }
    return Verdict(name, tone, [_so_far(trial), change, _beside(trial)])


def _so_far(trial: Trial) -> str:
    days = ngettext("within %(days)d day", "within %(days)d days", trial.within_days) % {"days": trial.within_days}
    if not trial.after.buyers:
        return _("Nobody's time is over yet: each buyer is watched for %(days)d days.") % {"days": trial.within_days}
    return _("Since the trial began %(followed)s of %(buyers)s buyers took the other thing %(days)s.") % {
        "followed": formats.number(trial.after.followed, 0),
        "buyers": formats.number(trial.after.buyers, 0),
        "days": days,
    }


def _needed(trial: Trial) -> str:
    least = min(trial.after.buyers, trial.before.buyers)
    return _(
        "At least %(least)d buyers since the beginning and in the year before are needed; the fewer side has %(has)d."
    ) % {
        "least": LEAST_BUYERS,
        "has": least,
    }


def _beside(trial: Trial) -> str:
    if trial.others_change is None:
        return _("There are too few buyers of comparable products to set beside them.")
    return _("Among buyers of comparable products the share changed by %(change)s of 100 over the same time.") % {
        "change": _signed(trial.others_change)
    }


def _of_hundred(share: float) -> str:
    return formats.number(share * 100, 1)


def _signed(share: float) -> str:
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return f"{sign}{formats.number(abs(share) * 100, 1)}"
