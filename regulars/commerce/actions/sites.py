"""The sites that may send what their visitors do."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from regulars.commerce.models import Site
from regulars.foundation import audit
from regulars.foundation.actors import Actor

MIN_KEEP_DAYS, MAX_KEEP_DAYS = 30, 1130


class SiteRefusal(StrEnum):
    NO_NAME = "no_name"
    NO_ORIGIN = "no_origin"
    BAD_ORIGIN = "bad_origin"
    BAD_KEEP_DAYS = "bad_keep_days"


class CannotChangeSite(ValueError):
    """NO_NAME, NO_ORIGIN, BAD_ORIGIN (`value` is no address such as https://tea.example), BAD_KEEP_DAYS."""

    def __init__(self, reason: SiteRefusal, value: str = "") -> None:
        super().__init__(reason.value)
        self.reason, self.value = reason, value


_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.\-]*[a-z0-9])?(:\d{1,5})?")


def add_site(
    *, name: str, origins: Sequence[str], orders_source: str, keep_days: int, by: Actor, now: datetime
) -> UUID:
    """Let a site send events: it gets a public key. Raises CannotChangeSite."""
    said = _checked(name, origins, keep_days)
    key = secrets.token_urlsafe(18)
    with transaction.atomic():
        row = Site.objects.create(
            key=key, source=f"site:{key[:8]}", orders_source=orders_source[:40], created_at=now, **said
        )
        audit.record(
            verb="site.added", subject_kind="site", subject_id=row.id, after={**said, "key": key}, by=by, now=now
        )
    return row.id


def change_site(
    *,
    site_id: UUID,
    name: str,
    origins: Sequence[str],
    orders_source: str,
    keep_days: int,
    is_open: bool,
    by: Actor,
    now: datetime,
) -> bool:
    """Change what holds for a site; closed, it is answered nothing. Whether anything was new.

    Raises CannotChangeSite, LookupError.
    """
    said = {**_checked(name, origins, keep_days), "orders_source": orders_source[:40], "is_open": is_open}
    with transaction.atomic():
        row = Site.objects.select_for_update().filter(id=site_id).first()
        if row is None:
            raise LookupError(f"no site {site_id}")
        before = {field: getattr(row, field) for field in said}
        if before == said:
            return False
        Site.objects.filter(id=site_id).update(**said)
        audit.record(
            verb="site.changed", subject_kind="site", subject_id=row.id, before=before, after=said, by=by, now=now
        )
    return True


def _checked(name: str, origins: Sequence[str], keep_days: int) -> dict[str, object]:
    if not name.strip():
        raise CannotChangeSite(SiteRefusal.NO_NAME)
    cleaned = [origin.strip().casefold().rstrip("/") for origin in origins if origin.strip()]
    if not cleaned:
        raise CannotChangeSite(SiteRefusal.NO_ORIGIN)
    for origin in cleaned:
        if not _ORIGIN.fullmatch(origin):
            raise CannotChangeSite(SiteRefusal.BAD_ORIGIN, origin)
    if not MIN_KEEP_DAYS <= keep_days <= MAX_KEEP_DAYS:
        raise CannotChangeSite(SiteRefusal.BAD_KEEP_DAYS, str(keep_days))
    return {"name": name.strip()[:120], "origins": sorted(set(cleaned)), "keep_days": keep_days}
