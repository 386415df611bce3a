"""Writes a simulation down, through the same actions that everybody uses: no table is touched here.

What it writes is history: a timeline and figures, never a message, a point or a task.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions import catalogue, enquiries, placing, prices, returns
from regulars.commerce.actions import visits as site
from regulars.commerce.queries import catalogue as catalogue_queries
from regulars.commerce.queries import orders as order_queries
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome, EnquiryStep, OrderDraft, OrderLineDraft, OrderStatus
from regulars.commerce.rules.visits import Device, SiteEventDraft, SiteEventKind
from regulars.customers import actions as customer_actions
from regulars.customers import queries as customers
from regulars.customers.rules import Criterion, Person
from regulars.foundation.actors import Actor
from regulars.project.demo import economics, organisation, seasons
from regulars.project.demo.aftermath import SampleEnquiry
from regulars.project.demo.cast import CAST
from regulars.project.demo.catalogue import BY_SKU, CATEGORIES, PRODUCTS, REFILLED
from regulars.project.demo.people import phone_of
from regulars.project.demo.persons import person_of
from regulars.project.demo.process import Life, SampleOrder, at_local
from regulars.project.demo.seasons import ONLINE
from regulars.project.demo.simulation import Simulation
from regulars.shop import queries as shop_queries
from regulars.shop.rules import Channel

SOURCE = "sample"
BY = Actor.system("demo")
PIECE = 400
# Who answers enquiries, by store.
_ANSWERS = {"lipovaya": "vera", "pristan": "alisa", ONLINE: "nadia"}
# From so many orders on staff know a customer's taste and seller.
KNOWN_FROM_ORDERS = 5
Item = TypeVar("Item")
Report = Callable[[str, float], None]


@dataclass
class Written:
    """What stands by now, by the simulation's names."""

    places: organisation.Places
    variants: Mapping[str, UUID] = field(default_factory=dict)
    customers: dict[str, UUID] = field(default_factory=dict)
    orders: dict[str, UUID] = field(default_factory=dict)


def write(simulation: Simulation, *, now: datetime, report: Report = lambda _step, _share: None) -> Written:
    """Write the whole shop down; `report` hears of each step and how much of it is done (0 to 1)."""
    report("organisation", 0)
    written = Written(organisation.set_up(simulation, by=BY, now=now))
    report("catalogue", 0)
    written.variants = _write_catalogue(simulation)
    _write_people(simulation, written, now=now, report=report)
    _write_orders(simulation, written, now=now, report=report)
    _write_returns(simulation, written, now=now, report=report)
    _write_enquiries(simulation, written, report=report)
    _write_visits(simulation, written, now=now, report=report)
    report("economics", 0)
    economics.write(simulation, written.places, by=BY, now=now)
    report("profiles", 0)
    _write_profiles(simulation, written, now=now)
    return written


def _write_catalogue(simulation: Simulation) -> dict[str, UUID]:
    """Products as they were on the first day, then each price as it came."""
    world = simulation.world
    opened_at = at_local(world.start_date, time())
    categories: dict[str, UUID] = {}
    variants: dict[str, UUID] = {}
    with transaction.atomic():
        for category in CATEGORIES:
            name, parent_id = category.name(world.language), categories.get(category.parent)
            categories[category.code] = catalogue.add_category(name=name, parent_id=parent_id, by=BY, now=opened_at)
    for product in PRODUCTS:
        with transaction.atomic():
            product_id = catalogue.add_product(
                name=product.name(world.language),
                category_id=categories[product.category],
                brand=product.brand,
                is_durable=product.is_durable,
                by=BY,
                now=opened_at,
            )
            for pack in product.packs:
                sku = product.sku(pack)
                history = seasons.price_history(product, pack.price, world.start_date, world.steps)
                variants[sku] = catalogue.add_variant(
                    product_id=product_id,
                    source=SOURCE,
                    sku=sku,
                    name=_pack_name(pack.size, world.language),
                    pack_size_milli=pack.size * 1000 or 1000,
                    currency="RUB",
                    price_minor=history[0][1],
                    cost_minor=round(history[0][1] * 0.52),
                    by=BY,
                    now=opened_at,
                )
                for on, price_minor in history[1:]:
                    at = at_local(on, time())
                    prices.set_price(
                        variant_id=variants[sku], price_minor=price_minor, currency="RUB", valid_from=at, by=BY, now=at
                    )
    return variants


def _pack_name(size: int, language: str) -> str:
    if not size:
        return ""
    if size >= 1000:
        return f"{size // 1000} {'кг' if language == 'ru' else 'kg'}"
    return f"{size} {'г' if language == 'ru' else 'g'}"


def _write_people(simulation: Simulation, written: Written, *, now: datetime, report: Report) -> None:
    lives = {life.person.number: life for life in simulation.lives}
    people: list[Person] = []
    for profile in simulation.profiles:
        life = lives[profile.customer]
        if life.orders:
            people.append(person_of(life, profile, simulation))
    for share, piece in _pieces(people, PIECE):
        report("customers", share)
        taken = customer_actions.take_in(piece, source=SOURCE, by=BY, now=now, is_history=True)
        written.customers |= taken.ids


def _write_orders(simulation: Simulation, written: Written, *, now: datetime, report: Report) -> None:
    names = _names_of_orders(simulation)
    for share, piece in _pieces(simulation.orders, PIECE):
        report("orders", share)
        drafts = [_draft(order, names.get(order.number), simulation, written) for order in piece]
        placed = placing.place_orders(drafts=drafts, by=BY, now=now, is_history=True)
        written.orders |= {number: id_ for (_, number), id_ in placed.items()}


def _names_of_orders(simulation: Simulation) -> dict[str, str]:
    """Order → the external id it came under: the second profile's from its first order on."""
    seconds = {p.customer: p for p in simulation.profiles if p.first_order}
    firsts = {p.customer: p for p in simulation.profiles if not p.first_order}
    names = {}
    for life in simulation.lives:
        number = life.person.number
        second = seconds.get(number)
        for place, order in enumerate(life.orders):
            profile = second if second and place >= second.first_order else firsts[number]
            names[order.number] = profile.external_id
    return names


def _draft(order: SampleOrder, external_id: str | None, simulation: Simulation, written: Written) -> OrderDraft:
    age = simulation.world.ends_at - order.placed_at
    status = OrderStatus.COMPLETED
    if order.is_cancelled:
        status = OrderStatus.CANCELLED
    elif order.store == ONLINE and age < timedelta(days=3):
        status = OrderStatus.PAID if age < timedelta(days=1) else OrderStatus.SHIPPED
    return OrderDraft(
        source=SOURCE,
        number=order.number,
        customer_id=written.customers[external_id] if external_id else None,
        placed_at=order.placed_at,
        currency=order.currency,
        lines=tuple(
            OrderLineDraft(
                variant_id=written.variants[line.sku],
                quantity_milli=line.packs * 1000,
                unit_price_minor=line.unit_price_minor,
                discount_minor=line.discount_minor,
                is_gift=line.is_gift,
            )
            for line in order.lines
        ),
        status=status,
        channel=Channel.ONLINE if order.store == ONLINE else Channel.STORE,
        store_id=written.places.stores[order.store],
        seller_id=written.places.staff[order.seller],
        delivery_minor=order.delivery_minor,
    )


def _write_returns(simulation: Simulation, written: Written, *, now: datetime, report: Report) -> None:
    causes = {cause.code: cause for cause in shop_queries.causes()}
    for share, piece in _pieces(simulation.returns, 50):
        report("returns", share)
        order_ids = [written.orders[entry.order] for entry in piece]
        lines = {(line.order_id, line.variant_id): line.id for line in order_queries.lines_of(order_ids)}
        with transaction.atomic():
            for number, entry in enumerate(piece):
                order_id = order_ids[number]
                cause = causes[entry.cause]
                returns.return_lines(
                    order_id=order_id,
                    lines=[returns.LineReturn(lines[order_id, written.variants[entry.sku]], entry.packs * 1000)],
                    returned_at=entry.returned_at,
                    cause_id=cause.id,
                    reason=cause.name(simulation.world.language),
                    source=SOURCE,
                    by=BY,
                    now=now,
                    is_history=True,
                )


def _write_enquiries(simulation: Simulation, written: Written, *, report: Report) -> None:
    causes = {cause.code: cause.id for cause in shop_queries.causes()}
    names = _names_of_orders(simulation)
    asked_by = {order.customer: names[order.number] for order in simulation.orders if order.customer}
    for share, piece in _pieces(simulation.enquiries, 25):
        report("enquiries", share)
        with transaction.atomic():
            for entry in piece:
                external_id = names[entry.order] if entry.order else asked_by.get(entry.customer or 0)
                _write_enquiry(entry, external_id, causes, written)


def _write_enquiry(entry: SampleEnquiry, external_id: str | None, causes: Mapping[str, UUID], written: Written) -> None:
    told: dict[str, Any] = {"by": BY, "is_history": True}
    enquiry_id = enquiries.open_enquiry(
        kind=EnquiryKind(entry.kind),
        opened_at=entry.opened_at,
        customer_id=written.customers[external_id] if external_id else None,
        contact_value=phone_of(entry.contact) if entry.contact and not external_id else "",
        subject=entry.subject,
        channel={"call": Channel.PHONE, "visit": Channel.STORE}.get(entry.kind, Channel.ONLINE),
        store_id=written.places.stores[entry.store],
        owner_id=written.places.staff[_ANSWERS[entry.store]],
        now=entry.opened_at,
        **told,
    )
    if entry.closed_at is None:
        return
    answered_at = entry.opened_at + (entry.closed_at - entry.opened_at) / 3
    enquiries.move_enquiry(enquiry_id=enquiry_id, step=EnquiryStep.CONTACTED, now=answered_at, **told)
    if entry.order:
        enquiries.close_enquiry(
            enquiry_id=enquiry_id,
            outcome=EnquiryOutcome.WON,
            order_id=written.orders[entry.order],
            now=entry.closed_at,
            **told,
        )
    else:
        enquiries.close_enquiry(
            enquiry_id=enquiry_id,
            outcome=EnquiryOutcome.LOST,
            loss_cause_id=causes[entry.cause],
            now=entry.closed_at,
            **told,
        )


def _write_visits(simulation: Simulation, written: Written, *, now: datetime, report: Report) -> None:
    names, language = _names_of_orders(simulation), simulation.world.language
    goods = catalogue_queries.variants_by_id(written.variants.values())
    for share, piece in _pieces(simulation.visits, site.PIECE):
        report("visits", share)
        drafts = [
            SiteEventDraft(
                external_id=visit.number,
                visitor=visit.visitor,
                session=visit.session,
                kind=SiteEventKind(visit.kind),
                occurred_at=visit.occurred_at,
                path=f"/{visit.place}" if visit.place != "home" else "/",
                section=visit.section(language),
                product_id=goods[written.variants[visit.sku]].product_id if visit.sku else None,
                came_from=visit.came_from,
                device=Device(visit.device),
                customer_id=written.customers[names[visit.order]] if visit.order else None,
                reference=visit.order,
            )
            for visit in piece
        ]
        site.record_site_events(drafts=drafts, source=SOURCE, now=now)


def _write_profiles(simulation: Simulation, written: Written, *, now: datetime) -> None:
    """What staff have learnt: of the cast by heart, of the best customers from talks."""
    roles = {role.number: role for role in CAST}
    language = simulation.world.language
    known = [life for life in simulation.lives if life.person.number in roles or len(life.orders) >= KNOWN_FROM_ORDERS]
    ids = {life.person.number: written.customers[f"K{life.person.number:05d}"] for life in known}
    rows = customers.customers_by_id(list(ids.values()))
    for _share, piece in _pieces(known, 25):
        with transaction.atomic():
            for life in piece:
                row = rows[ids[life.person.number]]
                wanted = replace(
                    row.profile,
                    store_id=written.places.stores[life.nature.store],
                    seller_id=written.places.staff[life.orders[0].seller],
                    criterion=_criterion(life),
                    tastes=_tastes(life, language),
                )
                customer_actions.change_profile(customer_id=row.id, profile=wanted, by=BY, now=now)
    for role in CAST:
        customer_id = ids.get(role.number)
        if customer_id and role.note(language):
            customer_actions.write_note(customer_id=customer_id, text=role.note(language), by=BY, now=now)
    customer_actions.join_household(customer_id=ids[9], with_id=ids[8], by=BY, now=now)


def _criterion(life: Life) -> Criterion:
    if life.nature.waits_for_discount:
        return Criterion.PRICE
    dear = life.nature.tastes["oolong"] + life.nature.tastes["puerh"]
    return Criterion.ORIGINALITY if dear > 0.5 else Criterion.QUALITY


def _tastes(life: Life, language: str) -> tuple[str, ...]:
    """The categories that make up most of what one likes; of the cast, of what they buy."""
    if life.nature.staples:
        liked = sorted(REFILLED, key=lambda category: -life.nature.tastes[category])[:2]
    else:
        bought = [BY_SKU[line.sku][0].category for order in life.orders for line in order.lines]
        liked = sorted(set(bought), key=lambda category: (-bought.count(category), category))[:2]
    names = {category.code: category.name(language) for category in CATEGORIES}
    return tuple(names[category] for category in liked)


def _pieces(items: Sequence[Item], size: int) -> Iterator[tuple[float, list[Item]]]:
    """Pieces that make short transactions, each with the share that is done before it."""
    remaining, done = iter(items), 0
    while piece := list(islice(remaining, size)):
        yield done / len(items), piece
        done += len(piece)
