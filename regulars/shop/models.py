"""Tables of the organisation itself."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import F, Q

from regulars.foundation.access import Permission, Role, may
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA
from regulars.shop.rules import (
    AsOfMode,
    CalendarExceptionKind,
    Channel,
    Indicator,
    PlanPeriod,
    PlanScope,
    SpendingPurpose,
)


class Shop(models.Model):
    """The organisation's own settings: exactly one row."""

    personal_data = NO_PERSONAL_DATA

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120)
    base_currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    language = models.CharField(max_length=5, default="en")
    country = models.CharField(max_length=2, default="")
    as_of_mode = models.CharField(max_length=10, default=AsOfMode.AUTOMATIC.value)
    as_of_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="shop_is_one"),
            models.CheckConstraint(condition=one_of("as_of_mode", AsOfMode), name="shop_as_of_mode"),
            models.CheckConstraint(
                condition=~Q(as_of_mode="fixed") | Q(as_of_date__isnull=False), name="shop_fixed_date_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place of sale: a shop floor, the website, a marketplace stand."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=300, blank=True, default="")
    time_zone = models.CharField(max_length=64)
    calendar = models.ForeignKey("Calendar", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class StoreExternalId(models.Model):
    """How an outside system calls a store."""

    personal_data = NO_PERSONAL_DATA

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="store_external_once")]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Staff(AbstractBaseUser):
    """A person who works here and signs in with an e-mail address."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12)
    store = models.ForeignKey(Store, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, blank=True, default="")
    theme = models.CharField(max_length=5, blank=True, default="")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]
    is_staff = False

    class Meta:
        constraints = [models.CheckConstraint(condition=one_of("role", Role), name="staff_role")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def may(self, permission: Permission) -> bool:
        return self.is_active and may(Role(self.role), permission)


class StaffExternalId(models.Model):
    """How an outside system calls a member of staff."""

    personal_data = NO_PERSONAL_DATA

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="staff_external_once")]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Invitation(models.Model):
    """A one-time link by which a member of staff sets a password. Only the token's hash is kept."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Shift(models.Model):
    """Who works where, from when to when."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="shifts")
    store = models.ForeignKey(Store, null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_has_length")]
        indexes = [models.Index(fields=["store", "starts_at"], name="shift_of_store")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.starts_at}"


class Calendar(models.Model):
    """Working hours: weekly spans, holidays of a country, exceptions."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120, unique=True)
    time_zone = models.CharField(max_length=64)
    holiday_country = models.CharField(max_length=2, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class CalendarSpan(models.Model):
    """A span of a weekday, in minutes from its midnight; an end past 1440 reaches into the next day."""

    personal_data = NO_PERSONAL_DATA

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="spans")
    weekday = models.PositiveSmallIntegerField()
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "start_minute"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="span_weekday"),
            models.CheckConstraint(
                condition=Q(start_minute__lt=1440, end_minute__gt=F("start_minute"), end_minute__lte=2880),
                name="span_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start_minute}-{self.end_minute}"


class CalendarException(models.Model):
    """A date that differs from its weekday: closed, or open with its own span."""

    personal_data = NO_PERSONAL_DATA

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField()
    kind = models.CharField(max_length=6)
    start_minute = models.PositiveSmallIntegerField(null=True)
    end_minute = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["date", "start_minute"]
        constraints = [
            models.CheckConstraint(condition=one_of("kind", CalendarExceptionKind), name="exception_kind"),
            models.CheckConstraint(
                condition=Q(kind="closed")
                | Q(start_minute__lt=1440, end_minute__gt=F("start_minute"), end_minute__lte=2880),
                name="exception_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class CurrencyRate(models.Model):
    """Units of the base currency for one unit of `currency`, from a date on."""

    personal_data = NO_PERSONAL_DATA

    currency = models.CharField(max_length=3)
    valid_from_date = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        ordering = ["currency", "-valid_from_date"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from_date"], name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.valid_from_date}"


class Goal(models.Model):
    """A value that an indicator shall reach by a date, and who answers for it."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    indicator = models.CharField(max_length=40)
    start_value = models.FloatField()
    target_value = models.FloatField()
    start_date = models.DateField()
    due_date = models.DateField()
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["due_date"]
        constraints = [
            models.CheckConstraint(condition=one_of("indicator", Indicator), name="goal_indicator"),
            models.CheckConstraint(condition=Q(due_date__gt=F("start_date")), name="goal_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.due_date}"


class Cause(models.Model):
    """A node of the cause tree: why things go wrong, shared by losses, returns, complaints and reviews."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=120)
    name_ru = models.CharField(max_length=120)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class SpendingUpload(models.Model):
    """A file of spending that was taken in. `replaced`: the amounts before, by spending's id, to undo it."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    file_name = models.CharField(max_length=200)
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    replaced = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name


class Spending(models.Model):
    """Money spent in a month on winning or keeping customers, or on neither. No channel: for the whole shop."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    month_date = models.DateField()
    purpose = models.CharField(max_length=12)
    channel = models.CharField(max_length=12, blank=True, default="")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True, default="")
    # The file that brought it; none: typed in.
    upload = models.ForeignKey(SpendingUpload, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month_date", "purpose", "channel", "note", "currency"],
                condition=Q(removed_at__isnull=True),
                name="spending_once",
            ),
            models.CheckConstraint(condition=one_of("purpose", SpendingPurpose), name="spending_purpose"),
            models.CheckConstraint(condition=one_of("channel", Channel, may_be_blank=True), name="spending_channel"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="spending_positive"),
        ]
        indexes = [models.Index(fields=["-month_date", "-id"], name="spending_by_month")]

    def __str__(self) -> str:
        return f"{self.month_date} {self.purpose} {self.amount_minor}"


class EconomicsAssumptions(models.Model):
    """What the owner says of the business where data do not: exactly one row, once he has said anything."""

    personal_data = NO_PERSONAL_DATA

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    margin_share = models.FloatField(null=True)
    discount_share = models.FloatField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="assumptions_are_one")]

    def __str__(self) -> str:
        return "economics"


class SalesPlan(models.Model):
    """What shall be sold in a month or on a day, in the base currency, by whom or where (see PlanScope)."""

    personal_data = NO_PERSONAL_DATA

    scope = models.CharField(max_length=8)
    scope_id = models.CharField(max_length=36, blank=True, default="")
    period = models.CharField(max_length=5)
    on_date = models.DateField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["on_date", "period", "scope", "scope_id"], name="plan_once"),
            models.CheckConstraint(condition=one_of("scope", PlanScope), name="plan_scope"),
            models.CheckConstraint(condition=one_of("period", PlanPeriod), name="plan_period"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="plan_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.scope_id} {self.on_date}"


class DaySignOff(models.Model):
    """A store's day as it was closed in the evening: what the orders say, what was counted, by whom."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField()
    orders = models.PositiveIntegerField()
    expected_minor = models.BigIntegerField()
    counted_minor = models.BigIntegerField()
    has_checked_orders = models.BooleanField()
    has_checked_cash = models.BooleanField()
    note = models.CharField(max_length=300, blank=True, default="")
    signed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "on_date"], condition=Q(undone_at__isnull=True), name="day_signed_once"
            ),
            models.CheckConstraint(
                condition=Q(counted_minor=F("expected_minor")) | ~Q(note=""), name="day_difference_explained"
            ),
        ]
        indexes = [models.Index(fields=["-on_date", "store"], name="sign_off_by_day")]

    def __str__(self) -> str:
        return f"{self.store_id} {self.on_date}"
