"""What the till tells of a simulated person, as an import would."""

from datetime import timedelta

import numpy as np

from regulars.customers.rules import Birthday, ConsentChannel, Person, Purpose, StatedConsent
from regulars.project.demo.aftermath import SERGEY, SampleProfile
from regulars.project.demo.cast import CAST
from regulars.project.demo.process import Life
from regulars.project.demo.simulation import Simulation

_ROLES = {role.number: role for role in CAST}
AGREES_TO_MAIL, AGREES_TO_SMS, CHANGES_MIND = 0.6, 0.35, 0.08


def person_of(life: Life, profile: SampleProfile, simulation: Simulation) -> Person:
    """The person behind a profile, with the consents given at the first purchase."""
    who, role, language = life.person, _ROLES.get(life.person.number), simulation.world.language
    first = life.orders[profile.first_order]
    return Person(
        external_id=profile.external_id,
        first_name=who.first_name,
        last_name=who.last_name,
        company=role.company(language) if role else "",
        email=profile.email,
        phone=profile.phone,
        country="RU",
        city=who.city,
        language=language,
        birthday=Birthday.of(who.birthday) if who.birthday else None,
        tags=role.tags(language) if role else (),
        consents=_consents(life, profile, simulation),
        created_at=first.placed_at,
    )


def _consents(life: Life, profile: SampleProfile, simulation: Simulation) -> tuple[StatedConsent, ...]:
    """To processing always; to advertising by mail or SMS as people do; some take that back later.

    The cast agree to mail, and Sergey has taken that back.
    """
    rng = np.random.default_rng([simulation.seed, life.person.number, 5])
    at = life.orders[profile.first_order].placed_at
    said = [StatedConsent(Purpose.DATA_PROCESSING, ConsentChannel.ANY, is_given=True, at=at)]
    for channel, address, share in (
        (ConsentChannel.EMAIL, profile.email, AGREES_TO_MAIL),
        (ConsentChannel.SMS, profile.phone, AGREES_TO_SMS),
    ):
        agrees, changes, days = rng.random() < share, rng.random() < CHANGES_MIND, rng.uniform(10, 200)
        if life.person.number in _ROLES:
            agrees, changes = channel is ConsentChannel.EMAIL, life.person.number == SERGEY
        if not address or not agrees:
            continue
        said.append(StatedConsent(Purpose.ADVERTISING, channel, is_given=True, at=at))
        withdrawn_at = at + timedelta(days=float(days))
        if changes and withdrawn_at < simulation.world.ends_at:
            said.append(StatedConsent(Purpose.ADVERTISING, channel, is_given=False, at=withdrawn_at))
    return tuple(said)
