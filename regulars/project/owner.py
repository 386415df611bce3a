"""The first owner's one-time link, printed where only who runs the installation sees it."""

from django.urls import reverse

from regulars.foundation import clock
from regulars.foundation.actors import Actor
from regulars.shop import actions


def first_owner_link(address: str) -> str | None:
    """A new link for the first owner; None once an owner can sign in. Links printed before end."""
    token = actions.invite_first_owner(by=Actor.system("command-line"), now=clock.now())
    return link(address, token) if token else None


def link(address: str, token: str) -> str:
    """The address by which an invited person sets a password."""
    return address.rstrip("/") + reverse("account:invitation", args=[token])
