"""The sections of the report, in the order in which they are read."""

from collections.abc import Callable, Sequence

from regulars.desk.report.document import Section
from regulars.desk.report.known import Known
from regulars.desk.report.sections.customers import cohorts, leavers, moves, repeat_share, stages
from regulars.desk.report.sections.money import economics, pareto
from regulars.desk.report.sections.outlook import forecast
from regulars.desk.report.sections.steps import first_products, funnel
from regulars.desk.report.sections.trust import trust

_SECTIONS: Sequence[Callable[[Known], Section]] = (
    stages,
    moves,
    repeat_share,
    cohorts,
    leavers,
    first_products,
    funnel,
    forecast,
    pareto,
    economics,
    trust,
)


def sections_of(known: Known) -> list[Section]:
    return [section(known) for section in _SECTIONS]
