"""What happens on the shop's site: kinds of event, and how what a source says of one is read."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from regulars.foundation.text import fold


class SiteEventKind(StrEnum):
    VISIT = "visit"
    PAGE = "page"
    PRODUCT = "product"
    REGISTRATION = "register"
    CART = "cart"
    ENQUIRY = "enquiry"
    ORDER = "order"


# What tells whose a visitor is: here people say who they are.
NAMING_KINDS = (SiteEventKind.REGISTRATION, SiteEventKind.ENQUIRY, SiteEventKind.ORDER)


class Device(StrEnum):
    COMPUTER = "computer"
    PHONE = "phone"
    TABLET = "tablet"
    OTHER = "other"


# Analytics of one's own site may keep visits for two years and a month, so that the same month a year ago is there.
KEEP_DAYS = 760
MAX_PATH, MAX_SECTION, MAX_CAME_FROM, MAX_CAMPAIGN, MAX_NAME = 300, 60, 60, 120, 64


@dataclass(frozen=True, kw_only=True)
class SiteEventDraft:
    """Something that a visitor did. visitor: a random name of a browser, never a person's.

    external_id: what makes a second telling the same event. session: "" where the source knows none. section: part of
    the site; "" is taken from the path. reference: the number of the order that it led to.
    """

    external_id: str
    visitor: str
    kind: SiteEventKind
    occurred_at: datetime
    session: str = ""
    path: str = ""
    section: str = ""
    product_id: UUID | None = None
    came_from: str = ""
    campaign: str = ""
    device: Device = Device.OTHER
    customer_id: UUID | None = None
    reference: str = ""


_KIND_WORDS: dict[SiteEventKind, str] = {
    SiteEventKind.VISIT: "visit|session start|first visit|session|landing|визит|посещение|начало визита|вход на сайт",
    SiteEventKind.PAGE: "page|page view|pageview|page viewed|view|screen view|view item list|section|hit|"
    "страница|просмотр|просмотр страницы|раздел|просмотр раздела",
    SiteEventKind.PRODUCT: "product|product view|product viewed|view item|item view|view content|item|"
    "товар|просмотр товара|карточка товара",
    SiteEventKind.REGISTRATION: "register|registration|registered|sign up|signup|complete registration|account created|"
    "регистрация|зарегистрировался|создание аккаунта",
    SiteEventKind.CART: "cart|add to cart|added to cart|basket|add to basket|begin checkout|checkout|"
    "корзина|в корзину|добавление в корзину|оформление заказа",
    SiteEventKind.ENQUIRY: "enquiry|inquiry|lead|generate lead|form|form submit|contact|callback|question|"
    "обращение|заявка|форма|отправка формы|обратный звонок|вопрос",
    SiteEventKind.ORDER: "order|purchase|order placed|order completed|transaction|sale|заказ|покупка|заказ оформлен",
}
_KIND_BY_WORD = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split("|")}


def event_kind_of(text: str) -> SiteEventKind | None:
    """The kind that a source's word means: "add_to_cart", "Просмотр товара"; None for a word that we do not know."""
    return _KIND_BY_WORD.get(" ".join(re.sub(r"[\W_]+", " ", fold(text)).split()))


_DEVICE_WORDS: dict[Device, str] = {
    Device.COMPUTER: "computer|desktop|pc|laptop|web|1|компьютер|пк|десктоп|ноутбук",
    Device.PHONE: "phone|mobile|smartphone|2|телефон|смартфон|мобильный|мобильное",
    Device.TABLET: "tablet|ipad|3|планшет",
}
_DEVICE_BY_WORD = {word: device for device, words in _DEVICE_WORDS.items() for word in words.split("|")}


def device_of(text: str) -> Device:
    """The kind of device that a source's word means."""
    return _DEVICE_BY_WORD.get(fold(text), Device.OTHER)


def clean_path(address: str) -> str:
    """The path of an address alone: what stands behind "?" and "#" may name a person, and so may a part with an @."""
    path = re.sub(r"^[a-zA-Z][a-zA-Z0-9+.\-]*://[^/?#]*", "", address.strip())
    path = re.split(r"[?#;]", path, maxsplit=1)[0].replace("\x00", "")
    parts = [part for part in path.split("/") if part and "@" not in part and "%40" not in part.casefold()]
    return ("/" + "/".join(parts))[:MAX_PATH]


def section_of(path: str) -> str:
    """The part of the site that a path leads into: its first piece; "/" for the front page."""
    first = path.strip("/").split("/", 1)[0]
    return re.sub(r"\.\w{2,5}$", "", first)[:MAX_SECTION] or "/"


def visitor_name(text: str) -> str:
    """A visitor's random name as it is kept; what looks like an address of a person is kept as a digest only."""
    return f"~{_digest(text)}" if "@" in text or len(text) > MAX_NAME else text


def digest_id(visitor: str, at: datetime, kind: SiteEventKind, *rest: str) -> str:
    """What makes an event that its source gives no number the same when the file comes again."""
    return f"~{_digest(visitor, at.isoformat(), kind.value, *rest)}"


def _digest(*said: str) -> str:
    return hashlib.blake2b("\x1f".join(said).encode(), digest_size=16).hexdigest()
