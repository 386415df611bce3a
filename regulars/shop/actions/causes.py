"""The cause tree."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit
from regulars.foundation.actors import Actor
from regulars.shop.models import Cause
from regulars.shop.rules.causes import DEFAULT_CAUSES, MAX_DEPTH, code_from


class CannotChangeCause(Exception):
    """A name is missing, the code is taken, the tree too deep, or something below is still open."""


def add_cause(*, parent_id: UUID | None, name_en: str, name_ru: str, code: str = "", by: Actor, now: datetime) -> UUID:
    """Add a node below `parent_id` (None: a root); the code is made from the English name unless given."""
    name_en, name_ru = _names(name_en, name_ru)
    with transaction.atomic():
        parent = _locked(parent_id) if parent_id is not None else None
        if parent is not None and not parent.is_open:
            raise CannotChangeCause(_("This cause is closed: reopen it before you add anything below it."))
        if parent is not None and _depth(parent) + 1 >= MAX_DEPTH:
            raise CannotChangeCause(_("The tree has three levels; add this one a level higher."))
        code = code or code_from(name_en, parent.code if parent else "")
        if Cause.objects.filter(code=code).exists():
            raise CannotChangeCause(_("There is a cause of this name in this place already."))
        cause = Cause.objects.create(parent=parent, code=code, name_en=name_en, name_ru=name_ru)
        _audit("cause.added", cause, by=by, now=now)
    return cause.id


def rename_cause(*, cause_id: UUID, name_en: str, name_ru: str, by: Actor, now: datetime) -> None:
    """Change both names; the code stays, so that what was counted stays together."""
    name_en, name_ru = _names(name_en, name_ru)
    with transaction.atomic():
        cause = _locked(cause_id)
        before = {"name_en": cause.name_en, "name_ru": cause.name_ru}
        cause.name_en, cause.name_ru = name_en, name_ru
        cause.save(update_fields=["name_en", "name_ru"])
        audit.record(
            verb="cause.renamed",
            subject_kind="cause",
            subject_id=cause.id,
            by=by,
            now=now,
            before=before,
            after={"name_en": name_en, "name_ru": name_ru},
        )


def close_cause(*, cause_id: UUID, by: Actor, now: datetime) -> None:
    """Take a node out of use; what already names it keeps it."""
    with transaction.atomic():
        cause = _locked(cause_id)
        if Cause.objects.filter(parent=cause, is_open=True).exists():
            raise CannotChangeCause(_("Close what is below it first."))
        cause.is_open = False
        cause.save(update_fields=["is_open"])
        _audit("cause.closed", cause, by=by, now=now)


def reopen_cause(*, cause_id: UUID, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        cause = _locked(cause_id)
        if cause.parent is not None and not cause.parent.is_open:
            raise CannotChangeCause(_("Reopen the cause above it first."))
        cause.is_open = True
        cause.save(update_fields=["is_open"])
        _audit("cause.reopened", cause, by=by, now=now)


def plant_default_causes() -> None:
    """The first tree of a new shop; called within the transaction that sets it up."""
    known: dict[str, Cause] = {}
    for code, name_en, name_ru in DEFAULT_CAUSES:
        parent = known.get(code.rpartition(".")[0])
        known[code] = Cause.objects.create(parent=parent, code=code, name_en=name_en, name_ru=name_ru)


def _locked(cause_id: UUID) -> Cause:
    cause = Cause.objects.select_for_update().filter(id=cause_id).first()
    if cause is None:
        raise CannotChangeCause(_("There is no such cause any more."))
    return cause


def _depth(cause: Cause) -> int:
    return 0 if cause.parent is None else 1 + _depth(cause.parent)


def _names(name_en: str, name_ru: str) -> tuple[str, str]:
    """Both names; one that is missing is taken from the other language."""
    name_en, name_ru = " ".join(name_en.split()), " ".join(name_ru.split())
    if not name_en and not name_ru:
        raise CannotChangeCause(_("Give the cause a name."))
    return name_en or name_ru, name_ru or name_en


def _audit(verb: str, cause: Cause, *, by: Actor, now: datetime) -> None:
    after = {"code": cause.code, "name_en": cause.name_en, "name_ru": cause.name_ru, "is_open": cause.is_open}
    audit.record(verb=verb, subject_kind="cause", subject_id=cause.id, by=by, now=now, after=after)
