"""The whole sample shop as plain values, before anything is written: `simulate` is a function of its arguments."""

from dataclasses import dataclass, replace
from datetime import date

from regulars.project.demo import aftermath, cast
from regulars.project.demo.aftermath import SampleEnquiry, SampleProfile, SampleReturn
from regulars.project.demo.process import GUESTS_SHARE, Life, SampleOrder, World, guests, live
from regulars.project.demo.visits import SampleVisit, visits


@dataclass(frozen=True)
class Simulation:
    """orders: all of them, guests' too, by time; their numbers are the shop's. profiles: in order of customers."""

    world: World
    seed: int
    lives: tuple[Life, ...]
    orders: tuple[SampleOrder, ...]
    returns: tuple[SampleReturn, ...]
    enquiries: tuple[SampleEnquiry, ...]
    profiles: tuple[SampleProfile, ...]
    visits: tuple[SampleVisit, ...]


def simulate(*, customers: int, end_date: date, seed: int, language: str) -> Simulation:
    """Two years of `customers` people (the cast of ten among them) that end with the day before `end_date`."""
    world = World.until(end_date, language=language)
    everybody = [*cast.lives(world), *(live(n, world, seed=seed) for n in range(len(cast.CAST) + 1, customers + 1))]
    named = [order for life in everybody for order in life.orders]
    unnamed = guests(len(named) * GUESTS_SHARE, world, seed=seed)
    by_time = sorted([*named, *unnamed], key=lambda order: (order.placed_at, order.number))
    numbers = {order.number: f"{order.placed_at:%y%m}-{place:05d}" for place, order in enumerate(by_time, start=1)}
    orders = tuple(replace(order, number=numbers[order.number]) for order in by_time)
    lives = tuple(
        replace(life, orders=tuple(replace(order, number=numbers[order.number]) for order in life.orders))
        for life in everybody
    )
    return Simulation(
        world=world,
        seed=seed,
        lives=lives,
        orders=orders,
        returns=tuple(aftermath.returns(orders, world, seed=seed)),
        enquiries=tuple(aftermath.enquiries(orders, world, customers=customers, seed=seed)),
        profiles=tuple(aftermath.profiles(lives, seed=seed)),
        visits=tuple(visits(lives, world, seed=seed)),
    )
