"""Customers that a source names, known through the customers' own door."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions.imports.progress import Progress
from regulars.commerce.actions.imports.staging import Staging
from regulars.commerce.ports import Reject
from regulars.commerce.rules.imports import RejectReason
from regulars.customers.actions import take_in
from regulars.customers.rules import Person
from regulars.foundation.actors import Actor

PIECE = 200


def load_people(
    staging: Staging, progress: Progress, *, source: str, is_register: bool, is_history: bool, by: Actor, now: datetime
) -> None:
    """Take in everybody who is not known yet; `is_register`: a customers file, of which the customers are counted."""
    if progress.checkpoint:
        # Between the commit and the naming a kill leaves some unnamed; taking them in again changes nothing.
        for _, people in staging.people(limit=PIECE, until=progress.checkpoint):
            with transaction.atomic():
                taken = take_in([person for _, person in people], source=source, by=by, now=now, is_history=is_history)
            _name(staging, people, taken.places)
    for last, people in staging.people(limit=PIECE, after=progress.checkpoint):
        with transaction.atomic():
            taken = take_in([person for _, person in people], source=source, by=by, now=now, is_history=is_history)
            progress.count(customers_created=taken.created, customers_updated=taken.updated)
            if is_register:
                # Among orders these are guests; alone they are nobody that could be told from others.
                nobody = [id_ for (id_, _), place in zip(people, taken.places, strict=True) if place is None]
                staging.reject(Reject(row, RejectReason.NO_IDENTITY) for row in staging.rows_of_people(nobody))
                progress.count(
                    created=taken.created, updated=taken.updated, unchanged=taken.unchanged, merged=taken.merged
                )
            progress.save(checkpoint=last, done=len(people))
        _name(staging, people, taken.places)


def _name(staging: Staging, people: Sequence[tuple[int, Person]], places: Sequence[UUID | None]) -> None:
    staging.name_customers(
        (id_, customer) for (id_, _), customer in zip(people, places, strict=True) if customer is not None
    )
