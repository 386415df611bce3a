"""Stores."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.shop.events import StoreClosed
from regulars.shop.models import Store, StoreExternalId
from regulars.shop.queries.settings import shop
from regulars.shop.queries.stores import stores_by_external_id
from regulars.shop.rules.calendars import is_time_zone


class CannotChangeStore(Exception):
    """A value is missing or not one, or the code is taken."""


def add_store(
    *,
    name: str,
    code: str,
    address: str = "",
    time_zone: str = "",
    calendar_id: UUID | None = None,
    by: Actor,
    now: datetime,
) -> UUID:
    """Open a store; without a zone of its own it keeps the shop's."""
    with transaction.atomic():
        store = Store(is_open=True)
        _fill(store, name=name, code=code, address=address, time_zone=time_zone, calendar_id=calendar_id)
        store.save(force_insert=True)
        audit.record(
            verb="store.added", subject_kind="store", subject_id=store.id, by=by, now=now, after=_values(store)
        )
    return store.id


def change_store(
    *,
    store_id: UUID,
    name: str,
    code: str,
    address: str,
    time_zone: str,
    calendar_id: UUID | None,
    by: Actor,
    now: datetime,
) -> None:
    with transaction.atomic():
        store = _locked(store_id)
        before = _values(store)
        _fill(store, name=name, code=code, address=address, time_zone=time_zone, calendar_id=calendar_id)
        store.save()
        _audit("store.changed", store, before=before, by=by, now=now)


def close_store(*, store_id: UUID, by: Actor, now: datetime) -> None:
    """Take a store out of use; its orders and shifts stay."""
    with transaction.atomic():
        store = _locked(store_id)
        if not store.is_open:
            return
        before = _values(store)
        store.is_open = False
        store.save(update_fields=["is_open"])
        _audit("store.closed", store, before=before, by=by, now=now)
        events.record(StoreClosed(customer_id=None, occurred_at=now, store_id=store.id), by=by, now=now)


def reopen_store(*, store_id: UUID, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        store = _locked(store_id)
        before = _values(store)
        store.is_open = True
        store.save(update_fields=["is_open"])
        _audit("store.reopened", store, before=before, by=by, now=now)


def take_in_stores(*, source: str, names: Mapping[str, str], by: Actor, now: datetime) -> dict[str, UUID]:
    """External id → store id for every key of `names` (external id → name); unknown ones are opened.

    A store whose code is the external id is taken for it.
    """
    with transaction.atomic():
        found = stores_by_external_id(source, names)
        missing = [external_id for external_id in names if external_id not in found]
        by_code = dict(Store.objects.filter(code__in=missing).values_list("code", "id"))
        time_zone = shop().time_zone
        for external_id in missing:
            store_id = by_code.get(external_id[:40])
            if store_id is None:
                name = names[external_id].strip() or external_id
                store = Store.objects.create(name=name[:120], code=_free_code(external_id), time_zone=time_zone)
                store_id = store.id
                audit.record(
                    verb="store.added", subject_kind="store", subject_id=store_id, by=by, now=now, after=_values(store)
                )
            StoreExternalId.objects.create(store_id=store_id, source=source, external_id=external_id)
            found[external_id] = store_id
    return found


def _free_code(external_id: str) -> str:
    code = external_id[:40]
    taken = set(Store.objects.filter(code__startswith=code[:36]).values_list("code", flat=True))
    number = 2
    while code in taken:
        code = f"{external_id[:36]}-{number}"
        number += 1
    return code


def _locked(store_id: UUID) -> Store:
    store = Store.objects.select_for_update().filter(id=store_id).first()
    if store is None:
        raise CannotChangeStore(_("There is no such store any more."))
    return store


def _fill(store: Store, *, name: str, code: str, address: str, time_zone: str, calendar_id: UUID | None) -> None:
    if not name.strip() or not code.strip():
        raise CannotChangeStore(_("Give the store a name and a short code."))
    zone = time_zone or shop().time_zone
    if not is_time_zone(zone):
        raise CannotChangeStore(_("The time zone must be a name such as Europe/Moscow."))
    if Store.objects.filter(code=code.strip()).exclude(id=store.id).exists():
        raise CannotChangeStore(_("Another store has this code."))
    store.name, store.code, store.address = name.strip(), code.strip(), address.strip()
    store.time_zone, store.calendar_id = zone, calendar_id


def _values(store: Store) -> dict[str, Any]:
    return {n: getattr(store, n) for n in ("name", "code", "address", "time_zone", "calendar_id", "is_open")}


def _audit(verb: str, store: Store, *, before: dict[str, Any], by: Actor, now: datetime) -> None:
    audit.record(
        verb=verb, subject_kind="store", subject_id=store.id, by=by, now=now, before=before, after=_values(store)
    )
