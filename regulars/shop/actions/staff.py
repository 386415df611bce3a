"""People who work here."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2s
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop.models import Staff, StaffExternalId
from regulars.shop.queries.staff import staff_by_external_id


class CannotAddStaff(Exception):
    """The e-mail address is not one or taken, or the name is missing."""


def create_owner(*, email: str, name: str, password: str | None, by: Actor, now: datetime) -> UUID:
    """An owner, signed in by password, or (None) by a link that is sent afterwards. Raises CannotAddStaff."""
    return add_staff(email=email, name=name, role=Role.OWNER, password=password, by=by, now=now)


def add_staff(
    *,
    email: str,
    name: str,
    role: Role,
    store_id: UUID | None = None,
    password: str | None = None,
    by: Actor,
    now: datetime,
) -> UUID:
    """A person who may sign in; without a password nobody can until an invitation is used."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise CannotAddStaff(_("This is not an e-mail address.")) from error
    if not name.strip():
        raise CannotAddStaff(_("Give the person a name."))
    with transaction.atomic():
        if Staff.objects.filter(email=email).exists():
            raise CannotAddStaff(_("Somebody with this e-mail address is here already."))
        person = Staff.objects.create(
            email=email,
            name=name.strip(),
            role=role.value,
            store_id=store_id,
            password=make_password(password),
            date_joined=now,
        )
        audit.record(
            verb="staff.added",
            subject_kind="staff",
            subject_id=person.id,
            by=by,
            now=now,
            after={"name": person.name, "role": person.role, "store_id": person.store_id},
        )
    return person.id


class CannotChangeStaff(Exception):
    """There is no such person, or the shop would be left without an owner."""


def change_role(*, staff_id: UUID, role: Role, by: Actor, now: datetime) -> None:
    """Give a person another role. Raises CannotChangeStaff."""
    _change(staff_id, verb="staff.role_changed", role=role, by=by, now=now)


def close_account(*, staff_id: UUID, by: Actor, now: datetime) -> None:
    """The person can no longer sign in; what he did stays. Raises CannotChangeStaff."""
    _change(staff_id, verb="staff.closed", is_active=False, by=by, now=now)


def reopen_account(*, staff_id: UUID, by: Actor, now: datetime) -> None:
    """The person can sign in again. Raises CannotChangeStaff."""
    _change(staff_id, verb="staff.reopened", is_active=True, by=by, now=now)


def change_profile(
    *,
    staff_id: UUID,
    name: str | None = None,
    language: str | None = None,
    theme: str | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """What a person changes about himself; None leaves a thing as it is. Raises CannotChangeStaff."""
    given = {"name": name.strip() if name is not None else None, "language": language, "theme": theme}
    changes = {field: value for field, value in given.items() if value is not None}
    if changes.get("name") == "":
        raise CannotChangeStaff(_("Give the person a name."))
    with transaction.atomic():
        person = Staff.objects.select_for_update().filter(id=staff_id).first()
        if person is None:
            raise CannotChangeStaff(_("There is no such person."))
        if name is not None and person.name != changes["name"]:
            audit.record(
                verb="staff.renamed",
                subject_kind="staff",
                subject_id=person.id,
                by=by,
                now=now,
                before={"name": person.name},
                after={"name": changes["name"]},
            )
        Staff.objects.filter(id=staff_id).update(**changes)


def _change(
    staff_id: UUID, *, verb: str, role: Role | None = None, is_active: bool | None = None, by: Actor, now: datetime
) -> None:
    with transaction.atomic():
        # All owners are locked, so that two of them cannot take the role from each other at once.
        owners = {owner.id for owner in Staff.objects.select_for_update().filter(role=Role.OWNER.value, is_active=True)}
        person = Staff.objects.select_for_update().filter(id=staff_id).first()
        if person is None:
            raise CannotChangeStaff(_("There is no such person."))
        before = {"role": person.role, "is_active": person.is_active}
        person.role = role.value if role else person.role
        person.is_active = person.is_active if is_active is None else is_active
        if owners == {person.id} and not (person.is_active and person.role == Role.OWNER.value):
            raise CannotChangeStaff(_("This is the last owner. Make somebody else an owner first."))
        person.save()
        after = {"role": person.role, "is_active": person.is_active}
        audit.record(verb=verb, subject_kind="staff", subject_id=person.id, by=by, now=now, before=before, after=after)


def take_in_staff(*, source: str, names: Mapping[str, str], by: Actor, now: datetime) -> dict[str, UUID]:
    """External id → staff id for every key of `names` (external id → name); unknown ones are added as sellers.

    They cannot sign in and have no address of their own until a person gives them one: what stands there meanwhile
    ends in ".invalid" (RFC 2606), so that nothing is ever sent to it.
    """
    with transaction.atomic():
        found = staff_by_external_id(source, names)
        for external_id in names:
            if external_id in found:
                continue
            digest = blake2s(f"{source}\n{external_id}".encode(), digest_size=8).hexdigest()
            person = Staff.objects.create(
                email=f"{digest}@staff.invalid",
                name=(names[external_id].strip() or external_id)[:120],
                role=Role.SELLER.value,
                is_active=False,
                password=make_password(None),
                date_joined=now,
            )
            StaffExternalId.objects.create(staff=person, source=source, external_id=external_id)
            found[external_id] = person.id
            audit.record(
                verb="staff.added",
                subject_kind="staff",
                subject_id=person.id,
                by=by,
                now=now,
                after={"name": person.name, "role": person.role},
            )
    return found
