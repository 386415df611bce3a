"""Who may be the same person: found set-based, scored and explained by the rules."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from regulars.customers.models import Contact, Customer, NotTheSame
from regulars.customers.queries.identity import alias_ids, survivors_of
from regulars.customers.queries.profiles import Briefly, briefly
from regulars.customers.rules import Birthday, ContactKind
from regulars.customers.rules.contacts import MAX_PROFILES, normal_email, normal_phone
from regulars.customers.rules.duplicates import PHONE_TAIL, Likeness, Traits, likeness
from regulars.foundation.bulk import to_sqlite
from regulars.foundation.paging import Page, decode_cursor, encode_cursor
from regulars.foundation.text import like_pattern


@dataclass(frozen=True)
class Suggestion:
    """Two living profiles and why they may be one person."""

    first: Briefly
    second: Briefly
    likeness: Likeness


_LIVING = "{0}.merged_into_id IS NULL AND {0}.erased_at IS NULL"
_TAIL = f"substr({{0}}.value, length({{0}}.value) - {PHONE_TAIL - 1})"
# Each half says that both profiles live, so that the partial index by name serves.
_PAIRS = f"""
WITH pairs AS (
    SELECT p.customer_id AS first_id, q.customer_id AS second_id
    FROM customers_contact p
    JOIN customers_contact q ON q.kind = p.kind AND q.value = p.value AND q.customer_id > p.customer_id
    WHERE p.kind IN ('email', 'phone') AND NOT p.is_placeholder AND NOT q.is_placeholder
    UNION
    SELECT a.id, b.id
    FROM customers_customer a
    JOIN customers_customer b ON b.sort_name = a.sort_name AND b.id > a.id AND b.merged_into_id IS NULL
    LEFT JOIN customers_contact p ON p.customer_id = a.id AND p.kind = 'phone' AND NOT p.is_placeholder
    LEFT JOIN customers_contact q ON q.customer_id = b.id AND q.kind = 'phone' AND NOT q.is_placeholder
    WHERE a.sort_name <> '' AND a.merged_into_id IS NULL
        AND ((b.birth_day = a.birth_day AND b.birth_month = a.birth_month) OR {_TAIL.format("p")} = {_TAIL.format("q")})
)
SELECT first_id, second_id FROM pairs
JOIN customers_customer f ON f.id = first_id AND {_LIVING.format("f")}
JOIN customers_customer s ON s.id = second_id AND {_LIVING.format("s")}
WHERE NOT EXISTS (
    SELECT 1 FROM customers_notthesame n
    JOIN customers_customer nf ON nf.id = n.first_id
    JOIN customers_customer ns ON ns.id = n.second_id
    WHERE (COALESCE(nf.merged_into_id, nf.id) = f.id AND COALESCE(ns.merged_into_id, ns.id) = s.id)
       OR (COALESCE(nf.merged_into_id, nf.id) = s.id AND COALESCE(ns.merged_into_id, ns.id) = f.id)
)
"""  # noqa: S608 - only constants are put in


def duplicate_suggestions(*, cursor: str | None = None, limit: int = 20) -> Page[Suggestion]:
    """Pairs of living profiles that may be one person, each with its reasons, the newest profiles first."""
    condition, values = "", []
    if cursor:
        first, second = (UUID(text) for text in decode_cursor(cursor, length=2))
        condition = " AND (second_id < %s OR (second_id = %s AND first_id < %s))"
        values = [second, second, first]
    pairs = _query(f"{_PAIRS}{condition} ORDER BY second_id DESC, first_id DESC LIMIT %s", [*values, limit + 1])
    shown = pairs[:limit]
    following = encode_cursor([str(id_) for id_ in shown[-1]]) if len(pairs) > limit else None
    return Page(_explained(shown), following)


def likely_same(customer_id: UUID, *, limit: int = 5) -> list[Suggestion]:
    """Those who may be the same person as one living customer, the likeliest first; `first` is always this one."""
    living = Customer.objects.filter(merged_into__isnull=True, erased_at__isnull=True)
    own = living.filter(id=customer_id).values_list("sort_name", flat=True).first()
    if own is None:
        return []
    alike = Q(sort_name=own) if own else Q(pk__in=[])
    for kind, value in Contact.objects.filter(customer=customer_id, is_placeholder=False).values_list("kind", "value"):
        alike |= Q(id__in=Contact.objects.filter(kind=kind, value=value).values("customer_id"))
    known_as = alias_ids(customer_id)
    told_apart = NotTheSame.objects.filter(Q(first__in=known_as) | Q(second__in=known_as))
    strangers = {id_ for pair in told_apart.values_list("first_id", "second_id") for id_ in pair}
    strangers = set(survivors_of(strangers).values()) | {customer_id}
    candidates = living.filter(alike).exclude(id__in=strangers).order_by("id").values_list("id", flat=True)[:50]
    found = _explained([(customer_id, id_) for id_ in candidates])
    return sorted(found, key=lambda pair: -pair.likeness.score)[:limit]


def alike_while_typing(*, name: str, email: str, phone: str, country: str, limit: int = 5) -> list[Briefly]:
    """Living customers whom a form that is being filled in may mean: by contact, else by name."""
    living = Customer.objects.filter(merged_into__isnull=True, erased_at__isnull=True)
    by_contact = Q()
    for kind, value in (
        (ContactKind.EMAIL, normal_email(email)),
        (ContactKind.PHONE, normal_phone(phone, country=country)),
    ):
        if value:
            by_contact |= Q(contacts__kind=kind.value, contacts__value=value)
    ids: list[UUID] = []
    if by_contact:
        ids = list(living.filter(by_contact).order_by("id").values_list("id", flat=True).distinct()[:limit])
    if not ids and len(name.strip()) >= 3:
        pattern = like_pattern(name).removeprefix("%")
        rows = _rows(
            f"SELECT c.id FROM customers_customer c WHERE c.sort_name LIKE %s ESCAPE '\\' AND {_LIVING.format('c')}"  # noqa: S608
            " ORDER BY c.sort_name, c.id LIMIT %s",
            [pattern, limit],
        )
        ids = [_uuid(id_) for (id_,) in rows]
    return briefly(ids)


def find_people(text: str, *, limit: int = 10, other_than: UUID | None = None) -> list[Briefly]:
    """Living customers found by any part of a name, contact or outside id, for choosing one."""
    if not text.strip():
        return []
    rows = _rows(
        f"SELECT c.id FROM customers_customer c WHERE c.search_text LIKE %s ESCAPE '\\' AND {_LIVING.format('c')}"  # noqa: S608
        " ORDER BY c.sort_name, c.id LIMIT %s",
        [like_pattern(text), limit + 1],
    )
    return briefly([id_ for (raw,) in rows if (id_ := _uuid(raw)) != other_than][:limit])


def _explained(pairs: Sequence[tuple[UUID, UUID]]) -> list[Suggestion]:
    ids = sorted({id_ for pair in pairs for id_ in pair})
    traits, lines = _traits(ids), {line.id: line for line in briefly(ids)}
    found = []
    for first, second in pairs:
        like = likeness(traits[first], traits[second])
        if like is not None:
            found.append(Suggestion(lines[first], lines[second], like))
    return found


def _traits(ids: Collection[UUID]) -> dict[UUID, Traits]:
    own = list(
        Contact.objects.filter(customer__in=ids, kind__in=["email", "phone"], is_placeholder=False).values_list(
            "customer_id", "kind", "value"
        )
    )
    counted = Contact.objects.filter(value__in={value for _, _, value in own}).values_list("kind", "value")
    shared = {
        (kind, value)
        for kind, value, profiles in counted.annotate(profiles=Count("id")).order_by()
        if profiles > MAX_PROFILES
    }
    contacts: dict[UUID, set[tuple[ContactKind, str]]] = defaultdict(set)
    for customer_id, kind, value in own:
        if (kind, value) not in shared:
            contacts[customer_id].add((ContactKind(kind), value))
    columns = ("id", "sort_name", "birth_day", "birth_month", "birth_year")
    return {
        id_: Traits(id_, name, Birthday(day, month, year) if day and month else None, frozenset(contacts[id_]))
        for id_, name, day, month, year in Customer.objects.filter(id__in=ids).values_list(*columns)
    }


def _query(sql: str, values: Sequence[Any]) -> list[tuple[UUID, UUID]]:
    return [(_uuid(first), _uuid(second)) for first, second in _rows(sql, values)]


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    adapted = [to_sqlite(value) for value in values] if connection.vendor == "sqlite" else list(values)
    with connection.cursor() as cursor:
        cursor.execute(sql, adapted)
        return list(cursor.fetchall())


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
