"""Kinds and states of import runs, how a file is to be read, and what a row of it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from regulars.commerce.rules.catalogue import ProductKind
from regulars.commerce.rules.orders import OrderStatus
from regulars.foundation.text import fold
from regulars.shop.rules import Channel


class ImportKind(StrEnum):
    ORDERS = "orders"
    CUSTOMERS = "customers"
    PRODUCTS = "products"
    VISITS = "visits"


class ImportState(StrEnum):
    UPLOADED = "uploaded"
    READY = "ready"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"


class ImportStep(StrEnum):
    """What a run is at: reading the file into its staging place, then filling the tables."""

    READING = "reading"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    ORDERS = "orders"
    RETURNS = "returns"
    VISITS = "visits"


STEPS: dict[ImportKind, tuple[ImportStep, ...]] = {
    ImportKind.ORDERS: (
        ImportStep.READING, ImportStep.PRODUCTS, ImportStep.CUSTOMERS, ImportStep.ORDERS, ImportStep.RETURNS,
    ),
    ImportKind.CUSTOMERS: (ImportStep.READING, ImportStep.CUSTOMERS),
    ImportKind.PRODUCTS: (ImportStep.READING, ImportStep.PRODUCTS),
    ImportKind.VISITS: (ImportStep.READING, ImportStep.CUSTOMERS, ImportStep.VISITS),
}  # fmt: skip


class Shape(StrEnum):
    """Whether a row of an orders file is one line of an order or a whole order."""

    LINES = "lines"
    ORDERS = "orders"


class DateOrder(StrEnum):
    """Which comes first in 03/04/2025."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Field(StrEnum):
    """What a column may hold."""

    ORDER_NUMBER = "order_number"
    ORDERED_AT = "ordered_at"
    ORDERED_TIME = "ordered_time"
    STATUS = "status"
    CHANNEL = "channel"
    CURRENCY = "currency"
    COMMENT = "comment"
    ORDER_TOTAL = "order_total"
    ORDER_DISCOUNT = "order_discount"
    DELIVERY = "delivery"
    SKU = "sku"
    PRODUCT_NAME = "product_name"
    CATEGORY = "category"
    BRAND = "brand"
    BARCODE = "barcode"
    QUANTITY = "quantity"
    PRICE = "price"
    COST = "cost"
    LINE_TOTAL = "line_total"
    LINE_DISCOUNT = "line_discount"
    CUSTOMER_ID = "customer_id"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PATRONYMIC = "patronymic"
    COMPANY = "company"
    COUNTRY = "country"
    CITY = "city"
    LANGUAGE = "language"
    BIRTHDAY = "birthday"
    REGISTERED_AT = "registered_at"
    EVENT_ID = "event_id"
    EVENT_KIND = "event_kind"
    OCCURRED_AT = "occurred_at"
    VISITOR = "visitor"
    SESSION = "session"
    PATH = "path"
    SECTION = "section"
    CAME_FROM = "came_from"
    CAMPAIGN = "campaign"
    DEVICE = "device"


_PERSON = frozenset({
    Field.CUSTOMER_ID, Field.EMAIL, Field.PHONE, Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.PATRONYMIC,
    Field.COMPANY, Field.COUNTRY, Field.CITY, Field.LANGUAGE, Field.BIRTHDAY, Field.REGISTERED_AT,
})  # fmt: skip
_VISITS = frozenset({
    Field.EVENT_ID, Field.EVENT_KIND, Field.OCCURRED_AT, Field.VISITOR, Field.SESSION, Field.PATH, Field.SECTION,
    Field.CAME_FROM, Field.CAMPAIGN, Field.DEVICE,
})  # fmt: skip
_GOODS = frozenset({Field.SKU, Field.PRODUCT_NAME, Field.CATEGORY, Field.BRAND, Field.BARCODE, Field.COST})

FIELDS_OF: dict[ImportKind, frozenset[Field]] = {
    ImportKind.ORDERS: frozenset(Field) - {Field.REGISTERED_AT, Field.BIRTHDAY, Field.LANGUAGE} - _VISITS,
    ImportKind.CUSTOMERS: _PERSON,
    ImportKind.PRODUCTS: _GOODS | {Field.PRICE, Field.CURRENCY},
    ImportKind.VISITS: _VISITS
    | _PERSON - {Field.REGISTERED_AT, Field.BIRTHDAY}
    | {
        Field.SKU,
        Field.ORDER_NUMBER,
        Field.ORDERED_TIME,
    },
}


@dataclass(frozen=True)
class ProductKindRule:
    """SKUs (exact but for case) and words of the name by which a product is no goods."""

    kind: ProductKind
    skus: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


# What shops commonly keep among their goods to make a bill add up. Shown in the preview, changed there.
DEFAULT_KIND_RULES: tuple[ProductKindRule, ...] = (
    ProductKindRule(
        ProductKind.DELIVERY,
        ("POST", "DOT", "C2", "C3", "SHIPPING", "DELIVERY", "ДОСТАВКА"),
        ("postage", "carriage charge", "shipping cost", "delivery charge", "доставка", "почтовые расходы"),
    ),
    ProductKindRule(
        ProductKind.FEE,
        ("M", "B", "D", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "ADJUST", "ADJUST2", "FEE", "DISCOUNT"),
        ("bank charges", "amazon fee", "bad debt", "adjustment by", "комиссия банка", "корректировка", "скидка"),
    ),
    ProductKindRule(
        ProductKind.CERTIFICATE,
        ("GIFT",),
        ("gift voucher", "gift certificate", "e-gift card", "подарочный сертификат", "подарочная карта"),
    ),
    ProductKindRule(
        ProductKind.SERVICE,
        ("TEST001", "TEST002"),
        ("this is a test product", "gift wrapping service", "подарочная упаковка"),
    ),
)


class KindFinder:
    """Which kind a product is, by rules; the first that fits."""

    def __init__(self, rules: tuple[ProductKindRule, ...]) -> None:
        self._by_sku = {fold(sku): rule.kind for rule in reversed(rules) for sku in rule.skus}
        self._by_word = [(fold(word), rule.kind) for rule in rules for word in rule.words]

    def kind_of(self, *, sku: str, name: str) -> ProductKind:
        found = self._by_sku.get(fold(sku))
        if found is not None:
            return found
        # Whole words: "manual" must not make a fee of "manually painted cup".
        folded = f" {fold(name)} "
        return next((kind for word, kind in self._by_word if f" {word} " in folded), ProductKind.GOODS)


@dataclass(frozen=True, kw_only=True)
class FileDefinition:
    """How one kind of file is read; what a profile keeps.

    columns: field → column number from 0, and `headers` what stood above them, so that the same columns are found in
    a file that orders them differently. decimal_mark "," or ".". cancel_prefix: what the number of a cancelled
    invoice begins with, "" where there is no such thing.
    """

    kind: ImportKind
    source: str
    shape: Shape = Shape.LINES
    columns: Mapping[Field, int] = field(default_factory=dict)
    headers: Mapping[Field, str] = field(default_factory=dict)
    zone: str = "UTC"
    currency: str = "EUR"
    date_order: DateOrder = DateOrder.DAY_FIRST
    decimal_mark: str = "."
    cancel_prefix: str = ""
    kind_rules: tuple[ProductKindRule, ...] = DEFAULT_KIND_RULES

    def to_json(self) -> dict[str, Any]:
        return {
            "version": 1,
            "kind": self.kind.value,
            "source": self.source,
            "shape": self.shape.value,
            "columns": {name.value: place for name, place in self.columns.items()},
            "headers": {name.value: header for name, header in self.headers.items()},
            "zone": self.zone,
            "currency": self.currency,
            "date_order": self.date_order.value,
            "decimal_mark": self.decimal_mark,
            "cancel_prefix": self.cancel_prefix,
            "kind_rules": [
                {"kind": rule.kind.value, "skus": list(rule.skus), "words": list(rule.words)}
                for rule in self.kind_rules
            ],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "FileDefinition":
        """The opposite of `to_json`; raises BadDefinition for anything else."""
        try:
            return cls(
                kind=ImportKind(value["kind"]),
                source=str(value["source"]),
                shape=Shape(value["shape"]),
                columns={Field(name): int(place) for name, place in value["columns"].items()},
                headers={Field(name): str(header) for name, header in value.get("headers", {}).items()},
                zone=str(value["zone"]),
                currency=str(value["currency"]),
                date_order=DateOrder(value["date_order"]),
                decimal_mark=str(value["decimal_mark"]),
                cancel_prefix=str(value["cancel_prefix"]),
                kind_rules=tuple(
                    ProductKindRule(ProductKind(rule["kind"]), tuple(rule["skus"]), tuple(rule["words"]))
                    for rule in value["kind_rules"]
                ),
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BadDefinition(str(error)) from error

    def on_headers(self, headers: list[str]) -> "FileDefinition":
        """The same definition for a file whose columns stand in another order: found again by their headers."""
        places = {fold(header): place for place, header in reversed(list(enumerate(headers)))}
        columns = {
            name: places.get(fold(self.headers[name]), -1) if self.headers.get(name) else place
            for name, place in self.columns.items()
        }
        return replace(self, columns={name: place for name, place in columns.items() if 0 <= place < len(headers)})


class BadDefinition(ValueError):
    """Not a definition that this version wrote."""


def missing_fields(definition: FileDefinition) -> list[tuple[Field, ...]]:
    """Fields without which nothing can be read; of each group one is enough."""
    has = definition.columns.keys()
    person: tuple[Field, ...] = (Field.CUSTOMER_ID, Field.EMAIL, Field.PHONE)
    needed: dict[ImportKind, list[tuple[Field, ...]]] = {
        ImportKind.ORDERS: [(Field.ORDER_NUMBER,), (Field.ORDERED_AT,)],
        ImportKind.CUSTOMERS: [person],
        ImportKind.PRODUCTS: [(Field.SKU,)],
        ImportKind.VISITS: [(Field.OCCURRED_AT,), (Field.VISITOR, *person), (Field.EVENT_KIND, Field.PATH)],
    }
    groups = list(needed[definition.kind])
    if definition.kind == ImportKind.ORDERS:
        if definition.shape == Shape.LINES:
            groups += [(Field.SKU, Field.PRODUCT_NAME), (Field.PRICE, Field.LINE_TOTAL)]
        else:
            groups += [(Field.ORDER_TOTAL, Field.LINE_TOTAL, Field.PRICE)]
    return [group for group in groups if not any(name in has for name in group)]


class LineFate(StrEnum):
    """What a line of an orders file becomes."""

    SALE = "sale"
    GIFT = "gift"
    RETURN = "return"
    WRITE_OFF = "write_off"


def fate_of_line(
    *, is_cancelled: bool, quantity_milli: int, amount_micro: int, has_customer: bool, is_order_priced: bool
) -> LineFate:
    """What a line is, by the sign of its quantity, by whether it costs something and by whose it is.

    quantity_milli: negative also where the price was: money that goes back. is_cancelled: the invoice's number says
    that it undoes another. is_order_priced: some line of the order costs something. A line of no price, of nobody, in
    an order of nothing else is stock counted anew; with a price beside it, it is a gift.
    """
    if amount_micro == 0 and not has_customer and (quantity_milli < 0 or not is_order_priced):
        return LineFate.WRITE_OFF
    if is_cancelled or quantity_milli < 0:
        return LineFate.RETURN
    return LineFate.GIFT if amount_micro == 0 else LineFate.SALE


_STATUS_WORDS: dict[OrderStatus, str] = {
    OrderStatus.CANCELLED: "cancelled|canceled|refunded|voided|failed|отменен|отменён|аннулирован|отказ|отмена",
    OrderStatus.PLACED: "placed|new|pending|processing|on hold|open|новый|в обработке|принят|создан|ожидает оплаты",
    OrderStatus.PAID: "paid|authorized|оплачен|оплачено",
    OrderStatus.SHIPPED: "shipped|sent|in transit|отправлен|отгружен|в пути|передан в доставку",
}
_STATUS_BY_WORD = {fold(word): status for status, words in _STATUS_WORDS.items() for word in words.split("|")}


def status_of(text: str) -> OrderStatus:
    """The status that a source's word means; an order of which nothing else is said is done."""
    return _STATUS_BY_WORD.get(fold(text), OrderStatus.COMPLETED)


_CHANNEL_WORDS: dict[Channel, str] = {
    Channel.ONLINE: "online|web|website|site|internet|e-commerce|сайт|интернет|интернет-магазин|онлайн",
    Channel.STORE: "store|shop|pos|offline|retail|магазин|касса|розница|офлайн|точка",
    Channel.PHONE: "phone|call|telephone|телефон|звонок|колл-центр",
    Channel.MARKETPLACE: "marketplace|amazon|ebay|etsy|ozon|wildberries|маркетплейс|озон|вайлдберриз|яндекс маркет",
}
_CHANNEL_BY_WORD = {fold(word): channel for channel, words in _CHANNEL_WORDS.items() for word in words.split("|")}


def channel_of(text: str) -> Channel:
    """The channel that a source's word means."""
    return _CHANNEL_BY_WORD.get(fold(text), Channel.OTHER)


class RejectReason(StrEnum):
    """Why a row is left out; texts and remedies in `queries.rejects`."""

    NO_ORDER_NUMBER = "no_order_number"
    NO_DATE = "no_date"
    BAD_DATE = "bad_date"
    DATE_TOO_OLD = "date_too_old"
    DATE_IN_FUTURE = "date_in_future"
    NO_SKU = "no_sku"
    NO_QUANTITY = "no_quantity"
    BAD_QUANTITY = "bad_quantity"
    ZERO_QUANTITY = "zero_quantity"
    NO_PRICE = "no_price"
    BAD_PRICE = "bad_price"
    BAD_CURRENCY = "bad_currency"
    NO_RATE = "no_rate"
    NO_IDENTITY = "no_identity"
    TOO_LONG = "too_long"
    TOO_FEW_COLUMNS = "too_few_columns"
    TOO_MANY_COLUMNS = "too_many_columns"
    BAD_ORDER = "bad_order"
    MIXED_CURRENCIES = "mixed_currencies"
    ORDER_HAS_RETURNS = "order_has_returns"
    ORDER_CANCELLED = "order_cancelled"
    NO_VISITOR = "no_visitor"
    BAD_EVENT_KIND = "bad_event_kind"


class FileFault(StrEnum):
    """Why a file cannot be read at all; texts and remedies in `queries.rejects`."""

    MISSING = "missing"
    EMPTY = "empty"
    HEADER_ONLY = "header_only"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    TOO_BIG_UNPACKED = "too_big_unpacked"
    UNKNOWN_FORMAT = "unknown_format"
    NOT_ONE_FILE = "not_one_file"
    ENCRYPTED = "encrypted"
    COLUMNS_NOT_FOUND = "columns_not_found"
    DISK_FULL = "disk_full"
