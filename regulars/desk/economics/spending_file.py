"""A table of spending, read: what it says row by row, and what is wrong with which row and how to mend it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from regulars.connectors.csv.tables import table_at
from regulars.connectors.csv.values import NotADate, NotANumber, date_of, decimal_mark_of, number_of
from regulars.desk.economics.words import PURPOSES
from regulars.foundation.money import is_currency_code, minor_from
from regulars.shop.attributes import CHANNELS
from regulars.shop.queries import rate_table
from regulars.shop.rules import Channel, SpendingPurpose
from regulars.shop.rules.rates import RateMissing, RateTable
from regulars.shop.rules.spending import LARGEST_MINOR, MAX_NOTE, SpendingDraft, month_of, rate_day

MAX_ROWS = 5000
# Above its headings a report may have a name, a period, an empty line.
HEADING_ROWS = 20

_HEADINGS: Mapping[str, str] = {
    **dict.fromkeys(("month", "date", "period", "day", "месяц", "дата", "период", "день"), "month"),
    **dict.fromkeys(("amount", "sum", "cost", "spend", "spending", "spent", "total", "сумма", "расход", "расходы",
                     "затраты", "потрачено", "стоимость"), "amount"),
    **dict.fromkeys(("channel", "канал"), "channel"),
    **dict.fromkeys(("purpose", "what for", "kind", "type", "назначение", "на что", "вид", "тип"), "purpose"),
    **dict.fromkeys(("currency", "валюта"), "currency"),
    **dict.fromkeys(("note", "comment", "campaign", "item", "примечание", "комментарий", "кампания", "статья"), "note"),
}  # fmt: skip
_PURPOSE_WORDS: Mapping[str, SpendingPurpose] = {
    **dict.fromkeys(("acquisition", "new", "advertising", "привлечение", "реклама", "новые"),
                    SpendingPurpose.ACQUISITION),
    **dict.fromkeys(("retention", "keeping", "loyalty", "удержание", "лояльность"), SpendingPurpose.RETENTION),
    **dict.fromkeys(("other", "прочее", "другое"), SpendingPurpose.OTHER),
}  # fmt: skip
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[./-](\d{4})")


class NotSpending(Exception):
    """The file as a whole: no headings that we know, no rows, too many."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row (the file's first is 1), in which column, and what to do."""

    row: int
    column: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class ReadSpending:
    """blank_rows: without an amount, or with one of nothing; they are left out."""

    drafts: Sequence[SpendingDraft]
    problems: Sequence[Problem]
    blank_rows: int


class _Wrong(Exception):
    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.name, self.reason, self.remedy = name, reason, remedy


def read(path: Path, *, purpose: SpendingPurpose) -> ReadSpending:
    """The file's spending; `purpose` where it does not say. Raises NotSpending, SourceFault."""
    with table_at(path) as table:
        rows = list(islice(table.rows, MAX_ROWS + HEADING_ROWS + 1))
    place, columns = _headings(rows)
    if len(rows) - place - 1 > MAX_ROWS:
        raise NotSpending(_("The file has more than %(count)d rows: divide it.") % {"count": MAX_ROWS})
    filled = [
        (number, row) for number, row in enumerate(rows[place + 1 :], start=place + 2) if any(map(str.strip, row))
    ]
    if not filled:
        raise NotSpending(_("There are no rows below the headings."))
    headings = {name: " ".join(rows[place][at].split()) for name, at in columns.items()}
    reader = _Reader(columns, [row for _number, row in filled], purpose)
    drafts, problems, blank = [], [], 0
    for number, row in filled:
        try:
            draft = reader.draft(row)
        except _Wrong as wrong:
            value = reader.cell(row, wrong.name)[:60]
            problems.append(Problem(number, headings.get(wrong.name, ""), value, wrong.reason, wrong.remedy))
            continue
        if draft is None:
            blank += 1
        else:
            drafts.append(draft)
    return ReadSpending(drafts, problems, blank)


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Where the headings stand, and which column holds what."""
    for place, row in enumerate(rows[:HEADING_ROWS]):
        columns: dict[str, int] = {}
        for at, cell in enumerate(row):
            word = " ".join(re.split(r"[,(]", cell)[0].casefold().split())
            if word in _HEADINGS:
                columns.setdefault(_HEADINGS[word], at)
        if {"month", "amount"} <= columns.keys():
            return place, columns
    raise NotSpending(
        _("No line of headings with a month and an amount was found. Call two columns “month” and “amount”.")
    )


class _Reader:
    """Rows to drafts; how numbers are written is seen from all of them together."""

    def __init__(self, columns: Mapping[str, int], rows: Sequence[Sequence[str]], purpose: SpendingPurpose) -> None:
        self._columns, self._purpose = columns, purpose
        self._mark = decimal_mark_of(self.cell(row, "amount") for row in rows)
        self._rates: RateTable = rate_table()
        self._channels = dict(_channel_words())

    def cell(self, row: Sequence[str], name: str) -> str:
        at = self._columns.get(name)
        return " ".join(row[at].split()) if at is not None and at < len(row) else ""

    def draft(self, row: Sequence[str]) -> SpendingDraft | None:
        amount = self.cell(row, "amount")
        if not amount:
            return None
        month, currency = self._month(row), self._currency(row)
        try:
            amount_minor = minor_from(number_of(amount, decimal_mark=self._mark), currency)
        except NotANumber as error:
            raise _Wrong("amount", _("This is not a number."), _("Write it like 12500 or 12 500,50.")) from error
        if amount_minor == 0:
            return None
        if not 0 < amount_minor <= LARGEST_MINOR:
            raise _Wrong("amount", _("Spending is above zero."), _("Take a refund off the spending of its month."))
        try:
            self._rates.on(currency, rate_day(month))
        except RateMissing as error:
            reason = _("No rate of %(currency)s is known for that month.") % {"currency": currency}
            raise _Wrong(
                "currency", reason, _("Enter it under Settings, Currencies, then read the file again.")
            ) from error
        purpose, channel = self._purpose_of(row), self._channel(row)
        return SpendingDraft(month, purpose, channel, currency, amount_minor, self.cell(row, "note")[:MAX_NOTE])

    def _month(self, row: Sequence[str]) -> date:
        text = self.cell(row, "month")
        try:
            if found := _YEAR_FIRST.fullmatch(text):
                return date(int(found[1]), int(found[2]), 1)
            if found := _MONTH_FIRST.fullmatch(text):
                return date(int(found[2]), int(found[1]), 1)
            return month_of(date_of(text if text[:1].isdigit() else f"1 {text}"))
        except (ValueError, NotADate) as error:
            reason = _("This is not a month.") if text else _("The month is missing.")
            raise _Wrong("month", reason, _("Write it like 2026-03 or 03.2026, or a day of it.")) from error

    def _currency(self, row: Sequence[str]) -> str:
        text = self.cell(row, "currency").upper()
        if text and not is_currency_code(text):
            raise _Wrong("currency", _("This is not a currency."), _("Three letters of ISO 4217, such as EUR or RUB."))
        return text or self._rates.base_currency

    def _purpose_of(self, row: Sequence[str]) -> SpendingPurpose:
        text = self.cell(row, "purpose")
        if not text:
            return self._purpose
        found = _PURPOSE_WORDS.get(text.casefold()) or _named(PURPOSES, text)
        if found is None:
            remedy = _("Write one of: %(words)s.") % {"words": ", ".join(map(str, PURPOSES.values()))}
            raise _Wrong("purpose", _("Nobody knows what this is for."), remedy)
        return SpendingPurpose(found)

    def _channel(self, row: Sequence[str]) -> Channel | None:
        text = self.cell(row, "channel")
        if not text:
            return None
        found = self._channels.get(text.casefold())
        if found is None:
            remedy = _("Write one of: %(words)s. The name of a campaign belongs into the note.")
            words = ", ".join(map(str, CHANNELS.values()))
            raise _Wrong("channel", _("There is no such channel."), remedy % {"words": words})
        return found


def _channel_words() -> Iterator[tuple[str, Channel]]:
    for code in Channel:
        yield code.value, code
        for language in ("en", "ru"):
            with override(language):
                yield str(CHANNELS[code]).casefold(), code


def _named(names: Mapping[SpendingPurpose, Promise], text: str) -> SpendingPurpose | None:
    for language in ("en", "ru"):
        with override(language):
            for kind, name in names.items():
                if str(name).casefold() == text.casefold():
                    return kind
    return None
