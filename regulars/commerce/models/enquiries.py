"""Enquiries: what people ask before there is an order."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from regulars.commerce.models.orders import Order
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome, EnquiryStep
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import PersonalData
from regulars.shop.rules import Channel


class Enquiry(models.Model):
    """Somebody asked before there was an order: call, form, visit, request for a measuring visit."""

    personal_data = PersonalData(
        owner="customer_id",
        export=("kind", "opened_at", "subject", "step", "outcome", "loss_note"),
        erase={"contact_name": "", "contact_value": "", "subject": "", "loss_note": "–"},
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=10)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    contact_name = models.CharField(max_length=200, blank=True, default="")
    contact_value = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    channel = models.CharField(max_length=12, default=Channel.OTHER.value)
    store = models.ForeignKey("shop.Store", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, default=EnquiryStep.NEW.value)
    # How far it had come when it was closed; "" while it is open.
    closed_from = models.CharField(max_length=10, blank=True, default="")
    outcome = models.CharField(max_length=4, default=EnquiryOutcome.OPEN.value)
    loss_cause = models.ForeignKey("shop.Cause", null=True, on_delete=models.PROTECT, related_name="+")
    loss_note = models.CharField(max_length=300, blank=True, default="")
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    step_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("kind", EnquiryKind), name="enquiry_kind"),
            models.CheckConstraint(condition=one_of("step", EnquiryStep), name="enquiry_step"),
            models.CheckConstraint(condition=one_of("outcome", EnquiryOutcome), name="enquiry_outcome"),
            models.CheckConstraint(
                condition=Q(outcome="open") | Q(step="closed", closed_at__isnull=False), name="enquiry_closed_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="lost") | Q(loss_cause__isnull=False) | ~Q(loss_note=""),
                name="enquiry_lost_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="enquiry_due", condition=Q(outcome="open")),
            models.Index(fields=["opened_at", "id"], name="enquiry_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)
