"""Tables of the event log, the job queue and the audit trail."""

from django.db import models
from django.db.models import Q

from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA, PersonalData


class Event(models.Model):
    """One thing that happened. Append-only; ids and figures, no personal data."""

    personal_data = PersonalData(owner="customer_id", export=("kind", "occurred_at", "payload"))

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=80)
    version = models.SmallIntegerField(default=1)
    customer_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=80)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    is_history = models.BooleanField(default=False)
    key = models.CharField(max_length=160, unique=True)
    payload = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["customer_id", "occurred_at"], name="event_of_customer", condition=Q(customer_id__isnull=False)
            ),
            models.Index(fields=["kind", "occurred_at"], name="event_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Job(models.Model):
    """A machine's work that is still to do: a delivery of an event to a reaction, or a job of its own.

    A done job's row is deleted in the transaction of its effect, so what is here is either waiting or dead.
    `due_at` is also the lease: claiming moves it into the future and raises `claim_number`, which never falls.
    """

    # The text of an error may quote the customer whom the event is about.
    personal_data = PersonalData(owner="event__customer_id", erase={"last_error": ""})

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=80)
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=160, null=True, unique=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_number = models.PositiveIntegerField(default=0)
    is_dead = models.BooleanField(default=False)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="job_fresh", condition=Q(is_dead=False, attempts=0)),
            models.Index(fields=["due_at"], name="job_retry", condition=Q(is_dead=False, attempts__gt=0)),
            models.Index(fields=["created_at"], name="job_dead", condition=Q(is_dead=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class OutwardPause(models.Model):
    """While its one row is there, nothing that reaches people outside is done; such jobs wait."""

    personal_data = NO_PERSONAL_DATA

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    since = models.DateTimeField()
    reason = models.CharField(max_length=40)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="outward_pause_is_one")]

    def __str__(self) -> str:
        return self.reason


class AuditEntry(models.Model):
    """Who did what to which thing, with the values before and after."""

    personal_data = PersonalData(
        owner="customer_id", export=("at", "verb", "before", "after"), erase={"before": {}, "after": {}}
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    customer_id = models.UUIDField(null=True, default=None)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="audit_subject"),
            models.Index(fields=["actor", "at"], name="audit_actor"),
            models.Index(fields=["at", "id"], name="audit_at"),
            models.Index(fields=["customer_id"], name="audit_customer", condition=Q(customer_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"
