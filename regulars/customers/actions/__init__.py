"""The only writers of customers: one verb per function."""

from regulars.customers.actions.consents import (
    CannotRecordConsent,
    ConsentFault,
    publish_consent_text,
    record_consent,
    withdraw_consent,
)
from regulars.customers.actions.contacts import (
    CannotAddContact,
    ContactFault,
    NoSuchContact,
    add_contact,
    make_primary,
    remove_contact,
    verify_contact,
)
from regulars.customers.actions.erasing import erase_customer, erasures_path, export_customer, replay_erasures
from regulars.customers.actions.household import CannotJoinHousehold, join_household, leave_household
from regulars.customers.actions.intake import TakenIn, take_in
from regulars.customers.actions.loading import NoSuchCustomer
from regulars.customers.actions.merging import (
    CannotMerge,
    CannotUndoMerge,
    MergeFault,
    mark_not_the_same,
    merge_customers,
    undo_merge,
)
from regulars.customers.actions.profile import (
    CannotChangeProfile,
    CannotRegister,
    CannotWriteNote,
    ProfileFault,
    change_profile,
    register_customer,
    set_important_dates,
    set_tags,
    write_note,
)

__all__ = [
    "CannotAddContact",
    "CannotChangeProfile",
    "CannotJoinHousehold",
    "CannotMerge",
    "CannotRecordConsent",
    "CannotRegister",
    "CannotUndoMerge",
    "CannotWriteNote",
    "ConsentFault",
    "ContactFault",
    "MergeFault",
    "NoSuchContact",
    "NoSuchCustomer",
    "ProfileFault",
    "TakenIn",
    "add_contact",
    "change_profile",
    "erase_customer",
    "erasures_path",
    "export_customer",
    "join_household",
    "leave_household",
    "make_primary",
    "mark_not_the_same",
    "merge_customers",
    "publish_consent_text",
    "record_consent",
    "register_customer",
    "remove_contact",
    "replay_erasures",
    "set_important_dates",
    "set_tags",
    "take_in",
    "undo_merge",
    "verify_contact",
    "withdraw_consent",
    "write_note",
]
