"""What each model holds of a person, and what export and erasure do with it.

Every model carries `personal_data`. `NO_PERSONAL_DATA` says that rows tell nothing of a customer by themselves.
`customers.actions` walks these declarations, so a new table takes part in both by declaring itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """How a model's rows belong to a customer.

    owner: lookup path to the customer's id ("customer_id", "order__customer_id"), None when there is none.
    export: fields given out when the person asks what is known.
    erase: field → value written in place on erasure; amounts and dates stay.
    is_deleted_on_erasure: rows go as a whole instead.
    """

    owner: str | None = None
    export: tuple[str, ...] = ()
    erase: Mapping[str, Any] = field(default_factory=dict)
    is_deleted_on_erasure: bool = False


NO_PERSONAL_DATA = PersonalData()
