"""To give out all that is known of a person, and to forget it."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model

from regulars.customers import ports
from regulars.customers.actions.forgotten import contact_digest, external_id_digest, remember
from regulars.customers.actions.loading import NoSuchCustomer, load_living
from regulars.customers.events import CustomerErased
from regulars.customers.models import Contact, Customer, Erasure, ExternalId
from regulars.customers.queries.identity import alias_ids, hold_identities
from regulars.customers.rules import ContactKind
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.personal import PersonalData


def erasures_path() -> Path:
    """The list of forgotten customers, ids only, that outlives the database: a restored backup is told by it."""
    return Path(settings.HOME) / "erasures.jsonl"


def erase_customer(*, customer_id: UUID, by: Actor, now: datetime) -> None:
    """Forget a person: every table's personal columns, every registered store; amounts and dates stay.

    It cannot be undone. Stores outside the tables go first, so that a fault there leaves the person in place and the
    call can be made again. Raises NoSuchCustomer for one who is unknown or forgotten already.
    """
    identity = _identity_of(customer_id)
    for store in ports.erasure_stores():
        store.erase(identity, now=now)
    with transaction.atomic():
        hold_identities(exclusively=True)
        customer = load_living(customer_id)
        ids = alias_ids(customer.id)
        _remember_identity(customer.id, ids)
        for model, declared in personal_models():
            _erase_rows(model, declared, ids)
        Customer.objects.filter(id__in=ids).update(erased_at=now)
        Erasure.objects.create(customer_id=customer.id, at=now, actor=by.reference)
        events.record(CustomerErased(customer_id=customer.id, occurred_at=now), by=by, now=now)
        audit.record(
            verb="customer.erased",
            subject_kind="customer",
            subject_id=customer.id,
            customer_id=customer.id,
            by=by,
            now=now,
        )
        # Before the commit: were it the other way round, a crash between the two would let a backup bring him back.
        _append_to_list(customer.id, at=now)


def replay_erasures(*, by: Actor, now: datetime) -> int:
    """Forget again, in a database restored from a backup, whom the list names; how many there were."""
    path = erasures_path()
    if not path.exists():
        return 0
    listed = {UUID(json.loads(line)["customer_id"]) for line in path.read_text().splitlines() if line.strip()}
    present = Customer.objects.filter(id__in=listed, erased_at__isnull=True, merged_into__isnull=True)
    due = sorted(present.values_list("id", flat=True))
    for customer_id in due:
        erase_customer(customer_id=customer_id, by=by, now=now)
    return len(due)


def export_customer(*, customer_id: UUID, by: Actor, now: datetime) -> dict[str, Any]:
    """All that is known of a person, table by table, as JSON values; that it was given out is audited."""
    with transaction.atomic():
        customer = load_living(customer_id)
        audit.record(
            verb="customer.exported",
            subject_kind="customer",
            subject_id=customer.id,
            customer_id=customer.id,
            by=by,
            now=now,
        )
    ids = alias_ids(customer.id)
    tables = {}
    for model, declared in personal_models():
        if declared.export:
            rows = model._default_manager.filter(**{f"{declared.owner}__in": ids}).order_by("pk")
            tables[model._meta.label_lower] = list(rows.values(*declared.export))
    document = {"customer_id": customer.id, "known_as": ids, "exported_at": now.astimezone(UTC), "tables": tables}
    plain: dict[str, Any] = json.loads(json.dumps(document, ensure_ascii=False, default=_plain))
    return plain


def personal_models() -> Iterator[tuple[type[Model], PersonalData]]:
    """Each table that holds something of a customer, with what it declares."""
    for model in apps.get_models():
        declared = getattr(model, "personal_data", None)
        if isinstance(declared, PersonalData) and declared.owner is not None:
            yield model, declared


def _erase_rows(model: type[Model], declared: PersonalData, ids: Sequence[UUID]) -> None:
    if not declared.is_deleted_on_erasure and not declared.erase:
        return
    rows = model._default_manager.filter(**{f"{declared.owner}__in": ids})
    audit.forget(rows.values_list("pk", flat=True))
    if declared.is_deleted_on_erasure:
        rows.delete()
    else:
        rows.update(**declared.erase)


def _identity_of(customer_id: UUID) -> ports.Identity:
    ids = alias_ids(customer_id)
    profiles = list(Customer.objects.filter(id__in=ids, erased_at__isnull=True))
    if not profiles:
        raise NoSuchCustomer(str(customer_id))
    names = {name for p in profiles for name in (p.first_name, p.last_name, p.patronymic, p.company) if name}
    contacts = list(Contact.objects.filter(customer__in=ids).values_list("kind", "value"))
    return ports.Identity(
        customer_ids=ids,
        names=sorted(names),
        emails=sorted({value for kind, value in contacts if kind == ContactKind.EMAIL.value}),
        phones=sorted({value for kind, value in contacts if kind == ContactKind.PHONE.value}),
        external_ids=sorted(ExternalId.objects.filter(customer__in=ids).values_list("source", "external_id")),
    )


def _remember_identity(customer_id: UUID, ids: Sequence[UUID]) -> None:
    outside = ExternalId.objects.filter(customer__in=ids).values_list("source", "external_id")
    contacts = Contact.objects.filter(customer__in=ids, is_placeholder=False).values_list("kind", "value")
    digests = [external_id_digest(source, external_id) for source, external_id in outside]
    digests += [contact_digest(kind, value) for kind, value in contacts]
    remember(customer_id, digests)


def _append_to_list(customer_id: UUID, *, at: datetime) -> None:
    line = json.dumps({"customer_id": str(customer_id), "at": at.isoformat()})
    with erasures_path().open("a") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
