"""Conditions for database constraints, written into migrations as plain values."""

from enum import StrEnum

from django.db.models import Q


def one_of(field: str, kinds: type[StrEnum], *, may_be_blank: bool = False) -> Q:
    """`field` holds a value of the enumeration (or "", if that is allowed)."""
    values = [kind.value for kind in kinds]
    return Q(**{f"{field}__in": ["", *values] if may_be_blank else values})
