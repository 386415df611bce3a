"""Money: whole minor units and an ISO 4217 currency. Never a float."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

# ISO 4217: minor-unit exponents that differ from two, for currencies in use.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were put together without a rate."""


def exponent_of(currency: str) -> int:
    """How many decimal places the currency's minor unit has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def is_currency_code(text: str) -> bool:
    """Whether `text` has the form of an ISO 4217 code: three Latin capitals."""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


@dataclass(frozen=True)
class Money:
    """`amount_minor` in the currency's minor unit (kopecks, pence; yen have none)."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if not is_currency_code(self.currency):
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount_minor < other.amount_minor

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    @property
    def amount(self) -> Decimal:
        """In major units, exact."""
        return Decimal(self.amount_minor).scaleb(-exponent_of(self.currency))


def minor_from(amount: Decimal, currency: str) -> int:
    """Minor units of `amount` in major units, rounded half to even."""
    return int(amount.scaleb(exponent_of(currency)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def converted(money: Money, *, to: str, rate: Decimal) -> Money:
    """`money` in another currency; `rate` is units of `to` for one unit of `money.currency`."""
    return Money(minor_from(money.amount * rate, to), to)


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """`amount_minor` divided in proportion to `weights`, adding up to it exactly.

    Largest-remainder method (Hamilton); equal remainders go to the earlier part. Weights are non-negative;
    all zero means equal parts. A negative amount is split as its opposite.
    """
    if not weights:
        raise ValueError("nothing to split over")
    if min(weights) < 0:
        raise ValueError("a weight is negative")
    if amount_minor < 0:
        return [-part for part in split(-amount_minor, weights)]
    total = sum(weights)
    if total == 0:
        weights, total = [1] * len(weights), len(weights)
    parts, remainders = zip(*(divmod(amount_minor * weight, total) for weight in weights), strict=True)
    shares = list(parts)
    by_remainder = sorted(range(len(shares)), key=lambda i: (-remainders[i], i))
    for i in by_remainder[: amount_minor - sum(shares)]:
        shares[i] += 1
    return shares
