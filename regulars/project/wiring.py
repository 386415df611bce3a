"""What is connected to what: events → reactions, jobs → handlers, attributes, ports. The only list of its kind."""

from regulars.audience import attributes as audience_attributes
from regulars.audience import jobs as audience_jobs
from regulars.audience import reactions as audience_reactions
from regulars.audience.actions.merging import MembershipMerge
from regulars.audience.events import FindingsPublished
from regulars.commerce import attributes as commerce_attributes
from regulars.commerce import events as commerce_events
from regulars.commerce import jobs as commerce_jobs
from regulars.commerce.actions.erasing import ImportFiles, StrayEnquiries
from regulars.commerce.actions.merging import CommerceMerge
from regulars.customers import attributes as customers_attributes
from regulars.customers import events as customers_events
from regulars.customers import ports as customers_ports
from regulars.foundation import events, queue
from regulars.foundation.conditions import catalogue
from regulars.insight import jobs as insight_jobs
from regulars.insight import reactions as insight_reactions
from regulars.project import imports
from regulars.shop.events import AsOfMoved, ShopSetUp


def connect() -> None:
    """Called once, when the programme starts."""
    _offer_attributes()
    customers_ports.register_merge_rule(CommerceMerge())
    customers_ports.register_merge_rule(MembershipMerge())
    customers_ports.register_erasure_store(ImportFiles())
    customers_ports.register_erasure_store(StrayEnquiries())
    _take_files_in()
    _follow_segments()
    _keep_figures_fresh()


def _take_files_in() -> None:
    for handler in (*imports.HANDLERS, *commerce_jobs.HANDLERS):
        queue.register(handler)


def _offer_attributes() -> None:
    for part in (customers_attributes, audience_attributes, commerce_attributes):
        catalogue.register(part.ENTRIES)


def _follow_segments() -> None:
    for handler in audience_jobs.HANDLERS:
        queue.register(handler)
    kinds = audience_reactions.kinds_in(customers_events, commerce_events)
    reactions = {
        "audience.retest": (audience_reactions.retest, kinds),
        "audience.build_anew": (audience_reactions.build_anew, {FindingsPublished.kind, AsOfMoved.kind}),
        "audience.begin_with_ready_made": (audience_reactions.begin_with_ready_made, {ShopSetUp.kind}),
    }
    for name, (react, of_kinds) in reactions.items():
        events.subscribe(events.Reaction(name=name, kinds=frozenset(of_kinds), react=react, takes_history=True))


def _keep_figures_fresh() -> None:
    for handler in insight_jobs.HANDLERS:
        queue.register(handler)
    for reaction in insight_reactions.REACTIONS:
        events.subscribe(reaction)
