"""What a browser sent, checked to the letter: whatever is not as it must be is refused as a whole."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from regulars.commerce.rules.visits import (
    MAX_CAME_FROM,
    MAX_CAMPAIGN,
    MAX_SECTION,
    Device,
    SiteEventDraft,
    SiteEventKind,
    clean_path,
)

MAX_BYTES = 32 * 1024
MAX_EVENTS = 25
# A page that was left open tells late, but not later than this.
MAX_AGO_SECONDS = 3600
_NAME = re.compile(r"[A-Za-z0-9_\-]{16,40}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BATCH = {"key", "visitor", "session", "device", "came_from", "campaign", "consent", "events"}
_CONSENT = {"analytics", "person"}
_EVENT = {"id", "kind", "ago", "path", "section", "sku", "order"}


class BadBatch(ValueError):
    """`code` says what is wrong, in a word that a developer can look up in docs/funnel.md."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Told:
    """One event; ago_seconds before it was sent. sku, order: "" where none."""

    id: str
    kind: SiteEventKind
    ago_seconds: int
    path: str
    section: str
    sku: str
    order: str


@dataclass(frozen=True)
class Batch:
    key: str
    visitor: str
    session: str
    device: Device
    came_from: str
    campaign: str
    may_know_person: bool
    events: Sequence[Told]

    def drafts(self, products: Mapping[str, UUID], *, now: datetime) -> list[SiteEventDraft]:
        """The events as they are written down; the number of an order only if the visitor agreed to be known by it."""
        return [
            SiteEventDraft(
                external_id=f"{self.visitor}:{told.id}",
                visitor=self.visitor,
                session=self.session,
                kind=told.kind,
                occurred_at=now - timedelta(seconds=told.ago_seconds),
                path=told.path,
                section=told.section,
                product_id=products.get(told.sku),
                came_from=self.came_from,
                campaign=self.campaign,
                device=self.device,
                reference=told.order if self.may_know_person else "",
            )
            for told in self.events
        ]


def batch_of(body: bytes) -> Batch:
    """The batch in a request's body. Raises BadBatch: "json", "fields", "consent", "key", "visitor", "events" …"""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadBatch("json") from error
    if not isinstance(said, dict) or not said.keys() <= _BATCH:
        raise BadBatch("fields")
    consent = said.get("consent")
    if not isinstance(consent, dict) or not consent.keys() <= _CONSENT or consent.get("analytics") is not True:
        raise BadBatch("consent")
    events = said.get("events")
    if not isinstance(events, list) or not 1 <= len(events) <= MAX_EVENTS:
        raise BadBatch("events")
    return Batch(
        key=_text(said, "key", 40),
        visitor=_name(said, "visitor"),
        session=_name(said, "session"),
        device=_device(_text(said, "device", 8)),
        came_from=_text(said, "came_from", MAX_CAME_FROM),
        campaign=_text(said, "campaign", MAX_CAMPAIGN),
        may_know_person=consent.get("person") is True,
        events=[_told(event) for event in events],
    )


def _told(event: Any) -> Told:
    if not isinstance(event, dict) or not event.keys() <= _EVENT:
        raise BadBatch("fields")
    ago = event.get("ago", 0)
    if type(ago) is not int or not 0 <= ago <= MAX_AGO_SECONDS:
        raise BadBatch("ago")
    kind = _text(event, "kind", 8)
    if kind not in set(SiteEventKind):
        raise BadBatch("kind")
    path = _text(event, "path", 2000)
    return Told(
        id=_name(event, "id"),
        kind=SiteEventKind(kind),
        ago_seconds=ago,
        path=clean_path(path) if path else "",
        section=_text(event, "section", MAX_SECTION),
        sku=_text(event, "sku", 120),
        order=_text(event, "order", 120),
    )


def _text(said: Mapping[str, Any], name: str, limit: int) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > limit or _CONTROL.search(value):
        raise BadBatch(name)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadBatch(name) from error
    return value


def _name(said: Mapping[str, Any], name: str) -> str:
    value = _text(said, name, 40)
    if not _NAME.fullmatch(value):
        raise BadBatch(name)
    return value


def _device(text: str) -> Device:
    if text and text not in set(Device):
        raise BadBatch("device")
    return Device(text) if text else Device.OTHER
