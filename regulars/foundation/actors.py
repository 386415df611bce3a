"""Who does a thing. Every action takes `by: Actor`; audit and the event log keep its reference, never its name."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    INTEGRATION = "integration"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    kind: ActorKind
    id: str

    @property
    def reference(self) -> str:
        """`kind:id`, the form that is stored."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def staff(cls, staff_id: UUID) -> "Actor":
        return cls(ActorKind.STAFF, str(staff_id))

    @classmethod
    def system(cls, part: str) -> "Actor":
        """`part` names what acts on its own: "import", "analyse", "demo"."""
        return cls(ActorKind.SYSTEM, part)

    @classmethod
    def parse(cls, reference: str) -> "Actor":
        kind, _, id_ = reference.partition(":")
        return cls(ActorKind(kind), id_)
