"""Tables of people: who they are, how to reach them, what they allowed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from regulars.customers.rules import (
    ConsentBasis,
    ConsentChannel,
    ContactKind,
    Criterion,
    DateKind,
    Fear,
    MergeReason,
    Purpose,
)
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA, PersonalData


class Household(models.Model):
    """People who live and buy together."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120, blank=True, default="")

    def __str__(self) -> str:
        return str(self.id)


class Customer(models.Model):
    """A person or firm that buys or may buy. A merged profile stays as an alias of the one it went into."""

    personal_data = PersonalData(
        owner="id",
        export=(
            "created_at",
            "first_name",
            "last_name",
            "patronymic",
            "company",
            "language",
            "time_zone",
            "country",
            "city",
            "birth_day",
            "birth_month",
            "birth_year",
            "criterion",
            "fear",
            "tastes",
            "priorities",
        ),
        erase={
            "first_name": "",
            "last_name": "",
            "patronymic": "",
            "company": "",
            "city": "",
            "birth_day": None,
            "birth_month": None,
            "birth_year": None,
            "criterion": "",
            "fear": "",
            "tastes": [],
            "priorities": [],
            "search_text": "",
            "sort_name": "",
            "household": None,
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    created_at = models.DateTimeField()
    first_name = models.CharField(max_length=120, blank=True, default="")
    last_name = models.CharField(max_length=120, blank=True, default="")
    patronymic = models.CharField(max_length=120, blank=True, default="")
    company = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=5, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    country = models.CharField(max_length=60, blank=True, default="")
    city = models.CharField(max_length=120, blank=True, default="")
    birth_day = models.PositiveSmallIntegerField(null=True)
    birth_month = models.PositiveSmallIntegerField(null=True)
    birth_year = models.PositiveSmallIntegerField(null=True)
    store = models.ForeignKey("shop.Store", null=True, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    criterion = models.CharField(max_length=16, blank=True, default="")
    fear = models.CharField(max_length=16, blank=True, default="")
    tastes = models.JSONField(default=list)
    priorities = models.JSONField(default=list)
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL, related_name="members")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="aliases")
    erased_at = models.DateTimeField(null=True)
    # Folded names, contacts and outside ids, for search; folded last and first name, for order.
    search_text = models.TextField(blank=True, default="")
    sort_name = models.CharField(max_length=250, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["sort_name", "id"], name="customer_by_name", condition=Q(merged_into__isnull=True)),
            models.Index(fields=["created_at", "id"], name="customer_by_age", condition=Q(merged_into__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=one_of("criterion", Criterion, may_be_blank=True), name="customer_criterion"
            ),
            models.CheckConstraint(condition=one_of("fear", Fear, may_be_blank=True), name="customer_fear"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="customer_not_own_alias"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Contact(models.Model):
    """A way to reach a customer. `value` is normalised: lower-case e-mail, E.164 telephone number."""

    personal_data = PersonalData(
        owner="customer_id", export=("kind", "value", "is_primary", "verified_at"), is_deleted_on_erasure=True
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=254)
    is_primary = models.BooleanField(default=False)
    is_placeholder = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="contact_once"),
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(is_primary=True), name="contact_one_primary"
            ),
            models.CheckConstraint(condition=one_of("kind", ContactKind), name="contact_kind"),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="contact_value")]

    def __str__(self) -> str:
        return str(self.id)


class ExternalId(models.Model):
    """How an outside system calls a customer, and what it last said of him: what it says anew is then a correction,
    and what it repeats does not undo what staff changed."""

    personal_data = PersonalData(
        owner="customer_id", export=("source", "external_id", "said"), is_deleted_on_erasure=True
    )

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    said = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="external_once")]

    def __str__(self) -> str:
        return str(self.pk)


class ImportantDate(models.Model):
    personal_data = PersonalData(
        owner="customer_id", export=("kind", "day", "month", "year", "note"), is_deleted_on_erasure=True
    )

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="dates")
    kind = models.CharField(max_length=16)
    day = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=one_of("kind", DateKind), name="date_kind")]

    def __str__(self) -> str:
        return str(self.pk)


class Tag(models.Model):
    """A word that staff put on a customer; `folded` is what search and conditions compare."""

    personal_data = PersonalData(owner="customer_id", export=("name",), is_deleted_on_erasure=True)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)
    folded = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "folded"], name="tag_once")]
        indexes = [models.Index(fields=["folded"], name="tag_folded")]

    def __str__(self) -> str:
        return str(self.pk)


class Note(models.Model):
    personal_data = PersonalData(owner="customer_id", export=("at", "text"), is_deleted_on_erasure=True)

    id = models.UUIDField(primary_key=True, default=new_id)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    text = models.TextField()

    def __str__(self) -> str:
        return str(self.id)


class ConsentText(models.Model):
    """The exact words that people agree to, in one version and language; never changed once used."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    purpose = models.CharField(max_length=16)
    language = models.CharField(max_length=5)
    version = models.PositiveIntegerField()
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="consent_text_once"),
            models.CheckConstraint(condition=one_of("purpose", Purpose), name="consent_text_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.language} {self.version}"


class ConsentRecord(models.Model):
    """One statement of a person's will. Append-only: the latest of each purpose and channel counts."""

    personal_data = PersonalData(
        owner="customer_id",
        export=("purpose", "channel", "is_given", "basis", "at", "source", "proof", "text__text"),
        erase={"proof": {}},
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=16)
    channel = models.CharField(max_length=10)
    is_given = models.BooleanField()
    basis = models.CharField(max_length=12, default=ConsentBasis.CONSENT.value)
    text = models.ForeignKey(ConsentText, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=80)
    proof = models.JSONField(default=dict)
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("purpose", Purpose), name="consent_purpose"),
            models.CheckConstraint(condition=one_of("channel", ConsentChannel), name="consent_channel"),
            models.CheckConstraint(condition=one_of("basis", ConsentBasis), name="consent_basis"),
        ]
        indexes = [models.Index(fields=["customer", "purpose", "channel", "at"], name="consent_latest")]

    def __str__(self) -> str:
        return str(self.id)


class Merge(models.Model):
    """One profile gone into another, with what moved, so that it can be undone."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    # capability → what its merge rule needs to undo its part: ids, no personal data.
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=one_of("reason", MergeReason), name="merge_reason")]
        indexes = [models.Index(fields=["survivor", "at"], name="merge_of_survivor")]

    def __str__(self) -> str:
        return str(self.id)


class NotTheSame(models.Model):
    """Two profiles that a person looked at and said are different people; `first` sorts before `second`."""

    personal_data = NO_PERSONAL_DATA

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="not_the_same_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Erasure(models.Model):
    """A person was forgotten here. The same is kept in a file beside the database, for backups from before."""

    personal_data = NO_PERSONAL_DATA

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    def __str__(self) -> str:
        return str(self.pk)


class ErasedIdentity(models.Model):
    """A keyed hash of how a source or a contact named a forgotten person, so that an old file brings nobody back."""

    personal_data = NO_PERSONAL_DATA

    digest = models.CharField(max_length=64, primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.digest
