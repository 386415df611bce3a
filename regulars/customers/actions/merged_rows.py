"""What moves within this capability when two customers become one, and how it is given back."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from regulars.customers.actions.consents import StatedBy, record_stated
from regulars.customers.models import ConsentRecord, Contact, Customer, ExternalId, ImportantDate, Note, Tag
from regulars.customers.queries.consents import statements_of
from regulars.customers.rules import StatedConsent
from regulars.customers.rules.consent import withdrawals_of_merge
from regulars.customers.rules.merging import FIELD_GROUPS, choose_fields
from regulars.foundation.actors import Actor

_WHOLLY_MOVED = {"external_ids": ExternalId, "dates": ImportantDate, "notes": Note, "consents": ConsentRecord}
MERGE_SOURCE = "merge"
_EMPTY: dict[str, Any] = {
    f.attname: f.get_default() for f in Customer._meta.concrete_fields if f.attname in chain(*FIELD_GROUPS)
}


def move(survivor: Customer, absorbed: Customer, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Make the absorbed one's rows the survivor's; what `give_back` needs.

    A contact or tag that both have stays with the alias: so it can be given back, and so each profile goes on
    counting where one asks how many share a contact.
    """
    withdrawals = withdrawals_of_merge(statements_of(survivor.id), statements_of(absorbed.id), now=now)
    moved: dict[str, Any] = {
        name: _move(model, survivor, model._default_manager.filter(customer=absorbed))
        for name, model in _WHOLLY_MOVED.items()
    }
    moved |= _move_contacts(survivor, absorbed)
    own_tags = Tag.objects.filter(customer=survivor).values("folded")
    moved["tags"] = _move(Tag, survivor, Tag.objects.filter(customer=absorbed).exclude(folded__in=own_tags))
    moved["withdrawals"] = _texts(
        record_stated(
            [
                StatedBy(survivor.id, StatedConsent(w.purpose, w.channel, False, w.basis, w.at), None)
                for w in withdrawals
            ],
            source=MERGE_SOURCE,
            by=by,
            now=now,
            is_history=False,
        )
    )
    moved |= _fill_fields(survivor, absorbed)
    aliases = Customer.objects.filter(merged_into=absorbed)
    moved["aliases"] = _texts(aliases.values_list("id", flat=True))
    aliases.update(merged_into=survivor)
    Customer.objects.filter(id=absorbed.id).update(merged_into=survivor)
    return moved


def give_back(survivor: Customer, absorbed: Customer, moved: Mapping[str, Any]) -> None:
    """Undo `move`, except for what was changed on purpose since."""
    for name, model in {**_WHOLLY_MOVED, "tags": Tag}.items():
        model._default_manager.filter(pk__in=moved[name], customer=survivor).update(customer=absorbed)
    ConsentRecord.objects.filter(id__in=moved["withdrawals"]).delete()
    _give_contacts_back(survivor, absorbed, moved)
    Customer.objects.filter(id__in=moved["aliases"], merged_into=survivor).update(merged_into=absorbed)
    changes: dict[str, Any] = {}
    for name in moved["filled"]:
        if getattr(survivor, name) == getattr(absorbed, name):
            changes[name] = _EMPTY[name]
    if moved["created_at"] and survivor.created_at == absorbed.created_at:
        changes["created_at"] = datetime.fromisoformat(moved["created_at"])
    if changes:
        Customer.objects.filter(id=survivor.id).update(**changes)
    Customer.objects.filter(id=absorbed.id).update(merged_into=None)


def _move(model: Any, survivor: Customer, rows: Any) -> list[Any]:
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    model._default_manager.filter(pk__in=ids).update(customer=survivor)
    return [str(id_) if isinstance(id_, UUID) else id_ for id_ in ids]


def _move_contacts(survivor: Customer, absorbed: Customer) -> dict[str, Any]:
    own = list(Contact.objects.filter(customer=survivor).values_list("kind", "value", "is_primary"))
    held = {(kind, value) for kind, value, _ in own}
    has_primary = {kind for kind, _, is_primary in own if is_primary}
    moving = [c for c in Contact.objects.filter(customer=absorbed).order_by("id") if (c.kind, c.value) not in held]
    Contact.objects.filter(id__in=[c.id for c in moving if c.kind in has_primary]).update(is_primary=False)
    Contact.objects.filter(id__in=[c.id for c in moving]).update(customer=survivor)
    return {"contacts": _texts(c.id for c in moving), "primary": _texts(c.id for c in moving if c.is_primary)}


def _give_contacts_back(survivor: Customer, absorbed: Customer, moved: Mapping[str, Any]) -> None:
    back = Contact.objects.filter(id__in=moved["contacts"], customer=survivor)
    ids = list(back.values_list("id", flat=True))
    back.update(is_primary=False)
    Contact.objects.filter(id__in=ids).update(customer=absorbed)
    Contact.objects.filter(id__in=moved["primary"], customer=absorbed).update(is_primary=True)
    own = Contact.objects.filter(customer=survivor)
    lacking = set(own.values_list("kind", flat=True)) - set(own.filter(is_primary=True).values_list("kind", flat=True))
    for kind in lacking:
        heir = own.filter(kind=kind).order_by("created_at", "id").first()
        assert heir is not None
        Contact.objects.filter(id=heir.id).update(is_primary=True)


def _fill_fields(survivor: Customer, absorbed: Customer) -> dict[str, Any]:
    names = [name for group in FIELD_GROUPS for name in group]
    ours, theirs = ({name: getattr(row, name) for name in names} for row in (survivor, absorbed))
    filled: dict[str, Any] = {}
    for choice in choose_fields(ours, theirs):
        if choice.is_taken_over:
            filled |= dict(zip(choice.fields, choice.absorbed, strict=True))
    is_older = absorbed.created_at < survivor.created_at
    since = {"created_at": absorbed.created_at} if is_older else {}
    if filled or since:
        Customer.objects.filter(id=survivor.id).update(**filled, **since)
    return {
        "filled": [name for name, value in filled.items() if value not in ("", None, [])],
        "created_at": survivor.created_at.isoformat() if is_older else None,
    }


def _texts(ids: Any) -> list[str]:
    return [str(id_) for id_ in ids]
