"""Tables of analysis runs and of what changed since the last one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA
from regulars.insight.rules.recommending.trying import AssociationState
from regulars.insight.rules.runs import RunState


class StageRules(models.Model):
    """The owner's thresholds for the stages of loyalty; one row, versioned."""

    personal_data = NO_PERSONAL_DATA

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveIntegerField(default=1)
    thresholds = models.JSONField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"version {self.version}"


class AnalysisRun(models.Model):
    """One pass over the shop's data: where it stands, how long each step took."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    state = models.CharField(max_length=12, default=RunState.RUNNING.value)
    is_full = models.BooleanField(default=False)
    is_baseline = models.BooleanField(default=False)
    as_of = models.DateTimeField()
    stage_version = models.PositiveIntegerField()
    model_version = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=30, blank=True, default="")
    done_share = models.FloatField(default=0.0)
    steps = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    folder = models.CharField(max_length=200, blank=True, default="")
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="analysis_one_at_a_time"),
            models.CheckConstraint(condition=one_of("state", RunState), name="analysis_state"),
        ]
        indexes = [models.Index(fields=["started_at"], name="analysis_by_age")]

    def __str__(self) -> str:
        return str(self.id)


class ChangedPart(models.Model):
    """A month of an extract whose rows changed since it was last brought over."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    extract = models.CharField(max_length=40)
    part = models.CharField(max_length=7)
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["extract", "part"], name="changed_part")]

    def __str__(self) -> str:
        return f"{self.extract} {self.part}"


class Association(models.Model):
    """Staff's word that one thing leads to another by way of a need; tried, measured, kept or dropped.

    Each end is a product or a category. `via_product` instead of a need: found by data.
    """

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    source_product = models.ForeignKey("commerce.Product", null=True, on_delete=models.CASCADE, related_name="+")
    source_category = models.ForeignKey("commerce.Category", null=True, on_delete=models.CASCADE, related_name="+")
    target_product = models.ForeignKey("commerce.Product", null=True, on_delete=models.CASCADE, related_name="+")
    target_category = models.ForeignKey("commerce.Category", null=True, on_delete=models.CASCADE, related_name="+")
    via_product = models.ForeignKey("commerce.Product", null=True, on_delete=models.CASCADE, related_name="+")
    need = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=10, default=AssociationState.PROPOSED.value)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("state", AssociationState), name="association_state"),
            models.CheckConstraint(
                condition=Q(source_product__isnull=True) ^ Q(source_category__isnull=True), name="association_source"
            ),
            models.CheckConstraint(
                condition=Q(target_product__isnull=True) ^ Q(target_category__isnull=True), name="association_target"
            ),
        ]
        indexes = [models.Index(fields=["state", "-proposed_at"], name="association_by_state")]

    def __str__(self) -> str:
        return str(self.id)
