"""How sure we are: what the tests on this shop's own past said, as the page tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.desk.insight.words import of_hundred
from regulars.insight.rules.choice import Method
from regulars.ui import formats
from regulars.ui.charts import Chart, Series, Unit, bars

# A stated 80 of 100 that held 75 to 85 times is as good as kept.
CLOSE = 0.05


@dataclass(frozen=True)
class MethodName:
    name: str | Promise
    text: str | Promise


METHODS: Mapping[Method, MethodName] = {
    Method.BG_NBD: MethodName(
        "BG/NBD", gettext_lazy("each customer buys at a pace of his own and may leave after any purchase")
    ),
    Method.MBG_NBD: MethodName("MBG/NBD", gettext_lazy("as BG/NBD, and one may leave right after the first purchase")),
    Method.MBG_CNBD_K: MethodName("MBG/CNBD-k", gettext_lazy("as MBG/NBD, for customers who buy at regular intervals")),
    Method.PARETO_NBD: MethodName("Pareto/NBD", gettext_lazy("as BG/NBD, and one may leave on any day")),
    Method.BOOSTING: MethodName(
        gettext_lazy("Learning from examples"),
        gettext_lazy("decision trees that were shown who bought after earlier days (gradient boosting)"),
    ),
    Method.BLEND: MethodName(
        gettext_lazy("Model and learning together"), gettext_lazy("the middle between the models and the trees")
    ),
    Method.WITHIN_LIMIT: MethodName(
        gettext_lazy("Rule: not late yet"), gettext_lazy("who is silent for no longer than his limit will buy")
    ),
    Method.TWO_OR_MORE: MethodName(
        gettext_lazy("Rule: came twice"), gettext_lazy("who has bought on two days or more will buy")
    ),
    Method.REPEATS_LAST: MethodName(
        gettext_lazy("Rule: as last time"), gettext_lazy("who bought in the last 90 days will buy")
    ),
    Method.BASE_RATE: MethodName(
        gettext_lazy("Rule: all alike"), gettext_lazy("everybody is as likely to buy as anybody")
    ),
}
EXCLUDED: Mapping[str, str | Promise] = {
    "guest_orders": gettext_lazy("orders of guests: we do not know who bought"),
    "void_orders": gettext_lazy("drafts and cancelled orders"),
    "returned_orders": gettext_lazy("orders of which everything came back"),
    "orders_without_goods": gettext_lazy("orders without goods or services that cost something"),
    "later_orders": gettext_lazy("orders after the data date"),
    "gift_lines": gettext_lazy("positions bought as gifts (left out of what to offer only)"),
}
_COVERED: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "value": (gettext_lazy("Value of the next year"), gettext_lazy("the range of money")),
    "next": (gettext_lazy("Next purchase"), gettext_lazy("the window of days")),
    "number": (gettext_lazy("Purchases in 90 days"), gettext_lazy("the range of a count")),
}


@dataclass(frozen=True)
class MethodRow:
    """pairs: of 100 pairs, one who bought and one who did not, in how many the first was given the higher chance."""

    name: str | Promise
    text: str | Promise
    pairs: int
    error: float
    is_rule: bool
    is_used: bool


@dataclass(frozen=True)
class WindowRow:
    """One quarter of the past: said against happened, by the method that would have been used then."""

    start: date
    stop: date
    customers: int
    buyers_said: float
    buyers: int
    purchases_said: float
    purchases: int
    method: str | Promise

    @property
    def purchases_error(self) -> float | None:
        return self.purchases_said / self.purchases - 1 if self.purchases else None


@dataclass(frozen=True)
class CoverageRow:
    """Ranges that are said to hold in `stated` of 100 cases held in `held` of them. tone, verdict: how well that is."""

    name: str | Promise
    text: str | Promise
    stated: int
    held: int
    customers: int
    tone: str
    verdict: str


@dataclass(frozen=True)
class FitRow:
    """A fitted model for those who want to check it: parameters with standard errors, as texts."""

    name: str | Promise
    parameters: Sequence[tuple[str, str]]
    log_likelihood: float
    customers: int
    is_used: bool


@dataclass(frozen=True)
class TrustView:
    """words: the outcome in sentences. tests, windows, coverage are empty while nothing could be tested."""

    words: Sequence[str]
    method: MethodName
    is_known: bool
    is_tested: bool
    is_rule: bool
    season: float
    data_date: date
    calibration: Chart | None
    methods: Sequence[MethodRow]
    windows: Sequence[WindowRow]
    coverage: Sequence[CoverageRow]
    excluded: Sequence[tuple[str | Promise, int]]
    fits: Sequence[FitRow]


def trust_view(trust: Mapping[str, Any], models: Mapping[str, Any] | None) -> TrustView:
    method = Method(trust["method"])
    methods = _methods(trust, method)
    return TrustView(
        words=_words(trust, methods),
        method=METHODS[method],
        is_known=trust["is_known"],
        is_tested=trust["is_tested"],
        is_rule=trust["is_rule"],
        season=trust["season"],
        data_date=date.fromisoformat(trust["data_date"]),
        calibration=_calibration(trust["calibration"]),
        methods=methods,
        windows=[_window(window) for window in trust["windows"]],
        coverage=[
            _coverage(name, trust["coverage"][name]) for name in _COVERED if _is_held(trust["coverage"].get(name))
        ],
        excluded=[(EXCLUDED[name], count) for name, count in trust["excluded"].items() if count and name in EXCLUDED],
        fits=_fits(models),
    )


def _words(trust: Mapping[str, Any], methods: Sequence[MethodRow]) -> list[str]:
    if not trust["is_known"]:
        return [_("Nothing can be expected yet: too few customers have come again. More orders will change that.")]
    if not trust["is_tested"]:
        return [
            _("The models are fitted, but could not be tested yet."),
            _("A test needs half a year of sales and thirty customers, some of whom bought again and some did not."),
        ]
    used = next((row for row in methods if row.is_used), None)
    rules = [row for row in methods if row.is_rule]
    said = []
    if used:
        said.append(
            _(
                "Of two customers, one who bought within 90 days and one who did not, it named the buyer in %(n)d of "
                "100 pairs."
            )
            % {"n": used.pairs}
        )
    if rules and used and not used.is_rule:
        best = max(rules, key=lambda row: row.pairs)
        said.append(
            _("The best simple rule (%(rule)s) does so in %(n)d of 100; tossing a coin, in 50.")
            % {"rule": best.text, "n": best.pairs}
        )
    if used and used.is_rule:
        said.append(_("A simple rule told best in this shop, so it is used: %(rule)s.") % {"rule": used.text})
    return said


def _methods(trust: Mapping[str, Any], used: Method) -> list[MethodRow]:
    rows = [
        MethodRow(
            METHODS[Method(name)].name,
            METHODS[Method(name)].text,
            of_hundred(found["auc"]),
            found["log_loss"],
            found["is_rule"],
            Method(name) is used,
        )
        for name, found in trust["methods"].items()
    ]
    return sorted(rows, key=lambda row: row.error)


def _window(window: Mapping[str, Any]) -> WindowRow:
    chosen, model = window["chosen"], window["model"]
    scores = window["methods"][chosen if chosen in window["methods"] else model]
    return WindowRow(
        date.fromisoformat(window["from"]),
        date.fromisoformat(window["to"]),
        window["customers"],
        scores["expected"],
        scores["actual"],
        window["expected_purchases"].get(model, float("nan")),
        window["purchases"],
        METHODS[Method(chosen)].name,
    )


def _is_held(found: Mapping[str, Any] | None) -> bool:
    """Whether enough customers were there to hold an interval against what came."""
    return found is not None and found["held"] is not None


def _coverage(name: str, found: Mapping[str, Any]) -> CoverageRow:
    title, text = _COVERED[name]
    beyond = found["held"] - found["stated"]
    if abs(beyond) <= CLOSE:
        tone, verdict = "good", _("as stated")
    elif beyond > 0:
        tone, verdict = "info", _("wider than it need be")
    else:
        tone, verdict = "warn", _("too narrow: be careful")
    return CoverageRow(title, text, round(found["stated"] * 100), of_hundred(found["held"]), found["customers"], tone,
                       verdict)  # fmt: skip


def _calibration(tenths: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Customers in tenths by the chance that was said, beside the share of them who did buy."""
    if not tenths:
        return None
    points = [formats.percent(tenth["expected"], 0) for tenth in tenths]
    return bars(
        _("Chance that was said, and how many of such customers did buy"),
        points,
        [
            Series(_("Was said"), [tenth["expected"] for tenth in tenths], tone="quiet"),
            Series(_("Happened"), [tenth["actual"] for tenth in tenths]),
        ],
        unit=Unit("percent", digits=0),
        head=_("Customers to whom was said about"),
    )


def _fits(models: Mapping[str, Any] | None) -> list[FitRow]:
    if not models:
        return []
    rows = [_fit(METHODS[Method(name)].name, fit, is_used=name == models["buying"])
            for name, fit in models["fits"].items()]  # fmt: skip
    if models["gamma_gamma"]:
        rows.append(_fit("Gamma-Gamma", models["gamma_gamma"], is_used=True))
    return rows


def _fit(name: str | Promise, fit: Mapping[str, Any], *, is_used: bool) -> FitRow:
    errors = fit["standard_errors"]
    parameters = [
        (parameter, _with_error(value, errors.get(parameter))) for parameter, value in fit["parameters"].items()
    ]
    return FitRow(name, parameters, fit["log_likelihood"], fit["customers"], is_used)


def _with_error(value: float, error: float | None) -> str:
    text = formats.number(value, 4)
    return text if error is None else f"{text} ± {formats.number(error, 4)}"
