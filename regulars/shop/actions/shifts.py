"""Shifts: who works where, from when to when."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit
from regulars.foundation.actors import Actor
from regulars.shop.models import Shift, Staff, Store

LONGEST = timedelta(hours=24)


class CannotAddShift(Exception):
    """It ends before it begins, lasts longer than a day, or the person works then already."""


def add_shift(
    *, staff_id: UUID, store_id: UUID | None, starts_at: datetime, ends_at: datetime, by: Actor, now: datetime
) -> UUID:
    """Put a person on shift."""
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise CannotAddShift(_("A shift must end after it begins, within 24 hours."))
    with transaction.atomic():
        # Locking the person keeps two shifts that are added at once from overlapping.
        if not Staff.objects.select_for_update().filter(id=staff_id).exists():
            raise CannotAddShift(_("There is no such person any more."))
        if store_id is not None and not Store.objects.filter(id=store_id, is_open=True).exists():
            raise CannotAddShift(_("This store is closed."))
        if _is_busy(staff_id, starts_at, ends_at):
            raise CannotAddShift(_("This person works at that time already."))
        shift = Shift.objects.create(staff_id=staff_id, store_id=store_id, starts_at=starts_at, ends_at=ends_at)
        _audit("shift.added", shift, by=by, now=now)
    return shift.id


def remove_shift(*, shift_id: UUID, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        shift = Shift.objects.select_for_update().filter(id=shift_id).first()
        if shift is None:
            return
        _audit("shift.removed", shift, by=by, now=now)
        shift.delete()


def copy_week(*, store_id: UUID | None, from_at: datetime, time_zone: str, by: Actor, now: datetime) -> tuple[int, int]:
    """Repeat the shifts that begin within seven days of `from_at` a week later, at the same hours of the clock.

    Returns how many were added, and how many were left out because the person works then already.
    """
    zone = ZoneInfo(time_zone)
    added = left_out = 0
    with transaction.atomic():
        until = _a_week_later(from_at, zone)
        rows = Shift.objects.filter(starts_at__gte=from_at, starts_at__lt=until, staff__is_active=True)
        rows = rows.filter(store_id=store_id) if store_id is not None else rows
        for shift in rows.order_by("starts_at", "id"):
            starts_at, ends_at = _a_week_later(shift.starts_at, zone), _a_week_later(shift.ends_at, zone)
            if _is_busy(shift.staff_id, starts_at, ends_at):
                left_out += 1
                continue
            copied = Shift.objects.create(
                staff_id=shift.staff_id, store_id=shift.store_id, starts_at=starts_at, ends_at=ends_at
            )
            _audit("shift.added", copied, by=by, now=now)
            added += 1
    return added, left_out


def _a_week_later(at: datetime, zone: ZoneInfo) -> datetime:
    """The same time of the clock seven days on, whatever the clock did between."""
    wall = at.astimezone(zone).replace(tzinfo=None) + timedelta(days=7)
    return wall.replace(tzinfo=zone).astimezone(at.tzinfo)


def _is_busy(staff_id: UUID, starts_at: datetime, ends_at: datetime) -> bool:
    return Shift.objects.filter(staff_id=staff_id, starts_at__lt=ends_at, ends_at__gt=starts_at).exists()


def _audit(verb: str, shift: Shift, *, by: Actor, now: datetime) -> None:
    names = ("staff_id", "store_id", "starts_at", "ends_at")
    audit.record(
        verb=verb,
        subject_kind="shift",
        subject_id=shift.id,
        by=by,
        now=now,
        after={name: getattr(shift, name) for name in names},
    )
