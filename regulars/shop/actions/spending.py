"""Spending on winning and keeping customers: typed in or taken from a file, taken away and put back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.shop.events import SpendingChanged
from regulars.shop.models import Spending, SpendingUpload
from regulars.shop.queries.rates import rate_table
from regulars.shop.rules.rates import RateMissing
from regulars.shop.rules.spending import LARGEST_MINOR, MAX_NOTE, SpendingDraft, month_of, rate_day


class CannotSetSpending(Exception):
    """No amount above zero, a currency without a rate, the same spending twice, or nothing there to change."""


@dataclass(frozen=True)
class SpendingTaken:
    """What a file brought; `upload_id` is None where all of it was known already."""

    upload_id: UUID | None
    added: int
    changed: int
    same: int


def add_spending(*, draft: SpendingDraft, by: Actor, now: datetime) -> UUID:
    """Spending of a month. Raises CannotSetSpending where the same is there already."""
    _check([draft])
    with transaction.atomic():
        row = Spending(**_columns(draft))
        _save(row, is_new=True)
        _audit("spending.added", row, before={}, by=by, now=now)
        _announce([draft.month_date], by=by, now=now)
    return row.id


def change_spending(*, spending_id: UUID, draft: SpendingDraft, by: Actor, now: datetime) -> None:
    _check([draft])
    with transaction.atomic():
        row = _locked(spending_id)
        before, month_before = _values(row), row.month_date
        for name, value in _columns(draft).items():
            setattr(row, name, value)
        _save(row)
        _audit("spending.changed", row, before=before, by=by, now=now)
        _announce({month_before, draft.month_date}, by=by, now=now)


def remove_spending(*, spending_id: UUID, by: Actor, now: datetime) -> None:
    """Take it out of every figure; it can be put back."""
    with transaction.atomic():
        row = _locked(spending_id)
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _audit("spending.removed", row, before=_values(row), is_there=False, by=by, now=now)
        _announce([row.month_date], by=by, now=now)


def restore_spending(*, spending_id: UUID, by: Actor, now: datetime) -> None:
    """Put back what was taken away, unless the same was entered meanwhile."""
    with transaction.atomic():
        row = _locked(spending_id, is_removed=True)
        row.removed_at = None
        _save(row)
        _audit("spending.restored", row, before={}, by=by, now=now)
        _announce([row.month_date], by=by, now=now)


def take_in_spending(*, drafts: Sequence[SpendingDraft], file_name: str, by: Actor, now: datetime) -> SpendingTaken:
    """All rows of a file or none. What is there already (same month, purpose, channel, note, currency) gets the new
    amount, so that the same file twice changes nothing; rows of one file that are alike are added up.
    """
    _check(drafts)
    wanted = _added_up(drafts)
    _check(wanted.values())
    with transaction.atomic():
        upload = SpendingUpload(id=new_id(), file_name=file_name[:200], added=0, changed=0, uploaded_at=now)
        months = {draft.month_date for draft in wanted.values()}
        known = {_key(row): row for row in Spending.objects.select_for_update().filter(
            month_date__in=months, removed_at__isnull=True)}  # fmt: skip
        fresh = [Spending(**_columns(draft), upload_id=upload.id) for key, draft in wanted.items() if key not in known]
        changed = [
            (row, wanted[key])
            for key, row in known.items()
            if key in wanted and row.amount_minor != wanted[key].amount_minor
        ]
        same = len(wanted) - len(fresh) - len(changed)
        if not fresh and not changed:
            return SpendingTaken(None, 0, 0, same)
        upload.added, upload.changed = len(fresh), len(changed)
        upload.replaced = {str(row.id): row.amount_minor for row, _draft in changed}
        upload.save(force_insert=True)
        Spending.objects.bulk_create(fresh, batch_size=200)
        for row, draft in changed:
            row.amount_minor = draft.amount_minor
        Spending.objects.bulk_update([row for row, _draft in changed], ["amount_minor"], batch_size=200)
        _audit_upload("spending.uploaded", upload, by=by, now=now)
        _announce(months, by=by, now=now)
    return SpendingTaken(upload.id, upload.added, upload.changed, same)


def undo_spending_upload(*, upload_id: UUID, by: Actor, now: datetime) -> None:
    """Take out what a file brought and give what it changed its former amounts, once."""
    with transaction.atomic():
        upload = SpendingUpload.objects.select_for_update().filter(id=upload_id, undone_at__isnull=True).first()
        if upload is None:
            raise CannotSetSpending(_("This file is undone already."))
        brought = Spending.objects.filter(upload_id=upload_id, removed_at__isnull=True)
        months = set(brought.values_list("month_date", flat=True))
        brought.update(removed_at=now)
        rows = list(Spending.objects.select_for_update().filter(id__in=list(upload.replaced), removed_at__isnull=True))
        for row in rows:
            row.amount_minor = upload.replaced[str(row.id)]
            months.add(row.month_date)
        Spending.objects.bulk_update(rows, ["amount_minor"], batch_size=200)
        upload.undone_at = now
        upload.save(update_fields=["undone_at"])
        _audit_upload("spending.upload_undone", upload, by=by, now=now)
        _announce(months, by=by, now=now)


def _check(drafts: Iterable[SpendingDraft]) -> None:
    wanted = list(drafts)
    rates = rate_table({draft.currency for draft in wanted})
    for draft in wanted:
        if not 0 < draft.amount_minor <= LARGEST_MINOR:
            raise CannotSetSpending(_("The amount must be above zero."))
        if draft.month_date != month_of(draft.month_date):
            raise CannotSetSpending(_("Spending belongs to a month: give its first day."))
        if len(draft.note) > MAX_NOTE:
            raise CannotSetSpending(_("The note is too long: at most %(count)d characters.") % {"count": MAX_NOTE})
        try:
            rates.on(draft.currency, rate_day(draft.month_date))
        except RateMissing as error:
            raise CannotSetSpending(
                _("No rate of %(currency)s is known for that month. Enter it under Settings, Currencies.")
                % {"currency": draft.currency}
            ) from error


def _added_up(drafts: Sequence[SpendingDraft]) -> dict[tuple[date, str, str, str, str], SpendingDraft]:
    sums: dict[tuple[date, str, str, str, str], SpendingDraft] = {}
    for draft in drafts:
        before = sums[draft.key].amount_minor if draft.key in sums else 0
        sums[draft.key] = SpendingDraft(
            draft.month_date, draft.purpose, draft.channel, draft.currency, before + draft.amount_minor, draft.note
        )
    return sums


def _columns(draft: SpendingDraft) -> dict[str, Any]:
    month_date, purpose, channel, note, currency = draft.key
    return {
        "month_date": month_date,
        "purpose": purpose,
        "channel": channel,
        "note": note,
        "currency": currency,
        "amount_minor": draft.amount_minor,
    }


def _key(row: Spending) -> tuple[date, str, str, str, str]:
    return row.month_date, row.purpose, row.channel, row.note, row.currency


def _locked(spending_id: UUID, *, is_removed: bool = False) -> Spending:
    rows = Spending.objects.select_for_update().filter(id=spending_id, removed_at__isnull=not is_removed)
    row = rows.first()
    if row is None:
        raise CannotSetSpending(_("There is no such spending any more."))
    return row


def _save(row: Spending, *, is_new: bool = False) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=is_new)
    except IntegrityError as error:
        raise CannotSetSpending(
            _("The same spending (month, channel, purpose and note) is there already: change that one.")
        ) from error


def _values(row: Spending) -> dict[str, Any]:
    names = ("month_date", "purpose", "channel", "note", "currency", "amount_minor")
    return {name: getattr(row, name) for name in names}


def _audit(
    verb: str, row: Spending, *, before: dict[str, Any], is_there: bool = True, by: Actor, now: datetime
) -> None:
    after = _values(row) if is_there else {}
    audit.record(verb=verb, subject_kind="spending", subject_id=row.id, by=by, now=now, before=before, after=after)


def _audit_upload(verb: str, upload: SpendingUpload, *, by: Actor, now: datetime) -> None:
    after = {"name": upload.file_name, "added": upload.added, "changed": upload.changed}
    audit.record(verb=verb, subject_kind="spending_upload", subject_id=upload.id, by=by, now=now, after=after)


def _announce(months: Iterable[date], *, by: Actor, now: datetime) -> None:
    event = SpendingChanged(customer_id=None, occurred_at=now, months=tuple(sorted(months)))
    events.record(event, by=by, now=now)
