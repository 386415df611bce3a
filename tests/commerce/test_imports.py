"""Import runs: what each row becomes, that nothing is lost, that a second time changes nothing."""

import gzip
import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from regulars.commerce.actions import orders
from regulars.commerce.events import OrderPlaced
from regulars.commerce.models import (
    Category,
    Order,
    OrderLine,
    Price,
    Return,
    StockWriteOff,
    Variant,
)
from regulars.commerce.queries.imports import go_live_of
from regulars.commerce.queries.rejects import rejects
from regulars.commerce.rules import OrderDraft, OrderLineDraft, OrderStatus, ProductKind
from regulars.commerce.rules.imports import (
    FileDefinition,
    FileFault,
    ImportKind,
    KindFinder,
    LineFate,
    RejectReason,
    fate_of_line,
)
from regulars.customers.models import Customer
from regulars.foundation.models import Event
from regulars.shop import actions as shop
from tests.commerce.importing import BY, HEADER, NOW, content, row, take_in, write


def test_lines_of_one_order_come_together_wherever_they_stand(tea_shop: None, path: Path) -> None:
    write(path, [row("1"), row("2"), row("1", sku="MINT", quantity="1", price="100.50")])
    run = take_in(path)
    assert (run.counts["orders"], run.counts["order_lines"], run.counts["created"]) == (2, 3, 2)
    order = Order.objects.get(number="1")
    assert (order.total_minor, order.status, order.local_hour) == (800_50, OrderStatus.COMPLETED, 10)
    assert order.placed_at == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert [line.key for line in order.lines.order_by("ordinal")] == ["MINT#1", "TEA#1"]


def test_exact_doubles_survive_and_a_second_import_changes_nothing(tea_shop: None, path: Path) -> None:
    write(
        path,
        [
            row(),
            row(),
            row("2", sku="tea"),
            row("C3", quantity="-1"),
            row("4", price="0", quantity="-5", **{"customer id": ""}),
        ],
    )
    first = take_in(path)
    before = content()
    assert [line.key for line in OrderLine.objects.filter(order__number="1").order_by("key")] == ["TEA#1", "TEA#2"]
    write(
        path,
        [
            row("C3", quantity="-1"),
            row("2", sku="tea"),
            row(),
            row(),
            row("4", price="0", quantity="-5", **{"customer id": ""}),
        ],
    )
    second = take_in(path)
    assert content() == before
    assert (second.counts["created"], second.counts["updated"]) == (0, 0)
    assert second.counts["unchanged"] == first.counts["created"] == 4
    assert first.findings["skus_by_case"] == [["TEA", "tea"]]
    assert Variant.objects.count() == 2


def test_a_corrected_file_updates(tea_shop: None, path: Path) -> None:
    write(path, [row("1"), row("1", sku="MINT"), row("2"), row("C3", quantity="-1")])
    take_in(path)
    kept = OrderLine.objects.get(order__number="1", key="TEA#1").id
    write(path, [row("1", quantity="3"), row("2"), row("C3", quantity="-2")])
    run = take_in(path)
    assert (run.counts["created"], run.counts["updated"], run.counts["unchanged"]) == (0, 2, 1)
    line = OrderLine.objects.get(order__number="1")
    assert (line.id, line.quantity_milli) == (kept, 3000)
    assert Order.objects.get(number="1").total_minor == 1050_00
    assert Return.objects.get().total_minor == 700_00
    assert OrderLine.objects.aggregate(back=Sum("returned_milli")) == {"back": 2000}
    assert Order.objects.aggregate(back=Sum("returned_minor")) == {"back": 700_00}
    again = take_in(path)
    assert (again.counts["updated"], again.counts["unchanged"]) == (0, 3)


def test_returns_find_what_they_undo(tea_shop: None, path: Path) -> None:
    write(
        path,
        [
            row("1", date="2026-01-01"),
            row("2", date="2026-01-10"),
            row("3", date="2026-01-20", **{"customer id": "K2"}),
            row("C9", date="2026-01-15", quantity="-3"),
            row("C8", date="2025-12-01", quantity="-1"),
            row("C7", date="2026-01-25", quantity="-1", **{"customer id": ""}),
            row("5", date="2026-02-01", quantity="1"),
            row("5", date="2026-02-01", sku="DISCOUNT", quantity="1", price="-50"),
        ],
    )
    run = take_in(path)
    assert (run.counts["returns"], run.counts["unmatched_returns"], run.counts["return_lines"]) == (4, 3, 4)
    back = dict(OrderLine.objects.values_list("order__number", "returned_milli"))
    assert back == {"1": 1000, "2": 2000, "3": 0, "5": 0}
    matched = Return.objects.get(number="C9")
    assert matched.is_matched
    assert sorted(matched.lines.values_list("quantity_milli", "total_minor")) == [(1000, 350_00), (2000, 700_00)]
    assert sorted(Return.objects.filter(is_matched=False).values_list("number", "total_minor")) == [
        ("5", 50_00), ("C7", 350_00), ("C8", 350_00),
    ]  # fmt: skip


def test_stock_guests_and_gifts(tea_shop: None, path: Path) -> None:
    nobody = {"customer id": ""}
    write(
        path,
        [
            row("1", **nobody),
            row("1", price="0", sku="MINT", **nobody),
            row("2", price="0", quantity="-7", product="broken", **nobody),
            row("3", price="0", quantity="9", product="found", **nobody),
            row("4", price="0", sku="GIFT-TEA"),
        ],
    )
    run = take_in(path)
    assert (run.counts["order_lines"], run.counts["write_offs"], run.counts["guest_rows"]) == (3, 2, 4)
    assert Order.objects.filter(customer=None).get().number == "1"
    assert sorted(OrderLine.objects.filter(is_gift=True).values_list("order__number", flat=True)) == ["1", "4"]
    assert sorted(StockWriteOff.objects.values_list("quantity_milli", "note")) == [(-9000, "found"), (7000, "broken")]


@pytest.mark.parametrize(
    ("signs", "fate"),
    [
        ((False, 1, 5, True, True), LineFate.SALE),
        ((False, 1, 5, False, True), LineFate.SALE),
        ((False, -1, 5, False, True), LineFate.RETURN),
        ((True, 1, 5, True, True), LineFate.RETURN),
        ((False, -1, 0, False, True), LineFate.WRITE_OFF),
        ((False, -1, 0, True, True), LineFate.RETURN),
        ((False, 1, 0, False, False), LineFate.WRITE_OFF),
        ((False, 1, 0, False, True), LineFate.GIFT),
        ((False, 1, 0, True, False), LineFate.GIFT),
    ],
)
def test_what_a_line_is(signs: tuple[bool, int, int, bool, bool], fate: LineFate) -> None:
    cancelled, quantity, amount, known, priced = signs
    found = fate_of_line(
        is_cancelled=cancelled, quantity_milli=quantity, amount_micro=amount, has_customer=known, is_order_priced=priced
    )
    assert found == fate


@pytest.mark.parametrize(
    ("sku", "name", "kind"),
    [
        ("POST", "POSTAGE", ProductKind.DELIVERY),
        ("post", "", ProductKind.DELIVERY),
        ("M", "Manual", ProductKind.FEE),
        ("X1", "Доставка курьером", ProductKind.DELIVERY),
        ("BANK CHARGES", "Bank Charges", ProductKind.FEE),
        ("22423", "REGENCY CAKESTAND", ProductKind.GOODS),
        ("gift_1", "Dotcomgiftshop Gift Voucher £10.00", ProductKind.CERTIFICATE),
    ],
)
def test_what_is_no_goods(sku: str, name: str, kind: ProductKind) -> None:
    definition = FileDefinition(kind=ImportKind.ORDERS, source="s")
    assert KindFinder(definition.kind_rules).kind_of(sku=sku, name=name) == kind


def test_every_row_is_counted_and_rejects_say_why(tea_shop: None, path: Path) -> None:
    write(
        path,
        [
            row("1"), row("2", date="2026-03-11"), row("3", price="free"), row("4", date="0202-01-01"),
            row("5", quantity="0"), row("C6", quantity="-1"), row(""),
            row("7", price="0", quantity="-1", **{"customer id": ""}),
        ],
    )  # fmt: skip
    run = take_in(path)
    counts = run.counts
    kept = counts["order_lines"] + counts["return_lines"] + counts["write_offs"]
    assert (counts["rows"], kept, counts["rejected"]) == (8, 3, 5)
    assert [(r.row, r.column) for r in rejects(run.id)] == [
        (3, "date"),
        (4, "price"),
        (5, "date"),
        (6, "quantity"),
        (8, "order number"),
    ]
    assert [str(r.reason) for r in rejects(run.id, limit=1)] == ["The date lies after the moment of the import."]


def test_an_order_in_a_currency_without_a_rate_is_rejected(tea_shop: None, path: Path) -> None:
    write(path, [[*row("1"), "USD"], [*row("2"), "RUB"], [*row("3"), "RUB"], [*row("3"), "USD"]], [*HEADER, "currency"])
    run = take_in(path)
    assert (run.counts["orders"], run.counts["created"], run.counts["rejected"]) == (1, 1, 3)
    shop.set_rate(currency="USD", valid_from_date=NOW.date() - timedelta(days=400), rate=Decimal(80), by=BY, now=NOW)
    run = take_in(path)
    assert (run.counts["created"], run.counts["unchanged"], run.counts["rejected"]) == (1, 1, 2)
    assert Order.objects.get(number="1").base_total_minor == 700_00 * 80


def test_history_and_news(tea_shop: None, path: Path) -> None:
    write(path, [row("1", date="2026-01-05"), row("2", date="2026-02-05")])
    take_in(path, go_live_at=datetime(2026, 2, 1, tzinfo=UTC))
    said = Event.objects.filter(kind=OrderPlaced.kind).order_by("occurred_at").values_list("is_history", flat=True)
    assert list(said) == [True, False]
    assert list(Order.objects.order_by("number").values_list("is_history", flat=True)) == [True, False]
    assert go_live_of("till") == datetime(2026, 2, 1, tzinfo=UTC)


def test_customers_are_known_by_their_id_since_their_first_order(tea_shop: None, path: Path) -> None:
    write(path, [row("1", date="2026-01-05"), row("2", date="2025-06-05")])
    run = take_in(path)
    assert (run.counts["customers"], run.counts["customers_created"]) == (1, 1)
    assert Customer.objects.get().created_at == datetime(2025, 6, 4, 21, tzinfo=UTC)


def test_a_row_per_order_with_its_status_discount_and_delivery(tea_shop: None, path: Path) -> None:
    header = ["order number", "date", "order total", "delivery", "discount amount", "status", "email", "channel"]
    write(
        path,
        [
            ["1", "2026-01-05", "1100", "200", "100", "paid", "anna@tea.example", "web"],
            ["2", "2026-01-06", "500", "", "", "cancelled", "anna@tea.example", "shop"],
        ],
        header,
    )
    run = take_in(path)
    assert (run.counts["orders"], run.counts["customers"]) == (2, 1)
    order = Order.objects.get(number="1")
    assert (order.goods_minor, order.discount_minor, order.delivery_minor, order.total_minor) == (
        1000_00,
        100_00,
        200_00,
        1100_00,
    )
    assert (order.status, order.channel) == (OrderStatus.PAID, "online")
    assert Order.objects.get(number="2").status == OrderStatus.CANCELLED


def test_bulk_loading_comes_to_what_the_single_action_does(tea_shop: None, path: Path) -> None:
    header = [*HEADER, "line discount", "order discount", "delivery"]
    said = [("2", "350.55", "10.05"), ("0.333", "99.99", "0"), ("1.5", "0", "0"), ("7", "3.335", "1")]
    write(
        path,
        [[*row("1", quantity=q, price=p, sku=f"S{i}"), d, "33.33", "120"] for i, (q, p, d) in enumerate(said)],
        header,
    )
    take_in(path)
    mine = Order.objects.get()
    draft = OrderDraft(
        source="desk",
        number="1",
        customer_id=mine.customer_id,
        placed_at=mine.placed_at,
        currency="RUB",
        discount_minor=33_33,
        delivery_minor=120_00,
        lines=tuple(_draft_line(line) for line in mine.lines.order_by("ordinal")),
    )
    placed = Order.objects.get(id=orders.place_order(draft=draft, by=BY, now=NOW).order_id)
    amounts = (
        "goods_minor",
        "discount_minor",
        "delivery_minor",
        "total_minor",
        "base_total_minor",
        "local_date",
        "local_hour",
    )
    assert [getattr(mine, name) for name in amounts] == [getattr(placed, name) for name in amounts]
    columns = ("goods_minor", "discount_minor", "total_minor", "base_total_minor", "is_gift")
    assert list(mine.lines.order_by("ordinal").values_list(*columns)) == list(
        placed.lines.order_by("ordinal").values_list(*columns)
    )


def _draft_line(line: OrderLine) -> OrderLineDraft:
    own = {"S0": 10_05, "S3": 1_00}.get(line.variant.sku, 0)
    return OrderLineDraft(
        variant_id=line.variant_id,
        quantity_milli=line.quantity_milli,
        unit_price_minor=line.unit_price_minor,
        goods_minor=line.goods_minor,
        discount_minor=own,
        is_gift=line.is_gift,
    )


def test_products_and_customers_files(tea_shop: None, path: Path) -> None:
    header = ["sku", "product name", "category", "brand", "price", "cost"]
    write(path, [["T1", "Сенча", "Чай > Зелёный", "Лавка", "350", "120"], ["T2", "Пуэр", "Чай", "", "700", ""]], header)
    run = take_in(path)
    assert (run.kind, run.counts["created"]) == (ImportKind.PRODUCTS, 2)
    assert set(Category.objects.values_list("path", flat=True)) == {"чай", "чай > зеленый"}
    assert (Variant.objects.get(sku="T1").cost_minor, Price.objects.count()) == (120_00, 2)
    write(path, [["T1", "Сенча", "Чай > Зелёный", "Лавка", "390", "120"], ["T2", "Пуэр", "Чай", "", "700", ""]], header)
    run = take_in(path)
    assert (run.counts["created"], run.counts["updated"], run.counts["unchanged"]) == (0, 1, 1)
    header = ["ФИО", "Телефон", "Email", "День рождения"]
    people = [
        ["Петрова Анна Сергеевна", "8 916 000-10-10", "", "04.05.1990"],
        ["Борис Семёнов", "", "b@tea.example", ""],
        ["Никто", "", "", ""],
        ["Кто-то", "12", "", ""],
    ]
    write(path, people, header)
    run = take_in(path)
    assert (run.kind, run.counts["created"], run.counts["rejected"]) == (ImportKind.CUSTOMERS, 2, 2)
    assert sorted(Customer.objects.values_list("last_name", "birth_month")) == [("Петрова", 5), ("Семёнов", None)]
    assert take_in(path).counts["unchanged"] == 2


@pytest.mark.data
def test_the_first_rows_of_the_real_file(tea_shop: None, path: Path, shared_data: Path) -> None:
    with gzip.open(shared_data / "online_retail_ii.csv.gz", "rt", encoding="utf-8", newline="") as file:
        path.write_text("".join(itertools.islice(file, 20_001)), newline="")
    run = take_in(path)
    wanted = {
        "rows": 20_000, "orders": 766, "order_lines": 19_440, "returns": 170, "return_lines": 517, "write_offs": 43,
        "customers": 634, "guest_rows": 4_849, "products": 2_593, "numbers": 979, "rejected": 0, "created": 979,
    }  # fmt: skip
    assert {name: run.counts[name] for name in wanted} == wanted
    assert take_in(path).counts["unchanged"] == 979


def test_reject_reasons_all_have_words() -> None:
    from regulars.commerce.queries.import_words import FIELD_NAMES, FILE_TEXTS, ROW_TEXTS
    from regulars.commerce.rules.imports import Field

    assert set(ROW_TEXTS) == set(RejectReason)
    assert set(FILE_TEXTS) == set(FileFault)
    assert set(FIELD_NAMES) == set(Field)
