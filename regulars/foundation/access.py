"""Roles and what each may do. Faces ask `may`; actions do not."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    LEAD = "lead"
    MARKETER = "marketer"
    SELLER = "seller"
    SUPPORT = "support"
    PRODUCTION = "production"
    ANALYST = "analyst"


class Permission(StrEnum):
    SEE_CUSTOMERS = "see_customers"
    SEE_CONTACTS = "see_contacts"
    EDIT_CUSTOMERS = "edit_customers"
    MERGE_CUSTOMERS = "merge_customers"
    EXPORT_CUSTOMERS = "export_customers"
    ERASE_CUSTOMERS = "erase_customers"
    SEE_SEGMENTS = "see_segments"
    EDIT_SEGMENTS = "edit_segments"
    SEE_ORDERS = "see_orders"
    EDIT_ORDERS = "edit_orders"
    SEE_ENQUIRIES = "see_enquiries"
    EDIT_ENQUIRIES = "edit_enquiries"
    SEE_PRODUCTS = "see_products"
    EDIT_PRODUCTS = "edit_products"
    SEE_COSTS = "see_costs"
    RUN_IMPORTS = "run_imports"
    SEE_INSIGHT = "see_insight"
    EDIT_GOALS = "edit_goals"
    EDIT_SPENDING = "edit_spending"
    CLOSE_DAY = "close_day"
    EDIT_SHIFTS = "edit_shifts"
    MANAGE_SHOP = "manage_shop"
    MANAGE_STAFF = "manage_staff"
    MANAGE_JOBS = "manage_jobs"
    SEE_AUDIT = "see_audit"


P = Permission

_SELLER = frozenset({P.SEE_CUSTOMERS, P.SEE_CONTACTS, P.EDIT_CUSTOMERS, P.SEE_ORDERS, P.EDIT_ORDERS, P.SEE_ENQUIRIES,
                     P.EDIT_ENQUIRIES, P.SEE_PRODUCTS, P.CLOSE_DAY})  # fmt: skip
_ANALYST = frozenset({P.SEE_CUSTOMERS, P.SEE_SEGMENTS, P.EDIT_SEGMENTS, P.SEE_ORDERS, P.SEE_ENQUIRIES, P.SEE_PRODUCTS,
                      P.SEE_COSTS, P.SEE_INSIGHT})  # fmt: skip
_MARKETER = _ANALYST | {P.SEE_CONTACTS, P.EDIT_CUSTOMERS, P.EXPORT_CUSTOMERS, P.RUN_IMPORTS, P.EDIT_PRODUCTS,
                         P.EDIT_SPENDING}  # fmt: skip
_LEAD = _SELLER | _ANALYST | {P.MERGE_CUSTOMERS, P.EXPORT_CUSTOMERS, P.EDIT_PRODUCTS, P.EDIT_GOALS, P.EDIT_SHIFTS,
                             P.EDIT_SPENDING, P.RUN_IMPORTS}  # fmt: skip

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.LEAD: _LEAD,
    Role.MARKETER: _MARKETER,
    Role.SELLER: _SELLER,
    Role.SUPPORT: _SELLER | {P.MERGE_CUSTOMERS},
    Role.PRODUCTION: frozenset({P.SEE_PRODUCTS, P.SEE_ORDERS}),
    Role.ANALYST: _ANALYST,
}


def may(role: Role, permission: Permission) -> bool:
    """Whether a person in `role` may do what `permission` names."""
    return permission in PERMISSIONS_OF[role]
