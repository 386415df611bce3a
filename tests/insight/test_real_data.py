"""The rules on two years of a real gift wholesaler: the known facts come out."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from regulars.insight import store
from regulars.insight.actions.extraction import EXTRACTS
from regulars.insight.actions.figures import Question, findings_from
from regulars.insight.rules import purchases
from regulars.insight.rules.stages import Thresholds

# All of insight on a million lines takes a minute.
pytestmark = [pytest.mark.data, pytest.mark.soak, pytest.mark.django_db]

SCHEMAS = {extract.name: extract.schema for extract in EXTRACTS}
FEES = {"POST", "DOT", "M", "C2", "BANK CHARGES", "D", "AMAZONFEE", "CRUK", "S", "ADJUST", "ADJUST2", "m", "B"}
END = datetime(2011, 12, 10, tzinfo=UTC)


def extracts_of(source: Path, folder: Path) -> None:
    """Lay the file out as extracts: sales with their lines, negative quantities of known customers as returns."""
    text = {name: pa.string() for name in ("Invoice", "StockCode", "Customer ID")}
    table = pyarrow.csv.read_csv(source, convert_options=pyarrow.csv.ConvertOptions(column_types=text))
    known = pc.not_equal(pc.fill_null(table["Customer ID"], ""), "")
    table = table.append_column("customer", pc.if_else(known, table["Customer ID"], pa.scalar(None, pa.string())))
    amounts = pc.round(pc.multiply(pc.multiply(table["Quantity"].cast("float64"), table["Price"]), 100.0))
    table = table.append_column("minor", amounts.cast("int64"))
    is_sale = pc.and_(pc.greater(table["Quantity"], 0), pc.greater(table["Price"], 0))
    sales, back = table.filter(is_sale), table.filter(pc.and_(pc.less(table["Quantity"], 0), known))
    orders = sales.group_by("Invoice").aggregate([("customer", "max"), ("InvoiceDate", "min"), ("minor", "sum")])
    count = orders.num_rows
    at = orders["InvoiceDate_min"].cast(pa.timestamp("us"))
    write(
        folder,
        "orders",
        order_id=orders["Invoice"], customer_id=orders["customer_max"], placed_at=at, local_date=at.cast(pa.date32()),
        local_hour=pa.array([12] * count, pa.int16()), status=pa.array(["completed"] * count),
        channel=pa.array(["online"] * count), base_total_minor=orders["minor_sum"],
        is_history=pa.array([True] * count), recorded_at=at,
    )  # fmt: skip
    write(
        folder,
        "order_lines",
        order_id=sales["Invoice"], variant_id=sales["StockCode"],
        quantity_milli=pc.multiply(sales["Quantity"], 1000), base_total_minor=sales["minor"],
        is_gift=pa.array([False] * sales.num_rows),
    )  # fmt: skip
    back_at = back["InvoiceDate"].cast(pa.timestamp("us"))
    write(
        folder,
        "return_lines",
        return_id=back["Invoice"], customer_id=back["customer"], returned_at=back_at,
        local_date=back_at.cast(pa.date32()), order_id=pa.nulls(back.num_rows, pa.string()),
        variant_id=back["StockCode"], quantity_milli=pc.multiply(back["Quantity"], -1000),
        base_total_minor=pc.negate(back["minor"]),
    )  # fmt: skip
    goods = sorted(set(table["StockCode"].to_pylist()))
    kinds = ["fee" if code in FEES else "goods" for code in goods]
    write(folder, "variants", variant_id=pa.array(goods), product_id=pa.array(goods), kind=pa.array(kinds))
    people = pc.unique(pc.drop_null(table["customer"]))
    created = pa.array([datetime(2009, 12, 1, tzinfo=UTC)] * len(people), pa.timestamp("us"))
    write(folder, "customers", customer_id=people, survivor_id=people, created_at=created)
    for name, schema in SCHEMAS.items():
        if not (folder / name).exists():
            store.write_part(schema.empty_table(), folder / name / "all.parquet")


def write(folder: Path, name: str, **columns: pa.Array) -> None:
    """What the file does not know of is null."""
    table = pa.table(columns)
    for field in SCHEMAS[name]:
        if field.name not in columns:
            table = table.append_column(field.name, pa.nulls(table.num_rows, field.type))
    store.write_part(table, folder / name / "all.parquet")


def test_the_known_facts_come_out(shared_data: Path, tmp_path: Path) -> None:
    extracts_of(shared_data / "online_retail_ii.csv.gz", tmp_path)
    question = Question(END, date(2011, 12, 10), False, Thresholds(), {}, None)
    with store.opened(memory_mib=1024, threads=2) as engine:
        orders = engine.rows(purchases.orders_of(engine.extracts(tmp_path), before=question.before))
        assert orders.filter(pc.is_valid(orders["customer_id"])).num_rows == 36_604
        found, counts = findings_from(engine, tmp_path, question, on_share=lambda _: None)
    facts, rhythm = found.shop["facts"], found.shop["rhythm"]
    assert (counts["customers"], facts["buyers"], facts["repeat_buyers"]) == (5_942, 5_852, 4_179)
    assert (facts["first_date"], facts["last_date"]) == ("2009-12-01", "2011-12-09")
    assert (rhythm["gaps"], rhythm["customers"], round(rhythm["median_days"])) == (27_032, 4_179, 54)
    first = found.shop["cohorts"][0]
    assert {name: first[name] for name in ("month", "size", "active")} == {
        "month": "2009-12",
        "size": 952,
        "active": [952, 334, 317, 405, 360, 342, 359, 327, 321, 344, 401, 472, 358, 269, 232, 288, 250, 288, 270, 246,
                   242, 298, 289, 386, 187],
    }  # fmt: skip
    stages = found.shop["stages"]
    assert sum(stages.values()) == 5_942
    assert stages["potential"] == 90
    last_of_each = {stage: counts[-1] for stage, counts in found.shop["stages_by_month"]["stages"].items()}
    yesterday = sum(last_of_each.values())
    assert yesterday == facts["buyers"]
    assert found.shop["concentration"]["top_fifth"] == pytest.approx(0.766, abs=0.001)
