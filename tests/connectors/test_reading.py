"""Any supported form of a table reads back the same, and bad files say what is wrong with them."""

import csv
import gzip
import io
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from regulars.commerce.ports import Batch, LineRecord, SourceFault
from regulars.commerce.rules.imports import FileDefinition, FileFault, ImportKind, RejectReason
from regulars.connectors.csv import FileSource, decoding, first_preview, opening
from regulars.connectors.csv import source as reading
from regulars.connectors.csv.decoding import encoding_of
from regulars.connectors.csv.tables import table_at

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BASE = FileDefinition(kind=ImportKind.ORDERS, source="test", zone="Europe/Moscow", currency="RUB")
HEADER = ["order number", "date", "sku", "quantity", "price", "customer id"]
Table = list[list[str]]


def write_csv(path: Path, rows: Table, *, delimiter: str = ",", encoding: str = "utf-8") -> None:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


def write_packed(path: Path, rows: Table) -> None:
    inner = io.StringIO(newline="")
    csv.writer(inner).writerows(rows)
    path.write_bytes(gzip.compress(inner.getvalue().encode()))


def write_zip(path: Path, rows: Table) -> None:
    inner = io.StringIO(newline="")
    csv.writer(inner).writerows(rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../orders.csv", inner.getvalue())


def write_xlsx(path: Path, rows: Table) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(path)


def write_parquet(path: Path, rows: Table) -> None:
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    pq.write_table(pa.table({name: pa.array(list(values), pa.string()) for name, values in columns.items()}), path)


WRITERS: dict[str, Callable[[Path, Table], None]] = {
    "csv": write_csv,
    "semicolon, windows-1251": lambda path, rows: write_csv(path, rows, delimiter=";", encoding="cp1251"),
    "tab, BOM": lambda path, rows: write_csv(path, rows, delimiter="\t", encoding="utf-8-sig"),
    "utf-16": lambda path, rows: write_csv(path, rows, encoding="utf-16"),
    "gz": write_packed,
    "zip": write_zip,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}

# What every one of the encodings above can write, and every format keep.
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗabcdefghijABCDEFGHIJ0123456789 ,;\"'.-+=@/\t"
_cells = st.text(_LETTERS, max_size=12)
_tables = st.lists(st.lists(_cells, min_size=3, max_size=3), min_size=1, max_size=8)


def read_rows(path: Path) -> Table:
    with table_at(path) as table:
        return [list(row) for row in table.rows]


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=12, deadline=None)
@given(rows=_tables)
def test_every_form_reads_back_the_same(tmp_path_factory: pytest.TempPathFactory, form: str, rows: Table) -> None:
    path = tmp_path_factory.mktemp("form") / "table"
    header = ["номер заказа", "дата заказа", "артикул"]
    WRITERS[form](path, [header, *rows])
    found = read_rows(path)
    assert found[0] == header
    padded = [row + [""] * (3 - len(row)) for row in found[1:]]
    # A workbook ends where its last filled cell does.
    while len(padded) < len(rows):
        padded.append([""] * 3)
    assert padded == rows


def line(number: str, **other: str) -> list[str]:
    said = {
        "date": "2026-01-05 10:00",
        "sku": "TEA-1",
        "quantity": "2",
        "price": "350.00",
        "customer id": "K1",
        **other,
    }
    return [number, *(said[name] for name in HEADER[1:])]


def read(path: Path, **changes: object) -> tuple[list[LineRecord], list[Batch], FileSource]:
    preview = first_preview(path, BASE, now=NOW)
    source = FileSource(path, preview.definition, now=NOW)
    batches = list(source.batches())
    return [record for batch in batches for record in batch.records if isinstance(record, LineRecord)], batches, source


def fault_of(path: Path) -> FileFault:
    with pytest.raises(SourceFault) as caught:
        read(path)
    return caught.value.fault


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


@pytest.mark.parametrize("form", WRITERS)
def test_every_form_gives_the_same_records(path: Path, form: str) -> None:
    WRITERS[form](path, [HEADER, line("1"), line("2", quantity="-1"), line("3", price="free")])
    records, batches, _ = read(path)
    assert [(r.number, r.quantity_milli, r.amount_micro) for r in records] == [
        ("1", 2000, 700_000_000),
        ("2", -1000, 350_000_000),
    ]
    assert [(r.row, r.reason, r.value) for b in batches for r in b.rejects] == [(4, RejectReason.BAD_PRICE, "free")]
    assert records[0].placed_at == datetime(2026, 1, 5, 7, tzinfo=UTC)


def test_rows_of_another_encoding_are_read_and_told(path: Path) -> None:
    rows = [line(str(number), sku="Чай") for number in range(1, 50)]
    text = "\n".join(",".join(row) for row in [HEADER, *rows]) + "\n"
    path.write_bytes(text.encode() + "50,2026-01-05,Кофе молотый,1,2.00,K1\n".encode("cp1251"))
    records, _, source = read(path)
    assert records[0].product.sku == "Чай"
    assert records[-1].product.sku == "Кофе молотый"
    assert source.mixed_count == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": "01.01.0202"}, RejectReason.DATE_TOO_OLD),
        ({"date": "2026-03-11"}, RejectReason.DATE_IN_FUTURE),
        ({"date": "soon"}, RejectReason.BAD_DATE),
        ({"date": ""}, RejectReason.NO_DATE),
        ({"price": "free"}, RejectReason.BAD_PRICE),
        ({"price": ""}, RejectReason.NO_PRICE),
        ({"price": "=1+2"}, RejectReason.BAD_PRICE),
        ({"quantity": "many"}, RejectReason.BAD_QUANTITY),
        ({"quantity": "0"}, RejectReason.ZERO_QUANTITY),
        ({"sku": ""}, RejectReason.NO_SKU),
        ({"sku": "x" * 121}, RejectReason.TOO_LONG),
    ],
)
def test_a_row_that_cannot_be_read_says_why(path: Path, changes: dict[str, str], reason: RejectReason) -> None:
    write_csv(path, [HEADER, line("1"), line("2", **changes)])
    records, batches, _ = read(path)
    assert len(records) == 1
    assert [(r.row, r.reason) for batch in batches for r in batch.rejects] == [(3, reason)]


def test_odd_but_good_values_stay(path: Path) -> None:
    write_csv(path, [HEADER, line("1", sku="🍵"), line("2", sku="=1+2"), line("3", **{"customer id": "13085.0"})])
    records, _, _ = read(path)
    assert [r.product.sku for r in records] == ["🍵", "=1+2", "TEA-1"]
    assert records[2].customer is not None
    assert records[2].customer.external_id == "13085"


def test_formulas_of_a_workbook_stay_text(path: Path) -> None:
    write_xlsx(path, [HEADER, line("1", sku="=SUM(A1:A2)")])
    records, _, _ = read(path)
    assert records[0].product.sku == "=SUM(A1:A2)"


def test_ten_megabytes_in_one_field_are_one_rejected_row(path: Path) -> None:
    write_csv(path, [HEADER, line("1"), line("2", sku="x" * 10_000_000), line("3")])
    records, batches, _ = read(path)
    assert [r.number for r in records] == ["1", "3"]
    assert [r.reason for batch in batches for r in batch.rejects] == [RejectReason.TOO_LONG]


def test_equal_headers_are_told_apart(path: Path) -> None:
    write_csv(path, [[*HEADER, "price", ""], [*line("1"), "999", "x"]])
    records, _, _ = read(path)
    assert records[0].price_micro == 350_000_000
    preview = first_preview(path, BASE, now=NOW)
    assert [column.header for column in preview.columns][-2:] == ["price (2)", "#8"]


def test_rows_too_wide_or_narrow(path: Path) -> None:
    path.write_text(
        ",".join(HEADER) + "\n" + ",".join(line("1")) + ",,\n" + ",".join(line("2")) + ",x\n3,2026-01-05\n\n"
    )
    records, batches, _ = read(path)
    assert [r.number for r in records] == ["1"]
    rejects = [(r.row, r.reason) for batch in batches for r in batch.rejects]
    assert rejects == [(3, RejectReason.TOO_MANY_COLUMNS), (4, RejectReason.TOO_FEW_COLUMNS)]
    assert sum(batch.rows for batch in batches) == 3


def test_a_title_above_the_header_is_passed_over(path: Path) -> None:
    write_csv(path, [["Sales report", "", "", "", "", ""], ["", "", "", "", "", ""], HEADER, line("1")])
    records, _, _ = read(path)
    assert [(r.row, r.number) for r in records] == [(4, "1")]


def test_reading_on_behind_a_row_gives_the_rest(path: Path) -> None:
    write_csv(path, [HEADER, *(line(str(number)) for number in range(1, 8))])
    definition = first_preview(path, BASE, now=NOW).definition
    rest = [r.row for batch in FileSource(path, definition, now=NOW).batches(after_row=4) for r in batch.records]
    assert rest == [5, 6, 7, 8]


def test_a_truncated_gz_is_told(path: Path) -> None:
    noise = random.Random(1)
    rows = [line(str(noise.random()), sku=str(noise.random())) for _ in range(30_000)]
    write_packed(path, [HEADER, *rows])
    path.write_bytes(path.read_bytes()[:-100_000])
    assert fault_of(path) == FileFault.TRUNCATED


def test_files_of_nothing_are_told(path: Path) -> None:
    path.write_bytes(b"")
    assert fault_of(path) == FileFault.EMPTY
    write_csv(path, [HEADER])
    assert fault_of(path) == FileFault.HEADER_ONLY
    path.unlink()
    assert fault_of(path) == FileFault.MISSING


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"%PDF-1.7 ...", FileFault.UNKNOWN_FORMAT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, FileFault.UNKNOWN_FORMAT),
        (b"\x7fELF" + bytes(range(256)) * 4, FileFault.UNKNOWN_FORMAT),
        (b"PAR1 and then nothing", FileFault.DAMAGED),
        (b"PK\x03\x04 and then nothing", FileFault.TRUNCATED),
        (b"\x1f\x8b\x08 and then nothing", FileFault.DAMAGED),
    ],
)
def test_other_kinds_of_file_are_told_by_their_bytes(path: Path, content: bytes, fault: FileFault) -> None:
    path.write_bytes(content)
    assert fault_of(path) == fault


def test_an_archive_of_several_files_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a")
        archive.writestr("b.csv", "b")
    assert fault_of(path) == FileFault.NOT_ONE_FILE


def test_a_bomb_ends_the_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "RATIO_COUNTS_FROM_BYTES", 1 << 20)
    row = ",".join(line("1")) + "\n"
    path.write_bytes(gzip.compress((",".join(HEADER) + "\n" + row * 200_000).encode(), 9))
    assert fault_of(path) == FileFault.TOO_BIG_UNPACKED


def test_memory_does_not_grow_with_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is bounded has to be small beside the file, or its filling looks like growth.
    monkeypatch.setattr(reading, "REMEMBERED", 500)
    monkeypatch.setattr(reading, "BATCH_ROWS", 500)
    monkeypatch.setattr(decoding, "BLOCK_BYTES", 1 << 16)

    def peak(count: int) -> int:
        write_csv(path, [HEADER, *(line(str(number)) for number in range(count))])
        definition = first_preview(path, BASE, now=NOW).definition
        tracemalloc.start()
        for _ in FileSource(path, definition, now=NOW).batches():
            pass
        _, top = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return top

    assert peak(30_000) < peak(15_000) * 1.2


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("номер;сорт\n1;А\n2;А0А0А\n3;А0А0А0А0А0А0А\n", "cp1251"),
        ("order;product\n1;Chá verde\n2;CAFÉ Périgord à la crème\n3;Größe XL\n", "cp1252"),
        ("Product;Brand\nТ-shirt;Ёлка\n", "cp1251"),
    ],
)
def test_single_bytes_are_told_apart(text: str, encoding: str) -> None:
    assert encoding_of(text.encode(encoding)) == encoding
