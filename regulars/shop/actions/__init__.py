"""The only writers of the organisation's tables, one module for each of its nouns."""

from regulars.shop.actions.calendars import (
    CannotChangeCalendar,
    add_calendar,
    change_calendar,
    remove_exception,
    set_exception,
    set_week,
)
from regulars.shop.actions.causes import CannotChangeCause, add_cause, close_cause, rename_cause, reopen_cause
from regulars.shop.actions.goals import CannotSetGoal, change_goal, close_goal, set_goal
from regulars.shop.actions.invitations import (
    CannotAcceptInvitation,
    CannotInvite,
    InvitedPerson,
    accept_invitation,
    invite,
    invite_first_owner,
    invited_person,
)
from regulars.shop.actions.rates import CannotSetRate, remove_rate, set_rate, set_rates
from regulars.shop.actions.setup import CannotChangeShop, CannotSetUp, change_shop, set_up_shop
from regulars.shop.actions.shifts import CannotAddShift, add_shift, copy_week, remove_shift
from regulars.shop.actions.staff import (
    CannotAddStaff,
    CannotChangeStaff,
    add_staff,
    change_role,
    close_account,
    create_owner,
    reopen_account,
    take_in_staff,
)
from regulars.shop.actions.stores import (
    CannotChangeStore,
    add_store,
    change_store,
    close_store,
    reopen_store,
    take_in_stores,
)

__all__ = [
    "CannotAcceptInvitation",
    "CannotAddShift",
    "CannotAddStaff",
    "CannotChangeCalendar",
    "CannotChangeCause",
    "CannotChangeShop",
    "CannotChangeStaff",
    "CannotChangeStore",
    "CannotInvite",
    "CannotSetGoal",
    "CannotSetRate",
    "CannotSetUp",
    "InvitedPerson",
    "accept_invitation",
    "add_calendar",
    "add_cause",
    "add_shift",
    "add_staff",
    "add_store",
    "change_calendar",
    "change_goal",
    "change_role",
    "change_shop",
    "change_store",
    "close_account",
    "close_cause",
    "close_goal",
    "close_store",
    "copy_week",
    "create_owner",
    "invite",
    "invite_first_owner",
    "invited_person",
    "remove_exception",
    "remove_rate",
    "remove_shift",
    "rename_cause",
    "reopen_account",
    "reopen_cause",
    "reopen_store",
    "set_exception",
    "set_goal",
    "set_rate",
    "set_rates",
    "set_up_shop",
    "set_week",
    "take_in_staff",
    "take_in_stores",
]
