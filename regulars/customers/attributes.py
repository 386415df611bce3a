"""What conditions, lists and exports may ask of a customer, and what the kinds are called."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.customers.models import Customer
from regulars.customers.rules import ConsentBasis, ConsentChannel, ContactKind, Criterion, DateKind, Fear, Purpose
from regulars.foundation.conditions.catalogue import Attribute, Fact, Members, Source, Text, Type
from regulars.shop import attributes as shop

CONTACT_KINDS: Mapping[str, Text] = {
    ContactKind.EMAIL: _("E-mail"),
    ContactKind.PHONE: _("Telephone"),
    ContactKind.TELEGRAM: _("Telegram"),
    ContactKind.WHATSAPP: _("WhatsApp"),
    ContactKind.VK: _("VK"),
    ContactKind.INSTAGRAM: _("Instagram"),
    ContactKind.OTHER: _("Other contact"),
}
CRITERIA: Mapping[str, Text] = {
    Criterion.PRICE: _("Price"),
    Criterion.PAYMENT_TERMS: _("Terms of payment"),
    Criterion.DELIVERY: _("Delivery"),
    Criterion.PRACTICALITY: _("Practicality"),
    Criterion.QUALITY: _("Quality"),
    Criterion.ORIGINALITY: _("Originality"),
}
FEARS: Mapping[str, Text] = {
    Fear.WASTED_MONEY: _("Wasting money"),
    Fear.MISSED_DATE: _("Missing the date"),
    Fear.WRONG_FIT: _("Wrong size or fit"),
}
DATE_KINDS: Mapping[str, Text] = {
    DateKind.ANNIVERSARY: _("Anniversary"),
    DateKind.NAME_DAY: _("Name day"),
    DateKind.CHILD_BIRTHDAY: _("A child's birthday"),
    DateKind.OTHER: _("Another date"),
}
PURPOSES: Mapping[str, Text] = {
    Purpose.DATA_PROCESSING: _("Processing of personal data"),
    Purpose.ADVERTISING: _("Advertising"),
    Purpose.PERSONALISATION: _("Personal offers"),
    Purpose.SURVEYS: _("Surveys"),
}
CONSENT_CHANNELS: Mapping[str, Text] = {
    ConsentChannel.ANY: _("Any channel"),
    ConsentChannel.EMAIL: _("E-mail"),
    ConsentChannel.SMS: _("Text message"),
    ConsentChannel.MESSENGER: _("Messenger"),
    ConsentChannel.PHONE: _("Telephone call"),
}
CONSENT_BASES: Mapping[str, Text] = {
    ConsentBasis.CONSENT: _("Consent"),
    ConsentBasis.SOFT_OPT_IN: _("Bought and was told"),
}
LANGUAGES: Mapping[str, Text] = {"en": _("English"), "ru": _("Russian")}
# What the log calls news of people; other capabilities name their own kinds.
EVENT_KINDS: Mapping[str, Text] = {
    "customers.customer_registered": _("Became known"),
    "customers.profile_changed": _("Profile was changed"),
    "customers.contact_added": _("Contact was added"),
    "customers.contact_removed": _("Contact was removed"),
    "customers.contact_verified": _("Contact was verified"),
    "customers.tags_changed": _("Tags were changed"),
    "customers.note_written": _("Note was written"),
    "customers.important_dates_changed": _("Important dates were changed"),
    "customers.household_joined": _("Joined a household"),
    "customers.household_left": _("Left a household"),
    "customers.consent_given": _("Gave consent"),
    "customers.consent_withdrawn": _("Withdrew consent"),
    "customers.customers_merged": _("Profiles were merged"),
    "customers.merge_undone": _("A merge was undone"),
    "customers.customer_erased": _("Personal data was erased"),
}


def _values_of(column: str) -> Mapping[str, Text]:
    """The words that stand in a column, by the alphabet; the first five hundred."""
    rows = Customer.objects.filter(merged_into=None).exclude(**{column: ""}).order_by(column)
    return {value: value for value in rows.values_list(column, flat=True).distinct()[:500]}


def _cities() -> Mapping[str, Text]:
    return _values_of("city")


def _countries() -> Mapping[str, Text]:
    return _values_of("country")


def _contact(kind: ContactKind) -> str:
    """The contact of a kind that is used first."""
    return (
        "(SELECT x.value FROM customers_contact x WHERE x.customer_id = {t}.id"  # noqa: S608 - an enumeration's value
        f" AND x.kind = '{kind.value}' AND NOT x.is_placeholder"
        " ORDER BY x.is_primary DESC, x.created_at, x.id LIMIT 1)"
    )


def _has_contact(kind: ContactKind) -> str:
    return (
        "EXISTS (SELECT 1 FROM customers_contact x WHERE x.customer_id = {t}.id"  # noqa: S608 - an enumeration's value
        f" AND x.kind = '{kind.value}' AND NOT x.is_placeholder)"
    )


def _allows_advertising(*channels: ConsentChannel) -> str:
    """Whether the latest word on advertising, for one of the channels, was yes."""
    names = ", ".join(f"'{channel.value}'" for channel in channels)
    return (
        "COALESCE((SELECT x.is_given FROM customers_consentrecord x WHERE x.customer_id = {t}.id"  # noqa: S608 - enumerations' values
        f" AND x.purpose = '{Purpose.ADVERTISING.value}' AND x.channel IN ({names})"
        " ORDER BY x.at DESC, x.recorded_at DESC, x.id DESC LIMIT 1), FALSE)"
    )


ENTRIES: tuple[Source | Attribute | Fact, ...] = (
    Source(name="customers.customer", table="customers_customer", key="id"),
    Attribute(
        key="customers.name",
        label=pgettext_lazy("person", "Name"),
        type=Type.TEXT,
        sql="{t}.sort_name",
        shown="COALESCE(NULLIF(TRIM({t}.last_name || ' ' || {t}.first_name), ''), {t}.company)",
    ),
    Attribute(
        key="customers.any_contact",
        label=_("Name or any contact"),
        type=Type.TEXT,
        sql="{t}.search_text",
        help=_("Looks into names, e-mail addresses, telephone numbers and outside numbers."),
        permission="see_contacts",
    ),
    Attribute(
        key="customers.email",
        label=_("E-mail"),
        type=Type.TEXT,
        sql=_contact(ContactKind.EMAIL),
        permission="see_contacts",
    ),
    Attribute(
        key="customers.phone",
        label=_("Telephone"),
        type=Type.TEXT,
        sql=_contact(ContactKind.PHONE),
        permission="see_contacts",
    ),
    Attribute(
        key="customers.has_email",
        label=_("E-mail is known"),
        type=Type.BOOLEAN,
        sql=_has_contact(ContactKind.EMAIL),
        claim=_("who have an e-mail address"),
        claim_not=_("who have no e-mail address"),
    ),
    Attribute(
        key="customers.has_phone",
        label=_("Telephone is known"),
        type=Type.BOOLEAN,
        sql=_has_contact(ContactKind.PHONE),
        claim=_("who have a telephone number"),
        claim_not=_("who have no telephone number"),
    ),
    Attribute(
        key="customers.allows_email_advertising",
        label=_("Advertising by e-mail allowed"),
        type=Type.BOOLEAN,
        sql=_allows_advertising(ConsentChannel.ANY, ConsentChannel.EMAIL),
        claim=_("who allow advertising by e-mail"),
        claim_not=_("who do not allow advertising by e-mail"),
    ),
    Attribute(
        key="customers.allows_sms_advertising",
        label=_("Advertising by text message allowed"),
        type=Type.BOOLEAN,
        sql=_allows_advertising(ConsentChannel.ANY, ConsentChannel.SMS),
        claim=_("who allow advertising by text message"),
        claim_not=_("who do not allow advertising by text message"),
    ),
    Attribute(
        key="customers.city",
        label=_("City"),
        type=Type.CHOICE,
        sql="NULLIF({t}.city, '')",
        choices=_cities,
        is_open=True,
    ),
    Attribute(
        key="customers.country",
        label=_("Country"),
        type=Type.CHOICE,
        sql="NULLIF({t}.country, '')",
        choices=_countries,
        is_open=True,
    ),
    Attribute(
        key="customers.language",
        label=_("Language"),
        type=Type.CHOICE,
        sql="NULLIF({t}.language, '')",
        choices=LANGUAGES,
    ),
    Attribute(
        key="customers.birthday",
        label=_("Birthday"),
        type=Type.ANNIVERSARY,
        sql="{t}.birth_month * 100 + {t}.birth_day",
    ),
    Attribute(
        key="customers.birth_year",
        label=_("Year of birth"),
        type=Type.NUMBER,
        sql="{t}.birth_year",
    ),
    Attribute(
        key="customers.store",
        label=_("Store of choice"),
        type=Type.CHOICE,
        sql="{t}.store_id",
        choices=shop.stores,
        is_id=True,
    ),
    Attribute(
        key="customers.seller",
        label=_("Seller of choice"),
        type=Type.CHOICE,
        sql="{t}.seller_id",
        choices=shop.staff,
        is_id=True,
    ),
    Attribute(
        key="customers.criterion",
        label=_("What decides a purchase"),
        type=Type.CHOICE,
        sql="NULLIF({t}.criterion, '')",
        choices=CRITERIA,
    ),
    Attribute(
        key="customers.fear",
        label=_("Fear when buying"),
        type=Type.CHOICE,
        sql="NULLIF({t}.fear, '')",
        choices=FEARS,
    ),
    Attribute(
        key="customers.tags",
        label=_("Tags"),
        type=Type.SET,
        members=Members(table="customers_tag", column="folded", shown="name"),
    ),
    Attribute(
        key="customers.created_at",
        label=_("Known since"),
        type=Type.DATETIME,
        sql="{t}.created_at",
    ),
    Fact(
        key="customers.consent",
        label=_("Consent"),
        did=_("who made a statement of consent"),
        did_not=_("who made no statement of consent"),
        table="customers_consentrecord f",
        customer="f.customer_id",
        at="f.at",
        columns=(
            Attribute(key="purpose", label=_("Purpose"), type=Type.CHOICE, sql="f.purpose", choices=PURPOSES),
            Attribute(key="channel", label=_("Channel"), type=Type.CHOICE, sql="f.channel", choices=CONSENT_CHANNELS),
            Attribute(
                key="is_given",
                label=_("Given"),
                type=Type.BOOLEAN,
                sql="f.is_given",
                claim=_("consent was given"),
                claim_not=_("consent was refused or withdrawn"),
            ),
        ),
    ),
    Fact(
        key="customers.note",
        label=_("Note"),
        did=_("of whom staff wrote a note"),
        did_not=_("of whom staff wrote no note"),
        table="customers_note f",
        customer="f.customer_id",
        at="f.at",
    ),
)
