"""Downloads: harmless to spreadsheets, streamed, readable back."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from regulars.desk.csv_export import csv_response, harmless


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert harmless(text).removeprefix("'") == text.replace("\x00", "").removeprefix("'")


def test_figures_stay_figures() -> None:
    assert [harmless(cell) for cell in (-5, Decimal("-1.50"), True, None)] == ["-5", "-1.50", "1", ""]
    assert harmless(datetime(2026, 11, 21, 12, 5, tzinfo=UTC)) == "2026-11-21 12:05:00"


def test_a_file_comes_line_by_line_and_reads_back() -> None:
    drawn: list[int] = []

    def rows() -> Iterator[list[object]]:
        for number in range(3):
            drawn.append(number)
            yield [f"=cmd|{number}", 'Чай «Утро», "50 г"\nлистовой']

    response = csv_response("Заказы за май", ["Name", "Товар"], rows())  # type: ignore[arg-type]
    assert drawn == []
    content = b"".join(response.streaming_content).decode()  # type: ignore[arg-type]
    assert content.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    assert read[0] == ["Name", "Товар"]
    assert read[1] == ["'=cmd|0", 'Чай «Утро», "50 г"\nлистовой']
    assert response["Content-Disposition"].startswith("attachment; filename=")
