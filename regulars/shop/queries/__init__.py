"""Readers of the organisation. `from regulars.shop import queries`, then `queries.shop()`."""

from regulars.shop.queries.calendars import (
    CalendarRow,
    ExceptionRow,
    ShiftRow,
    calendars,
    shifts,
    staff_on_shift,
    working_hours,
)
from regulars.shop.queries.causes import CauseRow, causes, causes_by_id
from regulars.shop.queries.economics import (
    Assumptions,
    MonthSpending,
    SpendingRow,
    SpendingUploadRow,
    assumptions,
    has_spending,
    spending_by_month,
    spending_of,
    spending_page,
    spending_uploads,
)
from regulars.shop.queries.goals import GoalRow, goals
from regulars.shop.queries.plans import SignOffRow, plans_of_month, sign_off_of, sign_offs_of, sign_offs_page
from regulars.shop.queries.rates import RateRow, currencies, rate_on, rate_table, rates
from regulars.shop.queries.settings import ShopSettings, as_of, shop
from regulars.shop.queries.staff import StaffRow, staff, staff_by_external_id, staff_by_id
from regulars.shop.queries.stores import StoreRow, stores, stores_by_external_id, stores_by_id

__all__ = [
    "Assumptions",
    "CalendarRow",
    "CauseRow",
    "ExceptionRow",
    "GoalRow",
    "MonthSpending",
    "RateRow",
    "ShiftRow",
    "ShopSettings",
    "SignOffRow",
    "SpendingRow",
    "SpendingUploadRow",
    "StaffRow",
    "StoreRow",
    "as_of",
    "assumptions",
    "calendars",
    "causes",
    "causes_by_id",
    "currencies",
    "goals",
    "has_spending",
    "plans_of_month",
    "rate_on",
    "rate_table",
    "rates",
    "shifts",
    "shop",
    "sign_off_of",
    "sign_offs_of",
    "sign_offs_page",
    "spending_by_month",
    "spending_of",
    "spending_page",
    "spending_uploads",
    "staff",
    "staff_by_external_id",
    "staff_by_id",
    "staff_on_shift",
    "stores",
    "stores_by_external_id",
    "stores_by_id",
    "working_hours",
]
