"""How contacts are written, and which of them tell one person from another."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from regulars.customers.rules.kinds import ContactKind

# A contact on more profiles than this belongs to a counter, an office or a family, not to one person.
MAX_PROFILES = 3

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_PLACEHOLDER_NAMES = frozenset({
    "noname", "no-name", "none", "no", "nomail", "no-mail", "noemail", "no-email", "nobody", "anonymous", "anonim",
    "unknown", "test", "tests", "testing", "tester", "sample", "fake", "dummy", "temp", "asdf", "qwerty", "guest",
    "null", "na", "n.a", "aaa", "abc", "xxx", "noreply", "no-reply", "donotreply",
})  # fmt: skip
_PLACEHOLDER_DOMAINS = frozenset({"nomail.com", "nomail.ru", "noemail.com", "noname.com", "none.com", "invalid.com"})


@dataclass(frozen=True)
class Reach:
    """A normalised contact."""

    kind: ContactKind
    value: str
    is_placeholder: bool


def normal_email(text: str) -> str | None:
    """`text` as one e-mail address in lower case, None if it is none (RFC 5321 lengths; no quoted local parts)."""
    cleaned = unicodedata.normalize("NFKC", text).strip().removeprefix("mailto:").strip("<>.,; ").casefold()
    return cleaned if len(cleaned) <= 254 and _EMAIL.fullmatch(cleaned) else None


def normal_phone(text: str, *, country: str) -> str | None:
    """`text` as E.164 ("+79161234567"), None if it is no possible number.

    country: ISO 3166 alpha-2 code that numbers without "+" are read in; "" reads only those with "+".
    """
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_contact(kind: ContactKind, text: str, *, country: str) -> Reach | None:
    """A contact of any kind in the form that is stored; None where `text` cannot be one of that kind."""
    if kind is ContactKind.EMAIL:
        email = normal_email(text)
        return Reach(kind, email, is_placeholder_email(email)) if email else None
    if kind in (ContactKind.PHONE, ContactKind.WHATSAPP):
        phone = normal_phone(text, country=country)
        return Reach(kind, phone, is_placeholder_phone(phone)) if phone else None
    name = unicodedata.normalize("NFKC", text).replace("\x00", "").strip().removeprefix("@").casefold()
    return Reach(kind, name, is_placeholder=False) if 0 < len(name) <= 254 else None


def is_placeholder_email(email: str) -> bool:
    """Whether a normalised address was put in only because the field wanted one."""
    local, _, domain = email.partition("@")
    return (
        local.rstrip("0123456789") in _PLACEHOLDER_NAMES
        or domain in _PLACEHOLDER_DOMAINS
        or domain.endswith(".invalid")  # RFC 2606
        or (local.isdigit() and len(set(local)) == 1)
    )


def is_placeholder_phone(phone: str) -> bool:
    """Whether a normalised number ends in one digit over and over (…0000000)."""
    return len(set(phone[-7:])) == 1


def tells_people_apart(*, is_placeholder: bool, profiles: int) -> bool:
    """Whether the same contact on two profiles is reason enough to take them for one person."""
    return not is_placeholder and profiles <= MAX_PROFILES
