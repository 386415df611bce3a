"""Import runs and the profiles by which files are read."""

from django.db import models
from django.db.models import Q

from regulars.commerce.rules import ImportKind, ImportState
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA


class ImportProfile(models.Model):
    """How one kind of file is read: columns, dates, numbers, zone. Saved so that the next file needs no questions."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10)
    definition = models.JSONField()
    created_at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file or feed taken in: where it stands, what it counted."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default=ImportState.UPLOADED.value)
    file_name = models.CharField(max_length=255, blank=True, default="")
    path = models.CharField(max_length=500, blank=True, default="")
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    definition = models.JSONField(default=dict)
    go_live_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=20, blank=True, default="")
    # The last thing done within the step, written with what was done: from here a stopped run goes on.
    checkpoint = models.CharField(max_length=130, blank=True, default="")
    is_stop_asked = models.BooleanField(default=False)
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    # What a person should look at: SKUs that differ by case only.
    findings = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("kind", ImportKind), name="import_kind"),
            models.CheckConstraint(condition=one_of("state", ImportState), name="import_state"),
            # Two imports at once would race for the same orders: the second waits or says so.
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="import_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="import_by_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
