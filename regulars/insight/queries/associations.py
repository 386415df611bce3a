"""Associations between goods: those that staff wrote or took over, what they brought, and what data proposes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from regulars.audience.queries import findings as found
from regulars.audience.queries import links as linked
from regulars.audience.rules import LinkKind
from regulars.commerce.queries import catalogue, offering
from regulars.insight import models
from regulars.insight.rules.recommending.trying import AssociationState, Share, difference_interval
from regulars.shop import queries as shop

# Board: how many of data's proposals are shown.
_PROPOSALS, _PROPOSALS_OF_ONE = 12, 3


@dataclass(frozen=True)
class Association:
    """`source` leads to `target` by way of `need`, or of the product `via`. An end is a product or a category.

    proposed_by: "" where data found it, or who left.
    """

    id: UUID
    source_product_id: UUID | None
    source_category_id: UUID | None
    source_name: str
    target_product_id: UUID | None
    target_category_id: UUID | None
    target_name: str
    via_product_id: UUID | None
    via_name: str
    need: str
    reason: str
    state: AssociationState
    proposed_by: str
    proposed_at: datetime
    tried_at: datetime | None
    decided_at: datetime | None

    @property
    def between(self) -> str:
        """What leads from the one to the other."""
        return self.need or self.via_name


@dataclass(frozen=True)
class Trial:
    """What an association brought since it is tried, by the last analysis. Shares: bought the other thing within
    `within_days` of the one; only buyers whose time is over are counted, `waiting` are not yet.

    before: in the year before. others_after, others_before: buyers of comparable products, over the same time.
    low, high: nine of ten times the change of the share lies between them.
    """

    after: Share
    before: Share
    others_after: Share
    others_before: Share
    waiting: int
    within_days: int

    @property
    def is_enough(self) -> bool:
        return self.after.is_enough and self.before.is_enough

    @property
    def change(self) -> float:
        return self.after.value - self.before.value

    @property
    def others_change(self) -> float | None:
        """How the share changed among buyers of comparable products; None where too few are known."""
        if not (self.others_after.is_enough and self.others_before.is_enough):
            return None
        return self.others_after.value - self.others_before.value

    @property
    def interval(self) -> tuple[float, float]:
        return difference_interval(self.after, self.before)


@dataclass(frozen=True)
class Proposal:
    """Data's word: A's buyers take B, B's buyers take C, but A and C are hardly bought by the same people yet.

    first, second: of `buyers` of the one, `followed` have the other.
    """

    source_id: UUID
    via_id: UUID
    target_id: UUID
    first: Share
    second: Share
    times_usual: float


_FIELDS = (
    "id", "source_product_id", "source_category_id", "target_product_id", "target_category_id", "via_product_id",
    "need", "reason", "state", "proposed_by_id", "proposed_at", "tried_at", "decided_at",
)  # fmt: skip


def associations(*, states: Collection[AssociationState] = tuple(AssociationState)) -> list[Association]:
    """Those in any of these states, the newest first."""
    rows = models.Association.objects.filter(state__in=[state.value for state in states])
    return _associations(rows.order_by("-proposed_at", "-id"))


def association_of(association_id: UUID) -> Association | None:
    found = _associations(models.Association.objects.filter(id=association_id))
    return found[0] if found else None


def associations_from(product_ids: Collection[UUID], category_ids: Collection[UUID]) -> list[Association]:
    """Those tried or kept that lead away from any of these products or categories."""
    rows = models.Association.objects.filter(
        Q(source_product_id__in=set(product_ids)) | Q(source_category_id__in=set(category_ids)),
        state__in=[AssociationState.TRIED.value, AssociationState.KEPT.value],
    )
    return _associations(rows.order_by("proposed_at", "id"))


def trials() -> dict[UUID, Trial]:
    """What the associations that are or were tried brought, by the last analysis."""
    return {
        UUID(id_): Trial(
            after=Share(*one["after"]),
            before=Share(*one["before"]),
            others_after=Share(*one["others_after"]),
            others_before=Share(*one["others_before"]),
            waiting=one["waiting"],
            within_days=one["within_days"],
        )
        for id_, one in (found.shop_finding("associations") or {}).items()
    }


def proposals(*, limit: int = _PROPOSALS) -> list[Proposal]:
    """The strongest second-level links that nobody has taken over or dropped yet."""
    decided = set(
        models.Association.objects.filter(via_product__isnull=False).values_list(
            "source_product_id", "via_product_id", "target_product_id"
        )
    )
    paths = linked.strongest_links(LinkKind.THEN, limit=limit * 4 + len(decided))
    # A way and its way back are one thought.
    decided |= {(target, via, source) for source, via, target in decided}
    open_ = [path for path in paths if path.via_id and (path.product_id, path.via_id, path.other_id) not in decided]
    return _with_steps(open_)[:limit]


def _with_steps(paths: Sequence[linked.Link]) -> list[Proposal]:
    """One proposal for each target and not its way back, so that a popular path does not fill the board."""
    ends = {path.product_id for path in paths} | {path.via_id for path in paths if path.via_id}
    steps = {(link.product_id, link.other_id): link for link in linked.links_from(ends, LinkKind.BOUGHT_BY_SAME)}
    shown: dict[UUID, Proposal] = {}
    ways: set[tuple[UUID, UUID]] = set()
    for path in paths:
        via = path.via_id
        if via is None or path.other_id in shown or (path.other_id, path.product_id) in ways:
            continue
        if sum(source == path.product_id for source, _ in ways) == _PROPOSALS_OF_ONE:
            continue
        first, second = steps.get((path.product_id, via)), steps.get((via, path.other_id))
        if first and second:
            ways.add((path.product_id, path.other_id))
            shown[path.other_id] = Proposal(
                path.product_id,
                via,
                path.other_id,
                Share(first.together, first.having),
                Share(second.together, second.having),
                path.weight,
            )
    return list(shown.values())


def _associations(rows: QuerySet[models.Association]) -> list[Association]:
    """With the names of their ends, in four queries however many there are."""
    found = list(rows.values(*_FIELDS))
    product_ids = {row[f"{end}_product_id"] for row in found for end in ("source", "target", "via")} - {None}
    goods = offering.goods_by_id(product_ids)
    categories: dict[Any, str] = {row.id: row.name for row in catalogue.categories()} if found else {}
    people = shop.staff_by_id({row["proposed_by_id"] for row in found} - {None})

    def name(row: Mapping[str, Any], end: str) -> str:
        product_id = row[f"{end}_product_id"]
        return goods[product_id].name if product_id else categories.get(row.get(f"{end}_category_id"), "")

    return [
        Association(
            id=row["id"],
            source_product_id=row["source_product_id"],
            source_category_id=row["source_category_id"],
            source_name=name(row, "source"),
            target_product_id=row["target_product_id"],
            target_category_id=row["target_category_id"],
            target_name=name(row, "target"),
            via_product_id=row["via_product_id"],
            via_name=name(row, "via"),
            need=row["need"],
            reason=row["reason"],
            state=AssociationState(row["state"]),
            proposed_by=people[row["proposed_by_id"]].name if row["proposed_by_id"] in people else "",
            proposed_at=row["proposed_at"],
            tried_at=row["tried_at"],
            decided_at=row["decided_at"],
        )
        for row in found
    ]
