"""One-time links by which people set their password and sign in for the first time, or again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop.models import Invitation, Staff

LINK_LASTS = timedelta(days=3)
_NO_ADDRESS = "@staff.invalid"


class CannotInvite(Exception):
    """There is no such person, or the account is closed."""


class CannotAcceptInvitation(Exception):
    """The link was used, is too old or was never given; or the address or password will not do."""


@dataclass(frozen=True)
class InvitedPerson:
    """Whom a link is for; `email` is "" where the person has still to give one."""

    staff_id: UUID
    name: str
    email: str


def invite_first_owner(*, by: Actor, now: datetime) -> str | None:
    """A token by which the first owner names himself; None once an owner can sign in. Earlier tokens end."""
    with transaction.atomic():
        owners = Staff.objects.select_for_update().filter(role=Role.OWNER.value, is_active=True)
        if owners.exclude(email__endswith=_NO_ADDRESS).exists():
            return None
        owner = owners.first() or Staff.objects.create(
            email=f"owner{_NO_ADDRESS}",
            name=str(_("Owner")),
            role=Role.OWNER.value,
            password=make_password(None),
            date_joined=now,
        )
        return invite(staff_id=owner.id, by=by, now=now)


def invite(*, staff_id: UUID, by: Actor, now: datetime) -> str:
    """A new token for the person's one-time link; earlier ones end. Only its hash is kept. Raises CannotInvite."""
    with transaction.atomic():
        person = Staff.objects.select_for_update().filter(id=staff_id).first()
        if person is None or not person.is_active:
            raise CannotInvite(_("There is no such person, or the account is closed."))
        token = token_urlsafe(32)
        Invitation.objects.filter(staff=person, used_at=None).delete()
        Invitation.objects.create(staff=person, token_hash=_hash(token), expires_at=now + LINK_LASTS)
        audit.record(verb="staff.invited", subject_kind="staff", subject_id=person.id, by=by, now=now)
    return token


def invited_person(token: str, *, now: datetime) -> InvitedPerson | None:
    """Whom the link is for, or None if it is no longer good."""
    found = Invitation.objects.select_related("staff").filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=now, staff__is_active=True
    )
    person = found[0].staff if found else None
    if person is None:
        return None
    return InvitedPerson(person.id, person.name, "" if person.email.endswith(_NO_ADDRESS) else person.email)


def accept_invitation(*, token: str, name: str, email: str, password: str, now: datetime) -> UUID:
    """Set the person's name, address and password; the link is spent. Raises CannotAcceptInvitation.

    The error's arguments are texts for the person, one for each thing that is wrong.
    """
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(token_hash=_hash(token), used_at=None).first()
        if invitation is None or invitation.expires_at <= now or not invitation.staff.is_active:
            raise CannotAcceptInvitation(_("This link was used already or is too old. Ask for a new one."))
        person = invitation.staff
        person.name, person.email = name.strip(), email.strip().lower()
        _check(person, password)
        person.password = make_password(password)
        person.save()
        invitation.used_at = now
        invitation.save()
        audit.record(
            verb="staff.joined", subject_kind="staff", subject_id=person.id, by=Actor.staff(person.id), now=now
        )
    return person.id


def _check(person: Staff, password: str) -> None:
    faults: list[object] = []
    if not person.name:
        faults.append(_("Say what you are called."))
    try:
        validate_email(person.email)
    except ValidationError:
        faults.append(_("This is not an e-mail address."))
    if Staff.objects.filter(email=person.email).exclude(id=person.id).exists():
        faults.append(_("Somebody with this e-mail address is here already."))
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        faults += error.messages
    if faults:
        raise CannotAcceptInvitation(*faults)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
