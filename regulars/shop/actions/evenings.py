"""The evening sign-off of a store's day."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.shop.events import DayReopened, DaySignedOff
from regulars.shop.models import DaySignOff, Staff, Store
from regulars.shop.rules.evenings import LATEST, may_sign, may_undo


class CannotSignOff(Exception):
    """The day is signed, has not begun or is too long ago, or a difference stands without a word about it."""


def sign_off_day(
    *,
    store_id: UUID,
    on_date: date,
    orders: int,
    expected_minor: int,
    counted_minor: int,
    has_checked_orders: bool,
    has_checked_cash: bool,
    note: str,
    signed_by_id: UUID,
    by: Actor,
    now: datetime,
) -> UUID:
    """Close a store's day. orders, expected_minor: what is booked; counted_minor: what was counted, base currency."""
    note = note.strip()
    if counted_minor != expected_minor and not note:
        raise CannotSignOff(_("What was counted differs from the orders: write a word about why."))
    with transaction.atomic():
        store = Store.objects.filter(id=store_id, is_open=True).first()
        if store is None or not Staff.objects.filter(id=signed_by_id, is_active=True).exists():
            raise CannotSignOff(_("This store is closed."))
        if not may_sign(on_date, now=now, zone=ZoneInfo(store.time_zone)):
            raise CannotSignOff(
                _("A day can be signed from its beginning on, at most %(days)d days later.") % {"days": LATEST.days}
            )
        row = DaySignOff(
            store=store,
            on_date=on_date,
            orders=orders,
            expected_minor=expected_minor,
            counted_minor=counted_minor,
            has_checked_orders=has_checked_orders,
            has_checked_cash=has_checked_cash,
            note=note[:300],
            signed_by_id=signed_by_id,
            signed_at=now,
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise CannotSignOff(_("This day is signed already.")) from error
        _audit("day.signed_off", row, by=by, now=now)
        events.record(
            DaySignedOff(customer_id=None, occurred_at=now, sign_off_id=row.id, store_id=store_id, on_date=on_date),
            by=by,
            now=now,
        )
    return row.id


def undo_sign_off(*, sign_off_id: UUID, by: Actor, now: datetime) -> None:
    """Open the day again, on the same evening only; the sign-off stays on record."""
    with transaction.atomic():
        rows = DaySignOff.objects.select_for_update(of=("self",)).select_related("store")
        row = rows.filter(id=sign_off_id, undone_at__isnull=True).first()
        if row is None:
            raise CannotSignOff(_("This day is not signed."))
        if not may_undo(row.signed_at, now=now, zone=ZoneInfo(row.store.time_zone)):
            raise CannotSignOff(_("A sign-off can be undone on the same evening only."))
        row.undone_at = now
        row.save(update_fields=["undone_at"])
        _audit("day.reopened", row, by=by, now=now)
        events.record(
            DayReopened(
                customer_id=None, occurred_at=now, sign_off_id=row.id, store_id=row.store_id, on_date=row.on_date
            ),
            by=by,
            now=now,
        )


def _audit(verb: str, row: DaySignOff, *, by: Actor, now: datetime) -> None:
    values = {
        "name": f"{row.store.name}, {row.on_date.isoformat()}",
        "store_id": row.store_id,
        "expected_minor": row.expected_minor,
        "counted_minor": row.counted_minor,
        "note": row.note,
    }
    audit.record(verb=verb, subject_kind="day", subject_id=row.id, by=by, now=now, after=values)
