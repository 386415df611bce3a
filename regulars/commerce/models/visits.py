"""What happens on the shop's sites, and the keys by which a site may tell of it."""

from django.db import models
from django.db.models import Q

from regulars.commerce.models.catalogue import Product
from regulars.commerce.rules.visits import KEEP_DAYS, Device, SiteEventKind
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA, PersonalData


class Site(models.Model):
    """A site that may send what its visitors do: its public key, from which origins, and how long it is kept.

    source: under which name its events stand; orders_source: which source numbers the orders that they refer to.
    """

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=40, unique=True)
    origins = models.JSONField(default=list)
    source = models.CharField(max_length=40, unique=True)
    orders_source = models.CharField(max_length=40, blank=True, default="")
    keep_days = models.PositiveIntegerField(default=KEEP_DAYS)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class SiteEvent(models.Model):
    """Something that a visitor did on the site. No address of the network, no text that was typed.

    visitor: a random name of the browser. customer: whose it turned out to be. local_date: the shop's day.
    """

    personal_data = PersonalData(
        owner="customer_id",
        export=("kind", "occurred_at", "path", "section", "product__name", "came_from", "campaign", "device"),
        is_deleted_on_erasure=True,
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    visitor = models.CharField(max_length=64)
    session = models.CharField(max_length=64, blank=True, default="")
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    path = models.CharField(max_length=300, blank=True, default="")
    section = models.CharField(max_length=60, blank=True, default="")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    came_from = models.CharField(max_length=60, blank=True, default="")
    campaign = models.CharField(max_length=120, blank=True, default="")
    device = models.CharField(max_length=8, default=Device.OTHER.value)
    reference = models.CharField(max_length=120, blank=True, default="")
    occurred_at = models.DateTimeField()
    local_date = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="site_event_once"),
            models.CheckConstraint(condition=one_of("kind", SiteEventKind), name="site_event_kind"),
            models.CheckConstraint(condition=one_of("device", Device), name="site_event_device"),
        ]
        indexes = [
            models.Index(fields=["source", "visitor"], name="site_event_visitor"),
            models.Index(fields=["local_date"], name="site_event_date"),
            models.Index(fields=["customer"], name="site_event_customer", condition=Q(customer__isnull=False)),
            models.Index(
                fields=["reference"],
                name="site_event_unnamed",
                condition=Q(customer__isnull=True) & ~Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"
