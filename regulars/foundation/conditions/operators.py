"""The operators of the condition language, and which of them fit which type of value."""

from collections.abc import Mapping
from enum import StrEnum

from regulars.foundation.conditions.catalogue import Type


class Operator(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    IS_ANY_OF = "is_any_of"
    IS_NONE_OF = "is_none_of"
    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does_not_contain"
    STARTS_WITH = "starts_with"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    BETWEEN = "between"
    BEFORE = "before"
    SINCE = "since"
    IN_LAST_DAYS = "in_last_days"
    IN_NEXT_DAYS = "in_next_days"
    MORE_THAN_DAYS_AGO = "more_than_days_ago"
    IN_MONTHS = "in_months"
    HAS_ANY_OF = "has_any_of"
    HAS_ALL_OF = "has_all_of"
    HAS_NONE_OF = "has_none_of"
    IS_KNOWN = "is_known"
    IS_UNKNOWN = "is_unknown"


_O = Operator
# What a count or a sum can be compared by.
MEASURES = (_O.AT_LEAST, _O.AT_MOST, _O.MORE_THAN, _O.LESS_THAN, _O.IS, _O.BETWEEN)
PERIODS = (_O.IN_LAST_DAYS, _O.SINCE, _O.BETWEEN, _O.BEFORE)
_KNOWN = (_O.IS_KNOWN, _O.IS_UNKNOWN)
_NUMBERS = (*MEASURES, _O.IS_NOT, *_KNOWN)
_TIMES = (_O.IN_LAST_DAYS, _O.MORE_THAN_DAYS_AGO, _O.IN_NEXT_DAYS, _O.SINCE, _O.BEFORE, _O.BETWEEN, *_KNOWN)

# In the order in which forms offer them.
OPERATORS: Mapping[Type, tuple[Operator, ...]] = {
    Type.TEXT: (_O.CONTAINS, _O.DOES_NOT_CONTAIN, _O.IS, _O.IS_NOT, _O.STARTS_WITH, _O.IS_ANY_OF, _O.IS_NONE_OF,
                *_KNOWN),
    Type.CHOICE: (_O.IS, _O.IS_NOT, _O.IS_ANY_OF, _O.IS_NONE_OF, *_KNOWN),
    Type.NUMBER: _NUMBERS,
    Type.MONEY: _NUMBERS,
    Type.BOOLEAN: (_O.IS,),
    Type.DATE: _TIMES,
    Type.DATETIME: _TIMES,
    Type.ANNIVERSARY: (_O.IN_NEXT_DAYS, _O.IN_LAST_DAYS, _O.IN_MONTHS, *_KNOWN),
    Type.SET: (_O.HAS_ANY_OF, _O.HAS_ALL_OF, _O.HAS_NONE_OF, *_KNOWN),
}  # fmt: skip

# Each of these is true exactly where its opposite is false, also where the value is missing.
OPPOSITES: Mapping[Operator, Operator] = {
    _O.IS_NOT: _O.IS,
    _O.IS_NONE_OF: _O.IS_ANY_OF,
    _O.DOES_NOT_CONTAIN: _O.CONTAINS,
    _O.HAS_NONE_OF: _O.HAS_ANY_OF,
    _O.IS_UNKNOWN: _O.IS_KNOWN,
}
