"""Shops whose truth is known: who still buys, how often, when he left, what he will spend."""

from tests.simulation.analysing import Judged, judged
from tests.simulation.worlds import START, Simulated, World, simulate

__all__ = ["START", "Judged", "Simulated", "World", "judged", "simulate"]
