"""The shop's own settings."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.commerce.queries import orders
from regulars.desk.access import StaffRequest, requires
from regulars.desk.shop.forms import SettingsForm, zone_names
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import actions, queries
from regulars.shop.actions.setup import JumpNotConfirmed, ShopForm
from regulars.shop.rules import AsOfMode


@requires(Permission.MANAGE_SHOP)
def edit(request: StaffRequest) -> HttpResponse:
    shop, now = queries.shop(), clock.now()
    initial = {name: getattr(shop, name) for name in SettingsForm.base_fields if hasattr(shop, name)}
    has_orders, newest_order_at = orders.has_orders(), orders.newest_order_at()
    form = SettingsForm(request.POST or None, initial=initial, is_currency_locked=has_orders)
    is_asked = False
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, form.cleaned_data, has_orders=has_orders, newest_order_at=newest_order_at, now=now)
        except JumpNotConfirmed as error:
            is_asked = True
            form.add_error("is_jump_confirmed", str(error))
        except (actions.CannotChangeShop, actions.CannotSetUp) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("shop:settings")
    context = {
        "form": form,
        "zones": zone_names(),
        "as_of": queries.as_of(now=now, newest_order_at=newest_order_at),
        "newest_order_at": newest_order_at,
        "is_asked": is_asked,
        "is_set_up": shop.is_set_up,
    }
    return render(request, "desk/shop/settings.html", context, status=422 if form.errors else 200)


def _save(request: StaffRequest, values: dict[str, Any], **known: Any) -> None:
    """Set the shop up where it is not yet, then give it what was said."""
    now = known["now"]
    if not queries.shop().is_set_up:
        names = ("name", "base_currency", "time_zone", "language", "country")
        actions.set_up_shop(**{name: values[name] for name in names}, by=request.by, now=now)
    is_jump_confirmed = values.pop("is_jump_confirmed")
    values["as_of_mode"] = AsOfMode(values["as_of_mode"])
    actions.change_shop(form=ShopForm(**values), is_jump_confirmed=is_jump_confirmed, by=request.by, **known)
