"""The steps of an enquiry, how it may end, and when it is late."""

from enum import StrEnum


class EnquiryKind(StrEnum):
    CALL = "call"
    FORM = "form"
    VISIT = "visit"
    MEASURING = "measuring"
    MESSAGE = "message"


class EnquiryStep(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    OFFERED = "offered"
    CLOSED = "closed"


class EnquiryOutcome(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"
