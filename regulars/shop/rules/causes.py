"""The cause tree a shop starts with, and how a node's code is made."""

import re
from hashlib import blake2s

MAX_DEPTH = 3
MAX_CODE = 40

# Code (its parents' before the dots), name in English, name in Russian.
DEFAULT_CAUSES: tuple[tuple[str, str, str], ...] = (
    ("product", "Product", "Товар"),
    ("product.quality", "Quality is not as expected", "Качество хуже ожидаемого"),
    ("product.damaged", "Damaged", "Повреждён"),
    ("product.wrong-item", "Not what was ordered", "Прислали не то"),
    ("product.taste", "Did not like the taste or look", "Не понравился вкус или вид"),
    ("product.wrong-fit", "Does not suit or fit", "Не подошёл"),
    ("product.stale", "Stale or near its date", "Несвежий или срок на исходе"),
    ("price", "Price", "Цена"),
    ("price.too-high", "Too expensive", "Слишком дорого"),
    ("price.cheaper-elsewhere", "Cheaper elsewhere", "Дешевле в другом месте"),
    ("price.payment-terms", "Terms of payment", "Условия оплаты"),
    ("assortment", "Assortment", "Ассортимент"),
    ("assortment.out-of-stock", "Out of stock", "Нет в наличии"),
    ("assortment.not-carried", "Not carried", "Не держим такой товар"),
    ("delivery", "Delivery", "Доставка"),
    ("delivery.late", "Late", "Опоздала"),
    ("delivery.cost", "Too dear", "Слишком дорогая"),
    ("delivery.no-way", "Not delivered there", "Не доставляем туда"),
    ("service", "Service", "Обслуживание"),
    ("service.slow-answer", "Slow answer", "Долго отвечали"),
    ("service.rude", "Rude or indifferent", "Грубость или безразличие"),
    ("service.bad-advice", "Bad advice", "Плохой совет"),
    ("service.mistake", "Our mistake", "Наша ошибка"),
    ("customer", "The customer's own reasons", "Причины покупателя"),
    ("customer.changed-mind", "Changed mind", "Передумал"),
    ("customer.duplicate", "Ordered twice", "Заказал дважды"),
    ("customer.competitor", "Chose a competitor", "Выбрал конкурента"),
    ("customer.only-asked", "Only asked", "Только спросил"),
    ("customer.unreachable", "Cannot be reached", "Не отвечает"),
    ("other", "Other", "Другое"),
)


def code_from(name: str, parent_code: str = "") -> str:
    """A lasting code such as "delivery.late-again", at most 40 characters, from a name in any script."""
    own = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not own:
        own = blake2s(name.encode(), digest_size=4).hexdigest()
    code = f"{parent_code}.{own}" if parent_code else own
    if len(code) <= MAX_CODE:
        return code
    return f"{code[: MAX_CODE - 9]}-{blake2s(code.encode(), digest_size=4).hexdigest()}"
