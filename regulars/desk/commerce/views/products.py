"""The catalogue: lists, a product with its variants and prices, and SKUs that look alike."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from regulars.audience.queries import moment
from regulars.audience.queries.findings import findings_of
from regulars.commerce.actions.catalogue import (
    SkuTaken,
    add_category,
    add_product,
    add_variant,
    change_product,
    change_variant,
    set_cost,
)
from regulars.commerce.actions.prices import set_price
from regulars.commerce.attributes import PRODUCT_KINDS
from regulars.commerce.queries import catalogue
from regulars.commerce.queries.catalogue import ProductFilters, ProductRow, VariantRow, product_of, variants_of
from regulars.commerce.queries.prices import price_history
from regulars.commerce.rules import ProductKind
from regulars.commerce.rules.prices import PricePoint, price_at
from regulars.desk.access import StaffRequest, requires
from regulars.desk.commerce.fields import plain_amount
from regulars.desk.commerce.forms import (
    PRODUCT_SORTS,
    Choice,
    ProductFilter,
    ProductForm,
    VariantForm,
    category_choices,
    id_in,
)
from regulars.desk.commerce.items import customer_names
from regulars.desk.commerce.product_insight import product_insight
from regulars.desk.csv_export import Cell, csv_response
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.money import Money, minor_from
from regulars.insight.queries.recommendations import due_for
from regulars.shop.queries.rates import currencies
from regulars.ui.charts import Chart, Series, Unit, trend
from regulars.ui.formats import day

SOURCE = "desk"


@require_GET
@requires(Permission.SEE_PRODUCTS)
def product_list(request: StaffRequest) -> HttpResponse:
    form = _filter_form(request)
    filters, sort_key = _filters(form), _sort_key(request)
    page = catalogue.products_page(
        filters=filters, sort=PRODUCT_SORTS[sort_key], cursor=request.GET.get("cursor"), limit=40
    )
    has_sales = request.staff.may(Permission.SEE_INSIGHT)
    sales = findings_of([row.id for row in page.rows]) if has_sales else {}
    context = {
        "form": form,
        "page": page,
        "products": [(row, sales.get(row.id)) for row in page.rows],
        "has_sales": has_sales,
        "base_currency": request.shop.base_currency,
        "sort": sort_key,
        "is_filtered": filters != ProductFilters(),
        "alike": catalogue.skus_alike_count(),
        "may_edit": request.staff.may(Permission.EDIT_PRODUCTS),
    }
    return render(request, "desk/commerce/products.html", context)


@require_GET
@requires(Permission.SEE_PRODUCTS)
def product_export(request: StaffRequest) -> HttpResponseBase:
    has_costs = request.staff.may(Permission.SEE_COSTS)
    headers = [_("Product"), _("Kind"), _("Category"), _("Brand"), _("On sale"), _("Source"), _("SKU"), _("Variant"),
               _("Barcode"), _("Pack size"), _("Price"), _("Currency")]  # fmt: skip
    if has_costs:
        headers.append(_("Cost"))
    rows = _export_rows(_filters(_filter_form(request)), has_costs=has_costs)
    return csv_response("products", headers, rows)


@require_GET
@requires(Permission.SEE_PRODUCTS)
def product_page(request: StaffRequest, product_id: UUID) -> HttpResponse:
    product = _known(product_id)
    variants = variants_of(product_id)
    buyers = catalogue.buyers_of(product_id) if request.staff.may(Permission.SEE_CUSTOMERS) else []
    names = customer_names((buyer.customer_id for buyer in buyers), request.staff)
    now, finding = clock.now(), findings_of([product_id]).get(product_id)
    context = {
        "product": product,
        "kind": PRODUCT_KINDS[product.kind],
        "variants": variants,
        "chart": _price_chart(variants, price_history(product_id), now=now),
        "sales": finding if request.staff.may(Permission.SEE_INSIGHT) else None,
        "insight": product_insight(product_id, finding, request.staff, now=moment(now).at),
        "base_currency": request.shop.base_currency,
        "buyers": [(buyer, names.get(buyer.customer_id, "")) for buyer in buyers],
        "may_edit": request.staff.may(Permission.EDIT_PRODUCTS),
        "may_see_costs": request.staff.may(Permission.SEE_COSTS),
        "may_see_orders": request.staff.may(Permission.SEE_ORDERS),
    }
    return render(request, "desk/commerce/product.html", context)


@require_GET
@requires(Permission.SEE_CUSTOMERS)
def product_due(request: StaffRequest, product_id: UUID) -> HttpResponse:
    """Whose time for this product is near or over."""
    product = _known(product_id)
    page = due_for(product_id, now=moment(clock.now()).at, cursor=request.GET.get("cursor"), limit=40)
    return render(request, "desk/commerce/product_due.html", {"product": product, "page": page})


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PRODUCTS)
def new_product(request: StaffRequest) -> HttpResponse:
    form = ProductForm(request.POST or None, options=_product_options())
    if request.method == "POST" and form.is_valid():
        said, now = form.cleaned_data, clock.now()
        product_id = add_product(
            name=said["name"],
            kind=ProductKind(said["kind"]),
            category_id=_category(request, said),
            brand=said["brand"],
            is_durable=said["is_durable"],
            by=request.by,
            now=now,
        )
        messages.success(request, _("The product is added. Now give it its first variant."))
        return redirect("commerce:variant_new", product_id)
    return render(request, "desk/commerce/product_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PRODUCTS)
def edit_product(request: StaffRequest, product_id: UUID) -> HttpResponse:
    product = _known(product_id)
    initial = {
        "name": product.name,
        "kind": product.kind.value,
        "category": str(product.category_id or ""),
        "brand": product.brand,
        "is_durable": product.is_durable,
        "is_sold": product.is_sold,
    }
    form = ProductForm(request.POST or None, options=_product_options(), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        change_product(
            product_id=product_id,
            name=said["name"],
            kind=ProductKind(said["kind"]),
            category_id=_category(request, said),
            brand=said["brand"],
            is_durable=said["is_durable"],
            is_sold=said["is_sold"],
            by=request.by,
            now=clock.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("commerce:product", product_id)
    context = {"form": form, "product": product}
    return render(request, "desk/commerce/product_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PRODUCTS)
def new_variant(request: StaffRequest, product_id: UUID) -> HttpResponse:
    product = _known(product_id)
    form = _variant_form(request, None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        price, currency = said["price"], said["currency"]
        try:
            add_variant(
                product_id=product_id,
                source=SOURCE,
                sku=said["sku"],
                name=said["name"],
                barcode=said["barcode"],
                pack_size_milli=said["pack_size"] or 1000,
                currency=currency,
                price_minor=None if price is None else minor_from(price, currency),
                cost_minor=_cost(said, currency),
                by=request.by,
                now=clock.now(),
            )
        except SkuTaken:
            form.add_error("sku", _("Another variant has this SKU. Give this one a SKU of its own."))
        else:
            messages.success(request, _("The variant is added."))
            return redirect("commerce:product", product_id)
    context = {"form": form, "product": product}
    return render(request, "desk/commerce/variant_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PRODUCTS)
def edit_variant(request: StaffRequest, product_id: UUID, variant_id: UUID) -> HttpResponse:
    product = _known(product_id)
    variant = next((one for one in variants_of(product_id) if one.id == variant_id), None)
    if variant is None:
        raise Http404
    form = _variant_form(request, variant)
    if request.method == "POST" and form.is_valid():
        _save_variant(request, variant, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("commerce:product", product_id)
    context = {"form": form, "product": product, "variant": variant}
    return render(request, "desk/commerce/variant_form.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.SEE_PRODUCTS)
def skus_alike(request: StaffRequest) -> HttpResponse:
    page = catalogue.skus_alike(cursor=request.GET.get("cursor"), limit=40)
    return render(request, "desk/commerce/skus_alike.html", {"page": page})


def _known(product_id: UUID) -> ProductRow:
    product = product_of(product_id)
    if product is None:
        raise Http404
    return product


def _save_variant(request: StaffRequest, variant: VariantRow, said: Mapping[str, Any]) -> None:
    now, currency = clock.now(), said["currency"]
    change_variant(
        variant_id=variant.id,
        name=said["name"],
        barcode=said["barcode"],
        pack_size_milli=said["pack_size"] or 1000,
        by=request.by,
        now=now,
    )
    if said["price"] is not None:
        set_price(
            variant_id=variant.id,
            price_minor=minor_from(said["price"], currency),
            currency=currency,
            valid_from=now,
            by=request.by,
            now=now,
        )
    if "cost" in said:
        set_cost(variant_id=variant.id, cost_minor=_cost(said, currency), by=request.by, now=now)


def _variant_form(request: StaffRequest, variant: VariantRow | None) -> VariantForm:
    own = [variant.currency] if variant and variant.currency else []
    money = list(dict.fromkeys([*own, *currencies()]))
    initial: dict[str, Any] = {"currency": money[0]}
    if variant is not None:
        initial |= {
            "sku": variant.sku,
            "name": variant.name,
            "barcode": variant.barcode,
            "pack_size": variant.pack_size_milli,
            "price": _typed(variant.price_minor, variant.currency),
            "cost": _typed(variant.cost_minor, variant.currency),
        }
    form = VariantForm(request.POST or None, options={"currency": [(one, one) for one in money]}, initial=initial)
    if variant is not None:
        form.fields["sku"].disabled = True
        form.fields["sku"].help_text = _("Sources know the variant by it, so it stays.")
    if not request.staff.may(Permission.SEE_COSTS):
        del form.fields["cost"]
    return form


def _typed(minor: int | None, currency: str) -> str:
    return "" if minor is None or not currency else plain_amount(Money(minor, currency).amount)


def _cost(said: Mapping[str, Any], currency: str) -> int | None:
    cost: Decimal | None = said.get("cost")
    return None if cost is None else minor_from(cost, currency)


def _category(request: StaffRequest, said: Mapping[str, Any]) -> UUID | None:
    """The chosen category, or the new one below it."""
    chosen = id_in(said["category"])
    if not said["new_category"].strip():
        return chosen
    return add_category(name=said["new_category"], parent_id=chosen, by=request.by, now=clock.now())


def _product_options() -> dict[str, Any]:
    return {"category": category_choices(catalogue.categories(), blank=_("None"))}


def _filter_form(request: HttpRequest) -> ProductFilter:
    brands = [(brand, brand) for brand in catalogue.brands()]
    options: dict[str, Sequence[Choice]] = {
        "category": category_choices(catalogue.categories(), blank=_("All")),
        "brand": [("", _("All")), *brands],
    }
    return ProductFilter(request.GET, options=options)


def _filters(form: ProductFilter) -> ProductFilters:
    form.is_valid()
    asked = form.cleaned_data
    return ProductFilters(
        text=asked.get("q", ""),
        category_id=id_in(asked.get("category")),
        brand=asked.get("brand", ""),
        is_sold={"yes": True, "no": False}.get(asked.get("is_sold", "")),
    )


def _sort_key(request: HttpRequest) -> str:
    key = request.GET.get("sort", "")
    return key if key in PRODUCT_SORTS else "name"


def _price_chart(
    variants: Sequence[VariantRow], history: Mapping[UUID, Sequence[PricePoint]], *, now: datetime
) -> Chart | None:
    """Prices over the days on which any of them changed, up to now; None where none was ever changed."""
    moments = sorted({point.valid_from for points in history.values() for point in points})
    shown = [variant for variant in variants if variant.id in history][:6]
    if len(moments) < 2 or not shown:
        return None
    moments.append(now)
    series = []
    for variant in shown:
        held = [price_at(history[variant.id], moment) for moment in moments]
        name = variant.name or variant.sku
        series.append(Series(name, [point.price_minor if point else None for point in held], is_stepped=True))
    unit = Unit("money", shown[0].currency)
    return trend(_("Prices over time"), [day(moment) for moment in moments], series, unit=unit, head=_("From"))


def _export_rows(filters: ProductFilters, *, has_costs: bool) -> Iterator[list[Cell]]:
    cursor = None
    while True:
        page = catalogue.products_page(filters=filters, cursor=cursor, limit=500)
        for product in page.rows:
            for variant in variants_of(product.id):
                yield _export_row(product, variant, has_costs=has_costs)
        cursor = page.next_cursor
        if cursor is None:
            return


def _export_row(product: ProductRow, variant: VariantRow, *, has_costs: bool) -> list[Cell]:
    def amount(minor: int | None) -> Decimal | None:
        return None if minor is None or not variant.currency else Money(minor, variant.currency).amount

    row: list[Cell] = [
        product.name,
        str(PRODUCT_KINDS[product.kind]),
        product.category_name,
        product.brand,
        product.is_sold,
        variant.source,
        variant.sku,
        variant.name,
        variant.barcode,
        Decimal(variant.pack_size_milli) / 1000,
        amount(variant.price_minor),
        variant.currency,
    ]
    return [*row, amount(variant.cost_minor)] if has_costs else row
