"""The part of the shop that a page speaks of: all of it, or a channel, store or category in which customers began."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from regulars.commerce.queries import catalogue
from regulars.shop import queries as shop
from regulars.shop.attributes import CHANNELS
from regulars.ui import formats

KINDS: Mapping[str, Promise] = {"channel": _("Channel"), "store": _("Store"), "category": _("Category")}


@dataclass(frozen=True)
class Part:
    """place: among the cuts of the last analysis, 0 of the whole shop; key: as the address has it."""

    place: int
    key: str
    name: str


@dataclass(frozen=True)
class Choice:
    """What is chosen, the form that chooses, and how many parts have no figures of their own, in words."""

    part: Part
    form: forms.Form
    left_out: str
    is_offered: bool


class PartForm(forms.Form):
    """The choice of a part; groups by kind."""

    part = forms.ChoiceField(label=_("Customers who began in"), required=False)

    def __init__(self, parts: Mapping[str, Sequence[Part]], chosen: Part) -> None:
        super().__init__(initial={"part": chosen.key})
        self.fields["part"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole shop")),
            *((KINDS[kind], [(part.key, part.name) for part in group]) for kind, group in parts.items() if group),
        ]


WHOLE = Part(0, "", "")


def choice_from(found: Mapping[str, Any] | None, asked: str, *, kinds: Sequence[str] = tuple(KINDS)) -> Choice:
    """found: the finding "cuts". An unknown part is the whole shop."""
    cuts = found["cuts"] if found else []
    names = names_of([(cut["kind"], cut["key"]) for cut in cuts])
    parts: dict[str, list[Part]] = {kind: [] for kind in kinds}
    for place, cut in enumerate(cuts):
        if cut["kind"] in parts:
            name = names.get((cut["kind"], cut["key"]), "–")
            parts[cut["kind"]].append(Part(place, f"{cut['kind']}:{cut['key']}", name))
    every = [part for group in parts.values() for part in group]
    chosen = next((part for part in every if part.key == asked), WHOLE)
    left_out = sum(found["left_out"].get(kind, 0) for kind in kinds) if found else 0
    return Choice(chosen, PartForm(parts, chosen), _left_out(left_out), bool(every))


def _left_out(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s smaller one is not in the list: only the eight largest of each kind have pages of their own.",
        "%(count)s smaller ones are not in the list: only the eight largest of each kind have pages of their own.",
        count,
    ) % {"count": formats.number(count, 0)}


def names_of(keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Names of channels, stores, categories and products by (kind, key); one read for each kind that is there."""
    kinds = {kind for kind, _key in keys}
    found: dict[tuple[str, str], str] = {}
    if "channel" in kinds:
        found |= {("channel", str(channel)): str(name) for channel, name in CHANNELS.items()}
    if "store" in kinds:
        found |= {("store", store.id.hex): store.name for store in shop.stores()}
    if "category" in kinds:
        found |= {("category", row.id.hex): row.name for row in catalogue.categories()}
    if "product" in kinds:
        ids = [UUID(key) for kind, key in keys if kind == "product"]
        found |= {("product", id_.hex): name for id_, name in catalogue.product_names(ids).items()}
    return found
