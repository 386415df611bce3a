"""What a return is worth, and which lines it undoes."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.foundation.money import split


class TooMuchReturned(ValueError):
    """More would come back than was bought; `left_milli` is what still can."""

    def __init__(self, left_milli: int) -> None:
        super().__init__(f"only {left_milli} thousandths are left to return")
        self.left_milli = left_milli


def returned_amount(
    *, line_total_minor: int, line_quantity_milli: int, returned_milli: int, quantity_milli: int
) -> int:
    """What `quantity_milli` of a line is worth when `returned_milli` of it came back before: its share of the total.

    The difference of two rounded running shares, so the parts of a line add up to its total whatever the steps.
    Raises TooMuchReturned.
    """
    if not 0 < quantity_milli <= line_quantity_milli - returned_milli:
        raise TooMuchReturned(line_quantity_milli - returned_milli)

    def share(milli: int) -> int:
        return split(line_total_minor, [milli, line_quantity_milli - milli])[0]

    return share(returned_milli + quantity_milli) - share(returned_milli)


@dataclass(frozen=True)
class SoldLine:
    """A line that a return may undo. `key`: customer, variant, currency and price, in a form of the caller's."""

    id: UUID
    key: Hashable
    placed_at: datetime
    left_milli: int


@dataclass(frozen=True)
class ReturnedGoods:
    """A returned quantity that looks for its line; `key` as with SoldLine."""

    id: UUID
    key: Hashable
    returned_at: datetime
    quantity_milli: int


@dataclass(frozen=True)
class ReturnMatch:
    """`quantity_milli` of a return undoes `order_line_id`; None: nothing was found for it."""

    return_id: UUID
    order_line_id: UUID | None
    quantity_milli: int


def match_returns(returns: Iterable[ReturnedGoods], lines: Iterable[SoldLine]) -> list[ReturnMatch]:
    """Which lines the returns undo: the same customer, variant and price, the latest order before the return first.

    Earlier returns choose first. A quantity is split over several lines where one does not hold it; what is left
    over stays unmatched. The quantities of a return's matches add up to its own. Equal moments go by id, so the
    answer does not depend on the order of the arguments.
    """
    open_lines: defaultdict[Hashable, list[SoldLine]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.placed_at, line.id), reverse=True):
        open_lines[line.key].append(line)
    left = {line.id: line.left_milli for same in open_lines.values() for line in same}
    matches = []
    for goods in sorted(returns, key=lambda goods: (goods.returned_at, goods.id)):
        wanted = goods.quantity_milli
        for line in open_lines.get(goods.key, ()):
            if not wanted:
                break
            taken = min(wanted, left[line.id]) if line.placed_at <= goods.returned_at else 0
            if taken > 0:
                matches.append(ReturnMatch(goods.id, line.id, taken))
                left[line.id] -= taken
                wanted -= taken
        if wanted:
            matches.append(ReturnMatch(goods.id, None, wanted))
    return matches


def split_amounts(total_minor: int, base_total_minor: int, quantities_milli: Sequence[int]) -> list[tuple[int, int]]:
    """A return line's (amount, base amount) divided over the parts into which matching split its quantity."""
    return list(zip(split(total_minor, quantities_milli), split(base_total_minor, quantities_milli), strict=True))
