"""The only writers of customers: one verb per function."""

from regulars.customers.actions.intake import TakenIn, take_in
from regulars.customers.actions.profile import CannotRegister, register_customer

__all__ = ["CannotRegister", "TakenIn", "register_customer", "take_in"]
