"""The analysis: what changed is brought over, figures are found, readers are switched to them."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from regulars.audience.actions import findings as audience
from regulars.audience.queries import findings as found
from regulars.commerce.queries import orders as commerce
from regulars.foundation import queue
from regulars.foundation.actors import Actor
from regulars.foundation.clock import Clock
from regulars.insight import store
from regulars.insight.actions import extraction, turn
from regulars.insight.actions.figures import Question, findings_from
from regulars.insight.models import AnalysisRun
from regulars.insight.queries.stage_rules import stage_rules
from regulars.insight.rules.runs import (
    BEGINS_AT,
    MARKING,
    MODEL_VERSION,
    Basis,
    RunState,
    Step,
    is_baseline,
    seconds_left,
)
from regulars.shop import queries as shop

# A row of history recorded a little before the last run began may have been committed after it.
_LATE = timedelta(hours=1)
_BEAT_SECONDS = 1.0
# An import leaves tens of thousands; so many at once take well under 200 ms on SQLite.
_DELIVERIES = 1000


@dataclass(frozen=True)
class Progress:
    """done_share: of the whole run, 0 to 1. seconds_left: None while there is no pace yet."""

    step: Step
    done_share: float
    seconds_left: float | None


@dataclass(frozen=True)
class AnalysisResult:
    """What a run did. changes: customers whose change of stage was recorded. products_solved: how many products the
    square matrix of recommendations held; counted links stand in for the rest.
    """

    run_id: UUID
    as_of: datetime
    is_baseline: bool
    parts_read: int
    parts_kept: int
    rows_read: int
    customers: int
    products: int
    orders: int
    products_solved: int
    changes: int
    seconds: float


OnProgress = Callable[[Progress], None]


def analyse(
    *, by: Actor, clock: Clock, is_full: bool = False, on_progress: OnProgress = lambda _: None
) -> AnalysisResult:
    """Bring findings up to date. `is_full`: read everything anew instead of what changed.

    Raises AnalysisRunning while another run is under way, EngineMissing if the chosen engine is not there. A run that
    was killed left nothing behind that readers see; the next one starts from the last that ended well.
    """
    root = Path(settings.HOME) / "parquet"
    with turn.held(root):
        AnalysisRun.objects.filter(state=RunState.RUNNING).update(state=RunState.INTERRUPTED, finished_at=clock())
        extraction.remove_folders(root, keep=_folders_kept())
        run = _begin(is_full=is_full, now=clock())
        watch = _Watch(run, clock=clock, on_progress=on_progress)
        try:
            return _run(run, watch, root, by=by, clock=clock)
        except Exception as error:
            watch.end(RunState.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
            raise
        except BaseException:
            watch.end(RunState.INTERRUPTED)
            raise
        finally:
            extraction.remove_folders(root, keep=_folders_kept())


def _begin(*, is_full: bool, now: datetime) -> AnalysisRun:
    as_of = shop.as_of(now=now, newest_order_at=commerce.newest_order_at())
    rules = stage_rules()
    last = AnalysisRun.objects.filter(state=RunState.DONE).order_by("-started_at").first()
    before = Basis(last.as_of, last.stage_version, last.model_version) if last and found.publication() else None
    after = Basis(as_of.at, rules.version, MODEL_VERSION)
    return AnalysisRun.objects.create(
        is_full=is_full,
        is_baseline=is_baseline(before, after),
        as_of=as_of.at,
        stage_version=rules.version,
        model_version=MODEL_VERSION,
        started_at=now,
        beat_at=now,
    )


def _run(run: AnalysisRun, watch: "_Watch", root: Path, *, by: Actor, clock: Clock) -> AnalysisResult:
    watch.begin(Step.MARKS)
    queue.drain(clock, names=[MARKING])
    watch.begin(Step.EXTRACTS)
    folder = root / str(run.id)
    brought = extraction.bring(folder, is_full=run.is_full, on_share=watch.share)
    watch.begin(Step.FIGURES)
    with _engine() as engine:
        findings, counts = findings_from(engine, folder, _question(run), on_share=watch.share)
    watch.begin(Step.PUBLISHING)
    changes = audience.publish(
        findings, run_id=run.id, as_of=run.as_of, is_baseline=run.is_baseline, by=by, now=clock(), on_share=watch.share
    )
    result = AnalysisResult(
        run_id=run.id,
        as_of=run.as_of,
        is_baseline=run.is_baseline,
        parts_read=brought.parts_read,
        parts_kept=brought.parts_kept,
        rows_read=brought.rows_read,
        **counts,
        changes=changes,
        seconds=round(watch.elapsed, 2),
    )
    # The folder counts from here on, so the marks that it made good may go; killed in between, they are read twice.
    watch.end(RunState.DONE, folder=folder.name, counts=_counts(result))
    extraction.forget_marks(brought.mark_ids)
    return result


def _engine() -> AbstractContextManager[store.Store]:
    chosen = settings.ENVIRONMENT
    spark = store.Spark(chosen.spark_master, chosen.spark_folder) if chosen.engine == "spark" else None
    return store.opened(memory_mib=chosen.job_memory_mib // 2, threads=os.cpu_count() or 1, spark=spark)


def _question(run: AnalysisRun) -> Question:
    as_of = shop.as_of(now=run.started_at, newest_order_at=commerce.newest_order_at())
    last = AnalysisRun.objects.filter(state=RunState.DONE).order_by("-started_at").first()
    return Question(
        as_of=run.as_of,
        today=run.as_of.astimezone(shop.shop().zone).date(),
        is_now=as_of.is_now,
        thresholds=stage_rules().thresholds,
        stages_before={} if run.is_baseline else found.stages_by_hex(),
        history_since=last.started_at - _LATE if last else None,
        models_before={} if run.is_full or run.is_baseline else found.shop_finding("models") or {},
    )


def _folders_kept() -> list[str]:
    names = AnalysisRun.objects.filter(state=RunState.DONE).order_by("-started_at").values_list("folder", flat=True)
    return list(names[:2])


def _counts(result: AnalysisResult) -> dict[str, Any]:
    return {name: value for name, value in asdict(result).items() if type(value) is int}


class _Watch:
    """Writes down where a run stands, at most once a second, and tells the caller."""

    def __init__(self, run: AnalysisRun, *, clock: Clock, on_progress: OnProgress) -> None:
        self._run, self._clock, self._on_progress = run, clock, on_progress
        self._started = self._step_started = self._beaten = time.monotonic()
        self._step: Step | None = None

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._started

    def begin(self, step: Step) -> None:
        self._close_step()
        self._step, self._step_started = step, time.monotonic()
        self._beat(BEGINS_AT[step], is_forced=True)

    def share(self, share: float) -> None:
        """How much of the present step is done."""
        assert self._step is not None
        ends = [at for at in BEGINS_AT.values() if at > BEGINS_AT[self._step]]
        start = BEGINS_AT[self._step]
        self._beat(start + (min(ends, default=1.0) - start) * share)

    def end(self, state: RunState, *, folder: str = "", counts: dict[str, Any] | None = None, error: str = "") -> None:
        self._close_step()
        AnalysisRun.objects.filter(id=self._run.id).update(
            state=state,
            step="",
            steps=self._run.steps,
            done_share=1.0 if state is RunState.DONE else self._run.done_share,
            beat_at=self._clock(),
            finished_at=self._clock(),
            folder=folder,
            counts=counts or {},
            error=error,
        )

    def _close_step(self) -> None:
        if self._step is not None:
            seconds = round(time.monotonic() - self._step_started, 2)
            self._run.steps.append({"step": self._step.value, "seconds": seconds})
            self._step = None

    def _beat(self, done_share: float, *, is_forced: bool = False) -> None:
        self._on_progress(Progress(self._step or Step.MARKS, done_share, seconds_left(self.elapsed, done_share)))
        if is_forced or time.monotonic() - self._beaten >= _BEAT_SECONDS:
            self._beaten = time.monotonic()
            self._run.done_share = done_share
            AnalysisRun.objects.filter(id=self._run.id).update(
                step=self._step or "", steps=self._run.steps, done_share=done_share, beat_at=self._clock()
            )
