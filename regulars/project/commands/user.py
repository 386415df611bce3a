"""`regulars user`: who may sign in. Passwords are never typed here; a one-time link sets them."""

import argparse
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.table import Table

from regulars.foundation.access import Role
from regulars.project.commands import CommandFailed

HELP = gettext_lazy("add people, change roles, give one-time links")
NEEDS_INSTALLATION = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("verb"))
    roles = [role.value for role in Role]
    add = _verb(verbs, "add", _("add a person and give the link by which a password is set"))
    add.add_argument("email")
    add.add_argument("--name", default="", help=_("what the person is called"))
    add.add_argument("--role", choices=roles, default=Role.OWNER.value)
    _verb(verbs, "list", _("who there is"))
    role = _verb(verbs, "role", _("give a person another role"))
    role.add_argument("email")
    role.add_argument("role", choices=roles)
    link = _verb(verbs, "link", _("give a new one-time link, where a password was forgotten"))
    link.add_argument("email")
    close = _verb(verbs, "close", _("let a person no longer sign in"))
    close.add_argument("email")
    reopen = _verb(verbs, "reopen", _("let a person sign in again"))
    reopen.add_argument("email")
    for linking in (add, link):
        linking.add_argument(
            "--address", default="http://localhost:8000", help=_("where the desk is (default: %(default)s)")
        )


def _verb(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def run(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.shop import actions

    try:
        return _VERBS[options.verb](options)
    except (actions.CannotAddStaff, actions.CannotChangeStaff, actions.CannotInvite) as refusal:
        raise CommandFailed(str(refusal), code="refused") from refusal


def show(result: dict[str, Any], console: Console) -> None:
    if "users" in result:
        table = Table(_("E-mail"), _("Name"), _("Role"), _("May sign in"))
        for user in result["users"]:
            table.add_row(user["email"], user["name"], user["role"], _("yes") if user["is_active"] else _("no"))
        console.print(table)
    elif "link" in result:
        console.print(_("This link sets the password of %(email)s. It works once, within three days:") % result)
        console.print(result["link"], style="bold", soft_wrap=True)
    else:
        console.print(_("Done."))


def _add(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.foundation import clock
    from regulars.shop import actions

    staff_id = actions.add_staff(
        email=options.email,
        name=options.name or options.email.partition("@")[0],
        role=Role(options.role),
        by=_us(),
        now=clock.now(),
    )
    return {"id": str(staff_id), "email": options.email, "link": _link(staff_id, options)}


def _list(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.shop.queries.staff import staff

    return {
        "users": [{"email": p.email, "name": p.name, "role": p.role.value, "is_active": p.is_active} for p in staff()]
    }


def _role(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.foundation import clock
    from regulars.shop import actions

    actions.change_role(staff_id=_find(options.email), role=Role(options.role), by=_us(), now=clock.now())
    return {"email": options.email, "role": options.role}


def _link_again(options: argparse.Namespace) -> dict[str, Any]:
    return {"email": options.email, "link": _link(_find(options.email), options)}


def _close(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.foundation import clock
    from regulars.shop import actions

    actions.close_account(staff_id=_find(options.email), by=_us(), now=clock.now())
    return {"email": options.email, "is_active": False}


def _reopen(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.foundation import clock
    from regulars.shop import actions

    actions.reopen_account(staff_id=_find(options.email), by=_us(), now=clock.now())
    return {"email": options.email, "is_active": True}


_VERBS = {"add": _add, "list": _list, "role": _role, "link": _link_again, "close": _close, "reopen": _reopen}


def _find(email: str) -> Any:
    from regulars.shop.queries.staff import staff

    for person in staff():
        if person.email == email.strip().lower():
            return person.id
    raise CommandFailed(
        _("There is nobody with the address %(email)s.") % {"email": email},
        remedy=_("See who there is: regulars user list"),
        code="unknown_user",
    )


def _link(staff_id: Any, options: argparse.Namespace) -> str:
    from regulars.foundation import clock
    from regulars.project import owner
    from regulars.shop import actions

    return owner.link(options.address, actions.invite(staff_id=staff_id, by=_us(), now=clock.now()))


def _us() -> Any:
    from regulars.foundation.actors import Actor

    return Actor.system("command-line")
