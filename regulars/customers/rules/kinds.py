"""The kinds that customers are described by."""

from enum import StrEnum


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    VK = "vk"
    INSTAGRAM = "instagram"
    OTHER = "other"


class Criterion(StrEnum):
    """What decides a purchase for this customer."""

    PRICE = "price"
    PAYMENT_TERMS = "payment_terms"
    DELIVERY = "delivery"
    PRACTICALITY = "practicality"
    QUALITY = "quality"
    ORIGINALITY = "originality"


class Fear(StrEnum):
    """What the customer is afraid of when buying."""

    WASTED_MONEY = "wasted_money"
    MISSED_DATE = "missed_date"
    WRONG_FIT = "wrong_fit"


class DateKind(StrEnum):
    ANNIVERSARY = "anniversary"
    NAME_DAY = "name_day"
    CHILD_BIRTHDAY = "child_birthday"
    OTHER = "other"


class Purpose(StrEnum):
    """What a consent is for. Service messages rest on the contract and need none."""

    DATA_PROCESSING = "data_processing"
    ADVERTISING = "advertising"
    PERSONALISATION = "personalisation"
    SURVEYS = "surveys"


class ConsentChannel(StrEnum):
    ANY = "any"
    EMAIL = "email"
    SMS = "sms"
    MESSENGER = "messenger"
    PHONE = "phone"


class ConsentBasis(StrEnum):
    """What a permission rests on: said yes, or bought and was told (ePrivacy art. 13(2), "soft opt-in")."""

    CONSENT = "consent"
    SOFT_OPT_IN = "soft_opt_in"


class MergeReason(StrEnum):
    """Why two profiles were taken for one person."""

    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_NAME_AND_BIRTHDAY = "same_name_and_birthday"
    SAME_NAME_AND_PHONE_TAIL = "same_name_and_phone_tail"
    BY_HAND = "by_hand"
