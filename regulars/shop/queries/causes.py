"""The cause tree: why things go wrong."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from regulars.shop.models import Cause


@dataclass(frozen=True)
class CauseRow:
    """A node; `depth` 0 is a root."""

    id: UUID
    parent_id: UUID | None
    code: str
    name_en: str
    name_ru: str
    is_open: bool
    depth: int = 0

    def name(self, language: str) -> str:
        """The name in "ru", else in English."""
        return self.name_ru if language.startswith("ru") else self.name_en


_FIELDS = ("id", "parent_id", "code", "name_en", "name_ru", "is_open")


def causes(*, is_open: bool | None = None) -> list[CauseRow]:
    """The tree, each node before its children, children by code; closed nodes hide what is below them if asked."""
    children: dict[UUID | None, list[tuple[UUID, UUID | None, str, str, str, bool]]] = defaultdict(list)
    for row in Cause.objects.order_by("code").values_list(*_FIELDS):
        if is_open is None or row[5] == is_open:
            children[row[1]].append(row)
    tree: list[CauseRow] = []
    _walk(tree, children, None, 0)
    return tree


def _walk(
    tree: list[CauseRow],
    children: dict[UUID | None, list[tuple[UUID, UUID | None, str, str, str, bool]]],
    parent_id: UUID | None,
    depth: int,
) -> None:
    for row in children.get(parent_id, []):
        tree.append(CauseRow(*row, depth))
        _walk(tree, children, row[0], depth + 1)


def causes_by_id(ids: Iterable[UUID]) -> dict[UUID, CauseRow]:
    """The nodes with these ids, in one query."""
    return {row[0]: CauseRow(*row) for row in Cause.objects.filter(id__in=set(ids)).values_list(*_FIELDS)}
