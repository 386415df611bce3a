"""What a person's statements amount to. The records are never changed; this reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from regulars.customers.rules.kinds import ConsentBasis, ConsentChannel, Purpose


class Standing(StrEnum):
    """Where a person stands on one purpose and channel."""

    NEVER_ASKED = "never_asked"
    GIVEN = "given"
    SOFT_OPT_IN = "soft_opt_in"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Statement:
    purpose: Purpose
    channel: ConsentChannel
    is_given: bool
    basis: ConsentBasis
    at: datetime


def standing(statements: Iterable[Statement], purpose: Purpose, channel: ConsentChannel) -> Standing:
    """The latest word on `purpose` by `channel`, where a word on any channel counts for each.

    At the same moment the withdrawal wins. A soft opt-in (ePrivacy art. 13(2)) stands only where the person has said
    nothing: it neither overrules a withdrawal nor is needed beside a consent.
    """
    concerned = [s for s in statements if s.purpose is purpose and s.channel in (channel, ConsentChannel.ANY)]
    said = [s for s in concerned if not s.is_given or s.basis is ConsentBasis.CONSENT]
    if said:
        latest = max(said, key=lambda s: (s.at, not s.is_given))
        return Standing.GIVEN if latest.is_given else Standing.WITHDRAWN
    return Standing.SOFT_OPT_IN if concerned else Standing.NEVER_ASKED


def may_contact(statements: Iterable[Statement], purpose: Purpose, channel: ConsentChannel) -> bool:
    return standing(statements, purpose, channel) in (Standing.GIVEN, Standing.SOFT_OPT_IN)


def withdrawals_of_merge(
    survivor: Sequence[Statement], absorbed: Sequence[Statement], *, now: datetime
) -> list[Statement]:
    """What must be added so that the joined profile allows nothing that either of the two had withdrawn."""
    joined = [*survivor, *absorbed]
    added: list[Statement] = []
    for purpose in Purpose:
        for channel in ConsentChannel:
            has_withdrawn = any(standing(own, purpose, channel) is Standing.WITHDRAWN for own in (survivor, absorbed))
            if has_withdrawn and standing([*joined, *added], purpose, channel) is not Standing.WITHDRAWN:
                added.append(Statement(purpose, channel, False, ConsentBasis.CONSENT, now))
    return added
