"""Thin worker entries of insight."""

import time
from datetime import datetime, timedelta

from regulars.foundation.actors import Actor
from regulars.foundation.clock import Clock
from regulars.foundation.queue import Handler
from regulars.insight.actions.stage_rules import ANALYSE, request_analysis
from regulars.insight.actions.turn import AnalysisRunning
from regulars.insight.rules.runs import next_night
from regulars.shop import queries as shop

_WAIT = timedelta(seconds=30)


def run_analysis(*, now: datetime, is_full: bool = False) -> None:
    from regulars.insight.actions.analysing import analyse  # the engine is loaded by the process that computes

    try:
        analyse(by=Actor.system("analyse"), clock=_clock_from(now), is_full=is_full)
    except AnalysisRunning:
        # Whoever asked wants what is new since then, so it waits for its turn.
        request_analysis(now=now, is_full=is_full, due_at=now + _WAIT)


def _clock_from(now: datetime) -> Clock:
    started = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - started)


def _next_night(now: datetime) -> datetime:
    return next_night(now, shop.shop().zone)


HANDLERS = (
    Handler(name=ANALYSE, run=run_analysis, is_atomic=False, in_child=True, max_attempts=3),
    Handler(
        name=f"{ANALYSE}_nightly",
        run=run_analysis,
        is_atomic=False,
        in_child=True,
        max_attempts=3,
        next_due=_next_night,
    ),
)
