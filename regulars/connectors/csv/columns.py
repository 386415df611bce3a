"""Which column holds what: by the words above it, in Russian and English, then by what stands in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from regulars.commerce.rules.imports import FIELDS_OF, Field, ImportKind, Shape
from regulars.connectors.csv.values import NotADate, NotANumber, moment_of, number_of
from regulars.foundation.text import fold

_SYNONYMS: dict[Field, str] = {
    Field.ORDER_NUMBER: "invoice|invoice no|invoice number|invoiceno|order|order id|order no|order number|order name|"
    "receipt|receipt no|receipt number|transaction id|bill|document|document number|"
    "номер заказа|заказ|id заказа|№ заказа|код заказа|номер чека|чек|№ чека|накладная|номер накладной|счет|номер счета|"
    "документ|номер документа|номер продажи",
    Field.ORDERED_AT: "invoice date|invoicedate|order date|orderdate|ordered at|date of order|purchase date|"
    "date time|datetime|transaction date|sale date|paid at|created at|order created|order created at|placed at|"
    "дата заказа|дата и время|дата создания заказа|дата покупки|дата продажи|дата чека|дата оформления|дата документа|"
    "оформлен|создан",
    Field.ORDERED_TIME: "time|order time|время|время заказа|время покупки",
    Field.STATUS: "status|order status|state|статус|статус заказа|состояние",
    Field.CHANNEL: "channel|sales channel|канал|канал продаж",
    Field.CURRENCY: "currency|currency code|валюта|код валюты",
    Field.COMMENT: "comment|note|notes|order note|комментарий|примечание|комментарий к заказу",
    Field.ORDER_TOTAL: "order total|grand total|total paid|order amount|order sum|order value|"
    "сумма заказа|итого по заказу|стоимость заказа|сумма чека|итого к оплате|к оплате",
    Field.ORDER_DISCOUNT: "order discount|discount amount|скидка на заказ|скидка заказа",
    Field.DELIVERY: "shipping|delivery|shipping cost|shipping price|shipping total|delivery cost|delivery price|"
    "postage|доставка|стоимость доставки|цена доставки",
    Field.SKU: "sku|stock code|stockcode|item code|item sku|lineitem sku|product code|product id|article|item no|"
    "item id|артикул|код товара|id товара|артикул товара|код номенклатуры|номенклатурный номер|sku товара|vendor code",
    Field.PRODUCT_NAME: "description|product|product name|item|item name|lineitem name|product title|title|goods|"
    "наименование|название|товар|название товара|наименование товара|номенклатура|описание|продукт|позиция",
    Field.CATEGORY: "category|product category|group|product type|department|категория|категория товара|группа|"
    "группа товаров|раздел|рубрика",
    Field.BRAND: "brand|vendor|manufacturer|бренд|марка|производитель|торговая марка",
    Field.BARCODE: "barcode|ean|ean13|gtin|upc|штрихкод|штрих код",
    Field.QUANTITY: "quantity|qty|units|pieces|pcs|item quantity|lineitem quantity|count|"
    "количество|кол во|колво|кол|шт|кол во шт|количество шт|число",
    Field.PRICE: "price|unit price|unitprice|item price|lineitem price|price per unit|retail price|"
    "цена|цена за единицу|цена за шт|цена продажи|цена руб|розничная цена|цена товара",
    Field.COST: "cost|unit cost|cost price|purchase price|себестоимость|закупка|закупочная цена|цена закупки",
    Field.LINE_TOTAL: "total|amount|sum|line total|subtotal|row total|revenue|sales|turnover|"
    "сумма|итого|стоимость|всего|сумма руб|выручка|сумма позиции|сумма строки",
    Field.LINE_DISCOUNT: "discount|line discount|lineitem discount|item discount|скидка|скидка руб|сумма скидки",
    Field.CUSTOMER_ID: "customer id|customerid|customer|client id|client|user id|buyer id|customer no|customer number|"
    "customer code|card|card number|loyalty card|contact id|account|"
    "id клиента|код клиента|клиент id|номер клиента|id покупателя|код покупателя|покупатель id|номер карты|карта|"
    "карта лояльности|id контакта|контрагент код|клиент",
    Field.EMAIL: "email|e mail|mail|email address|e mail address|customer email|billing email|contact email|"
    "почта|эл почта|электронная почта|емейл|имейл|адрес почты|e mail клиента|email клиента|email покупателя",
    Field.PHONE: "phone|telephone|mobile|phone number|mobile phone|tel|cell|customer phone|billing phone|cellphone|"
    "телефон|номер телефона|мобильный|моб телефон|мобильный телефон|тел|телефон клиента|телефон покупателя|сотовый",
    Field.NAME: "full name|customer name|client name|buyer|billing name|buyer name|contact name|contact|shipping name|"
    "фио|имя клиента|покупатель|имя покупателя|заказчик|контрагент|имя и фамилия|фамилия имя|ф и о|фио клиента|контакт",
    Field.FIRST_NAME: "first name|firstname|given name|forename|имя",
    Field.LAST_NAME: "last name|lastname|surname|family name|фамилия",
    Field.PATRONYMIC: "patronymic|middle name|отчество",
    Field.COMPANY: "company|organisation|organization|firm|компания|организация|фирма|юрлицо",
    Field.COUNTRY: "country|country code|billing country|shipping country|страна",
    Field.CITY: "city|town|billing city|shipping city|город|населенный пункт",
    Field.LANGUAGE: "language|locale|lang|язык",
    Field.BIRTHDAY: "birthday|birth date|date of birth|dob|birthdate|дата рождения|день рождения|др",
    Field.REGISTERED_AT: "registered|registered at|registration date|customer since|signup date|date registered|"
    "дата регистрации|зарегистрирован|клиент с|дата добавления|дата создания",
    Field.EVENT_ID: "event id|hit id|watch id|ym s visit id|ym pv watch id|id события|код события|номер события",
    Field.EVENT_KIND: "event|event name|event type|event kind|action|hit type|событие|тип события|название события|"
    "вид события|действие",
    Field.OCCURRED_AT: "event time|event date|event timestamp|occurred at|visited at|timestamp|visit time|visit date|"
    "hit time|ym s date time|ym pv date time|время события|дата события|время визита|дата визита|дата посещения",
    Field.VISITOR: "visitor|visitor id|client id|clientid|user pseudo id|cookie id|cookie|anonymous id|browser id|"
    "ym s client id|ym pv client id|device id|id посетителя|посетитель|код посетителя|id браузера",
    Field.SESSION: "session|session id|visit id|ga session id|id визита|сессия|id сессии|визит",
    Field.PATH: "page|page path|page location|page url|url|path|landing page|ym s start url|ym pv url|"
    "страница|адрес страницы|путь",
    Field.SECTION: "section|site section|page group|content group|раздел сайта|группа страниц",
    Field.CAME_FROM: "source|source medium|traffic source|utm source|referrer|referer|medium|first user source|"
    "ym s last traffic source|источник|источник трафика|источник перехода|откуда",
    Field.CAMPAIGN: "campaign|utm campaign|campaign name|кампания|рекламная кампания",
    Field.DEVICE: "device|device category|device type|platform|ym s device category|устройство|тип устройства",
}

# By these words a file tells that it lists visits; others ("source", "page") stand in other files, too.
_OF_VISITS = frozenset({Field.VISITOR, Field.EVENT_KIND, Field.PATH, Field.SESSION, Field.OCCURRED_AT})

# Words that mean one thing among orders and another among customers or products.
_DEPENDING: dict[ImportKind, dict[str, Field]] = {
    ImportKind.ORDERS: {
        "id": Field.ORDER_NUMBER, "number": Field.ORDER_NUMBER, "no": Field.ORDER_NUMBER, "номер": Field.ORDER_NUMBER,
        "код": Field.ORDER_NUMBER, "date": Field.ORDERED_AT, "дата": Field.ORDERED_AT, "name": Field.NAME,
    },
    ImportKind.CUSTOMERS: {
        "id": Field.CUSTOMER_ID, "number": Field.CUSTOMER_ID, "no": Field.CUSTOMER_ID, "номер": Field.CUSTOMER_ID,
        "код": Field.CUSTOMER_ID, "date": Field.REGISTERED_AT, "дата": Field.REGISTERED_AT, "name": Field.NAME,
        "created at": Field.REGISTERED_AT, "создан": Field.REGISTERED_AT, "клиент": Field.NAME,
        "customer": Field.NAME, "client": Field.NAME, "наименование": Field.COMPANY, "название": Field.COMPANY,
    },
    ImportKind.PRODUCTS: {
        "id": Field.SKU, "number": Field.SKU, "no": Field.SKU, "номер": Field.SKU, "код": Field.SKU,
        "name": Field.PRODUCT_NAME, "имя": Field.PRODUCT_NAME,
    },
    ImportKind.VISITS: {
        "id": Field.EVENT_ID, "name": Field.EVENT_KIND, "type": Field.EVENT_KIND, "тип": Field.EVENT_KIND,
        "date": Field.OCCURRED_AT, "дата": Field.OCCURRED_AT, "date time": Field.OCCURRED_AT,
        "datetime": Field.OCCURRED_AT, "дата и время": Field.OCCURRED_AT, "created at": Field.OCCURRED_AT,
        "product": Field.SKU, "товар": Field.SKU,
        "address": Field.PATH, "адрес": Field.PATH,
        "client id": Field.VISITOR, "user id": Field.CUSTOMER_ID, "раздел": Field.SECTION, "channel": Field.CAME_FROM,
        "канал": Field.CAME_FROM,
    },
}  # fmt: skip

_BY_WORD: dict[str, Field] = {word: name for name, words in reversed(_SYNONYMS.items()) for word in words.split("|")}


def header_words(header: str) -> str:
    """A header as it is compared: folded, camelCase and signs taken apart."""
    return " ".join(re.sub(r"[\W_]+", " ", fold(re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я])", " ", header))).split())


def is_header(row: Sequence[str]) -> bool:
    """Whether a row names columns: at least two words that we know, or text without a single number or date."""
    known = sum(header_words(cell) in _BY_WORD for cell in row)
    return known >= 2 or (known == 1 and len([cell for cell in row if cell.strip()]) <= 3)


def kind_of(headers: Sequence[str]) -> ImportKind | None:
    """What a file with these headers lists; None where they do not tell."""
    found = {_BY_WORD.get(header_words(header)) for header in headers}
    if len(found & _OF_VISITS) >= 2 and not found & {Field.QUANTITY, Field.PRICE, Field.LINE_TOTAL}:
        return ImportKind.VISITS
    if Field.ORDER_NUMBER in found or (Field.ORDERED_AT in found and found & {Field.QUANTITY, Field.LINE_TOTAL}):
        return ImportKind.ORDERS
    person = found & {Field.EMAIL, Field.PHONE, Field.FIRST_NAME, Field.LAST_NAME, Field.NAME, Field.BIRTHDAY}
    if found & {Field.SKU, Field.PRICE, Field.BARCODE} and not person:
        return ImportKind.PRODUCTS if Field.ORDERED_AT not in found else ImportKind.ORDERS
    return ImportKind.CUSTOMERS if person or Field.CUSTOMER_ID in found else None


def find_columns(headers: Sequence[str], samples: Sequence[Sequence[str]], *, kind: ImportKind) -> dict[Field, int]:
    """Field → column number, each column once: the first fitting header wins, then content decides on what is left."""
    allowed = FIELDS_OF[kind]
    columns: dict[Field, int] = {}
    for place, header in enumerate(headers):
        words = header_words(header)
        name = _DEPENDING[kind].get(words) or _BY_WORD.get(words)
        if name in allowed and name not in columns:
            columns[name] = place
    _mend_by_content(columns, headers, samples, kind)
    return columns


def shape_of(columns: Mapping[Field, int]) -> Shape:
    """A file that names goods has a row per line."""
    return Shape.LINES if columns.keys() & {Field.SKU, Field.PRODUCT_NAME} else Shape.ORDERS


def _mend_by_content(
    columns: dict[Field, int], headers: Sequence[str], samples: Sequence[Sequence[str]], kind: ImportKind
) -> None:
    def column(place: int) -> list[str]:
        return [row[place].strip() for row in samples if place < len(row) and row[place].strip()]

    if kind == ImportKind.ORDERS and Field.ORDER_NUMBER not in columns and Field.NAME in columns:
        # Some shop systems call the number of an order its name: "#1001".
        values = column(columns[Field.NAME])
        if values and all(re.fullmatch(r"[#№]?\w*\d+", value) for value in values):
            columns[Field.ORDER_NUMBER] = columns.pop(Field.NAME)
    if kind == ImportKind.VISITS and Field.OCCURRED_AT not in columns and Field.ORDERED_TIME in columns:
        # Alone, "time" is the whole moment.
        columns[Field.OCCURRED_AT] = columns.pop(Field.ORDERED_TIME)
    if Field.NAME not in columns:
        # "Customer" may stand over codes or over names, and beside a "Customer ID".
        places = [
            place for place, header in enumerate(headers) if _BY_WORD.get(header_words(header)) == Field.CUSTOMER_ID
        ]
        names = [place for place in places if share(column(place), _is_like_a_name) > 0.6]
        if names:
            columns[Field.NAME] = names[0]
            codes = [place for place in places if place != names[0]]
            columns.pop(Field.CUSTOMER_ID, None)
            columns.update({Field.CUSTOMER_ID: codes[0]} if codes else {})
    free = [place for place in range(len(headers)) if place not in columns.values()]
    for name, fits in _tests_for(kind):
        if name in columns or not free:
            continue
        best = max(free, key=lambda place: share(column(place), fits))
        if share(column(best), fits) > 0.9:
            columns[name] = best
            free.remove(best)


def _is_like_a_name(value: str) -> bool:
    return " " in value and not any(c.isdigit() for c in value)


def share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, values)) / len(values) if values else 0.0


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(?=(?:\D*\d){10,15}\D*$)\+?[\d\s().\-]+")


def _tests_for(kind: ImportKind) -> list[tuple[Field, Callable[[str], bool]]]:
    person = [
        (Field.EMAIL, lambda value: bool(_EMAIL.fullmatch(value))),
        (Field.PHONE, lambda value: bool(_PHONE.fullmatch(value))),
    ]
    if kind == ImportKind.CUSTOMERS:
        return person
    if kind == ImportKind.VISITS:
        return [(Field.OCCURRED_AT, is_date), *person]
    goods = [
        (Field.PRICE, lambda value: is_number(value) and bool(re.search(r"[.,]\d{1,2}$", value))),
        (Field.SKU, lambda value: bool(re.fullmatch(r"[\w\-./]{3,20}", value)) and any(c.isdigit() for c in value)),
        (Field.PRODUCT_NAME, lambda value: " " in value and any(c.isalpha() for c in value)),
    ]
    if kind == ImportKind.PRODUCTS:
        return goods
    return [
        (Field.ORDERED_AT, is_date),
        *person,
        (Field.ORDER_NUMBER, lambda value: bool(re.fullmatch(r"[#№]?[A-Za-zА-Яа-я\-]{0,4}\d{4,}", value))),
        goods[0],
        (Field.QUANTITY, lambda value: bool(re.fullmatch(r"-?\d{1,4}", value))),
        *goods[1:],
    ]


def is_number(text: str) -> bool:
    return any(_reads(partial(number_of, text, decimal_mark=mark)) for mark in ".,")


def is_date(text: str) -> bool:
    # A bare number may be a day count or a time stamp; that is for the header to say.
    return not text.isdigit() and not is_number(text) and _reads(lambda: moment_of(text, zone=ZoneInfo("UTC")))


def _reads(read: Callable[[], object]) -> bool:
    try:
        read()
    except (NotANumber, NotADate):
        return False
    return True
