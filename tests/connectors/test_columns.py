"""Columns are found by their headers in two languages, and by what stands in them."""

import pytest

from regulars.commerce.rules.imports import Field, FileDefinition, ImportKind, Shape, missing_fields
from regulars.connectors.csv.columns import find_columns, kind_of, shape_of

F = Field


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"],
            [F.ORDER_NUMBER, F.SKU, F.PRODUCT_NAME, F.QUANTITY, F.ORDERED_AT, F.PRICE, F.CUSTOMER_ID, F.COUNTRY],
        ),
        (
            ["Номер заказа", "Дата заказа", "Артикул", "Наименование", "Кол-во", "Цена, руб.", "ФИО", "Телефон"],
            [F.ORDER_NUMBER, F.ORDERED_AT, F.SKU, F.PRODUCT_NAME, F.QUANTITY, F.PRICE, F.NAME, F.PHONE],
        ),
        (
            ["orderNumber", "createdAt", "itemSku", "qty", "unit_price", "e-mail"],
            [F.ORDER_NUMBER, F.ORDERED_AT, F.SKU, F.QUANTITY, F.PRICE, F.EMAIL],
        ),
    ],
)
def test_orders_are_told_by_their_headers(headers: list[str], expected: list[Field]) -> None:
    assert kind_of(headers) == ImportKind.ORDERS
    found = find_columns(headers, [], kind=ImportKind.ORDERS)
    assert found == {name: place for place, name in enumerate(expected)}
    assert shape_of(found) == Shape.LINES


def test_customers_and_products_files_are_told() -> None:
    assert kind_of(["ФИО", "Телефон", "День рождения"]) == ImportKind.CUSTOMERS
    assert kind_of(["first name", "last name", "email"]) == ImportKind.CUSTOMERS
    assert kind_of(["Артикул", "Название", "Цена", "Штрихкод"]) == ImportKind.PRODUCTS
    assert kind_of(["a", "b"]) is None


def test_a_row_per_order_has_no_goods() -> None:
    headers = ["Номер заказа", "Дата", "Сумма заказа", "Email"]
    found = find_columns(headers, [], kind=ImportKind.ORDERS)
    assert found == {F.ORDER_NUMBER: 0, F.ORDERED_AT: 1, F.ORDER_TOTAL: 2, F.EMAIL: 3}
    assert shape_of(found) == Shape.ORDERS
    assert not missing_fields(FileDefinition(kind=ImportKind.ORDERS, source="s", shape=Shape.ORDERS, columns=found))


def test_content_finds_what_headers_do_not_tell() -> None:
    headers = ["#1", "#2", "#3", "#4", "#5"]
    rows = [
        ["100001", "01.03.2025 10:00", "anna@tea.example", "12.50", "2"],
        ["100002", "02.03.2025", "b@c.de", "3.00", "1"],
    ]
    found = find_columns(headers, rows, kind=ImportKind.ORDERS)
    assert found[F.ORDERED_AT] == 1
    assert found[F.EMAIL] == 2
    assert found[F.ORDER_NUMBER] == 0
    assert found[F.PRICE] == 3
    assert found[F.QUANTITY] == 4


def test_a_name_that_is_a_number_is_the_orders() -> None:
    headers = ["Name", "Email", "Paid at", "Lineitem sku", "Lineitem price"]
    rows = [["#1001", "a@b.de", "2025-03-01 10:00:00 +0300", "T-1", "12.00"]]
    assert find_columns(headers, rows, kind=ImportKind.ORDERS)[F.ORDER_NUMBER] == 0


def test_a_column_is_found_once() -> None:
    found = find_columns(["Цена", "Цена (2)", "цена"], [], kind=ImportKind.PRODUCTS)
    assert found == {F.PRICE: 0}


def test_a_profile_finds_its_columns_in_another_order() -> None:
    definition = FileDefinition(
        kind=ImportKind.PRODUCTS, source="s", columns={F.SKU: 0, F.PRICE: 1}, headers={F.SKU: "Код", F.PRICE: "Цена"}
    )
    assert definition.on_headers(["ЦЕНА", "другое", "код"]).columns == {F.PRICE: 0, F.SKU: 2}
    assert definition.on_headers(["код"]).columns == {F.SKU: 0}
    assert FileDefinition.from_json(definition.to_json()) == definition


@pytest.mark.parametrize("headers", [["Customer", "Customer ID"], ["Клиент", "Код клиента"]])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_customer_may_be_a_name_beside_his_code(headers: list[str], is_reversed: bool) -> None:
    table = [["Order", *headers], ["1", "Anna Petrova", "C7"], ["2", "Пётр Ильин", "C8"]]
    head, *rows = [[row[0], *reversed(row[1:])] if is_reversed else row for row in table]
    found = find_columns(head, rows, kind=ImportKind.ORDERS)
    assert head[found[F.NAME]] == headers[0]
    assert head[found[F.CUSTOMER_ID]] == headers[1]
