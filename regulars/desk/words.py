"""Names of roles and rights as people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.foundation.access import Permission, Role

P = Permission

ROLE_NAMES: dict[Role, Promise] = {
    Role.OWNER: _("Owner"),
    Role.LEAD: _("Team lead"),
    Role.MARKETER: _("Marketer"),
    Role.SELLER: _("Seller"),
    Role.SUPPORT: _("Support"),
    Role.PRODUCTION: _("Production"),
    Role.ANALYST: _("Analyst"),
}

ROLE_NOTES: dict[Role, Promise] = {
    Role.OWNER: _("Everything, staff and settings included."),
    Role.LEAD: _("Leads sellers: customers, orders, goals, imports."),
    Role.MARKETER: _("Segments, figures, exports and imports."),
    Role.SELLER: _("Own day: customers, orders, enquiries."),
    Role.SUPPORT: _("Helps customers after the purchase, joins double profiles."),
    Role.PRODUCTION: _("Sees what is to be made and packed; no contacts of customers."),
    Role.ANALYST: _("All figures, no contacts of customers."),
}

PERMISSION_NAMES: dict[Permission, Promise] = {
    P.SEE_CUSTOMERS: _("See customers"),
    P.SEE_CONTACTS: _("See phones and e-mail addresses"),
    P.EDIT_CUSTOMERS: _("Change customers"),
    P.MERGE_CUSTOMERS: _("Join double profiles"),
    P.EXPORT_CUSTOMERS: _("Download lists of customers"),
    P.ERASE_CUSTOMERS: _("Erase a person’s data"),
    P.SEE_SEGMENTS: _("See segments"),
    P.EDIT_SEGMENTS: _("Change segments"),
    P.SEE_ORDERS: _("See orders"),
    P.EDIT_ORDERS: _("Change orders"),
    P.SEE_ENQUIRIES: _("See enquiries"),
    P.EDIT_ENQUIRIES: _("Change enquiries"),
    P.SEE_PRODUCTS: _("See products"),
    P.EDIT_PRODUCTS: _("Change products"),
    P.SEE_COSTS: _("See costs and margins"),
    P.RUN_IMPORTS: _("Import files"),
    P.SEE_INSIGHT: _("See the figures of the shop"),
    P.EDIT_GOALS: _("Set goals and sales plans"),
    P.EDIT_SPENDING: _("Enter spending"),
    P.CLOSE_DAY: _("Sign off the day in the evening"),
    P.EDIT_SHIFTS: _("Plan shifts"),
    P.MANAGE_SHOP: _("Change the shop’s settings"),
    P.MANAGE_STAFF: _("Invite staff and give roles"),
    P.MANAGE_JOBS: _("Look after stuck work"),
    P.SEE_AUDIT: _("See who changed what"),
}
