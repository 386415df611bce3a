"""The rooms of the organisation: settings, stores, calendars, shifts, rates, goals, causes."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.audience import models as audience_models
from regulars.commerce.actions.catalogue import add_product, add_variant
from regulars.commerce.actions.orders import place_order
from regulars.commerce.rules import OrderDraft, OrderLineDraft
from regulars.desk.shop.hours import bars_of, spans_from, text_of
from regulars.desk.shop.indicators import INDICATORS
from regulars.foundation import clock
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.shop import actions, queries
from regulars.shop.rules import AsOfMode, Indicator
from regulars.shop.rules.calendars import Span

NOW = clock.now()
TODAY = NOW.date()
BY = Actor.system("tests")
WEEK = ((Span(540, 1080),),) * 5 + ((), ())


@pytest.fixture
def owner(db: None, django_user_model: Any) -> Client:
    actions.set_up_shop(
        name="Чайная лавка", base_currency="RUB", time_zone="Europe/Moscow", language="en", country="RU", by=BY, now=NOW
    )
    return client_of(Role.OWNER, django_user_model)


def client_of(role: Role, model: Any) -> Client:
    staff_id = actions.add_staff(email=f"{role}@tea.example", name=role.title(), role=role, by=BY, now=NOW)
    client = Client()
    client.force_login(model.objects.get(id=staff_id), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def settings_form(**changed: str) -> dict[str, str]:
    return {
        "name": "Чайная лавка",
        "base_currency": "RUB",
        "time_zone": "Europe/Moscow",
        "language": "ru",
        "country": "RU",
        "as_of_mode": "automatic",
        "as_of_date": "",
        **changed,
    }


def place_an_order(at: datetime) -> None:
    product = add_product(name="Сенча", by=BY, now=at)
    variant = add_variant(product_id=product, source="t", sku="S", currency="RUB", by=BY, now=at)
    line = OrderLineDraft(variant_id=variant, quantity_milli=1000, unit_price_minor=100)
    draft = OrderDraft(source="t", number="1", customer_id=None, placed_at=at, currency="RUB", lines=(line,))
    place_order(draft=draft, by=BY, now=NOW)


# ── The shop itself ──────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_shop_that_is_not_set_up_is_set_up_by_saving(django_user_model: Any) -> None:
    client = client_of(Role.OWNER, django_user_model)
    assert "not set up yet" in client.get("/shop/").content.decode()
    assert client.post("/shop/", settings_form()).status_code == 302
    assert (queries.shop().is_set_up, queries.shop().language) == (True, "ru")


def test_settings_are_saved_and_said_back(owner: Client) -> None:
    assert owner.post("/shop/", settings_form(name="Кофейная лавка", base_currency="EUR")).status_code == 302
    assert (queries.shop().name, queries.shop().base_currency) == ("Кофейная лавка", "EUR")


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("time_zone", "Moscow"), ("base_currency", "XYZ"), ("as_of_mode", "fixed")]
)
def test_wrong_settings_are_refused_beside_their_field(owner: Client, field: str, value: str) -> None:
    before = queries.shop()
    answer = owner.post("/shop/", settings_form(**{field: value}))
    assert answer.status_code == 422
    assert "form-error" in answer.content.decode()
    assert queries.shop() == before


def test_the_base_currency_is_locked_once_there_are_orders(owner: Client) -> None:
    place_an_order(NOW - timedelta(hours=1))
    page = owner.get("/shop/").content.decode()
    assert "Locked: orders already hold amounts in it." in page
    owner.post("/shop/", settings_form(base_currency="EUR"))
    assert queries.shop().base_currency == "RUB"


def test_a_jump_of_the_as_of_date_asks_first(owner: Client) -> None:
    far = (TODAY - timedelta(days=200)).isoformat()
    answer = owner.post("/shop/", settings_form(as_of_mode="fixed", as_of_date=far))
    assert answer.status_code == 422
    assert 'name="is_jump_confirmed"' in answer.content.decode()
    assert queries.shop().as_of_mode is AsOfMode.AUTOMATIC
    confirmed = settings_form(as_of_mode="fixed", as_of_date=far, is_jump_confirmed="on")
    assert owner.post("/shop/", confirmed).status_code == 302
    assert queries.shop().as_of_mode is AsOfMode.FIXED
    assert "as if that were today" in owner.get("/shop/").content.decode()


# ── Hours as people write them ───────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("9-18", (Span(540, 1080),)),
        ("14:00–18:30, 9.00—13.00", (Span(540, 780), Span(840, 1110))),
        ("22:00–6:00", (Span(1320, 1800),)),
        ("0-24", (Span(0, 1440),)),
        ("10 до 19; 20 to 21", (Span(600, 1140), Span(1200, 1260))),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spans: tuple[Span, ...]) -> None:
    assert spans_from(text) == spans
    assert spans_from(text_of(spans)) == spans, "and written so that they can be read again"


@pytest.mark.parametrize("text", ["nine", "9", "25-26", "9:75-10", "24-25", "9-12, 11-13", "9-18 till late"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        spans_from(text)


def test_a_night_is_drawn_on_both_days() -> None:
    night = [Span(1320, 1560)]
    assert [(bar.x, bar.width) for bar in bars_of(night, [])] == [(1320, 120)]
    assert [(bar.x, bar.width) for bar in bars_of([], night)] == [(0, 120)]


# ── Calendars ────────────────────────────────────────────────────────────────
def test_a_calendar_is_made_and_its_week_written(owner: Client) -> None:
    said = {"name": "Зал", "time_zone": "Europe/Moscow", "holiday_country": "RU"}
    answer = owner.post("/shop/calendars/new/", said)
    [calendar] = queries.calendars()
    assert answer.status_code == 302
    assert answer["Location"] == f"/shop/calendars/{calendar.id}/"
    week = {f"day_{place}": "" for place in range(7)} | {"day_0": "9–13, 14–18", "day_5": "22–2"}
    assert owner.post(f"/shop/calendars/{calendar.id}/week/", week).status_code == 302
    [calendar] = queries.calendars()
    assert calendar.hours.week[0] == (Span(540, 780), Span(840, 1080))
    assert calendar.hours.week[5] == (Span(1320, 1560),)
    refused = owner.post(f"/shop/calendars/{calendar.id}/week/", week | {"day_3": "whenever"})
    assert refused.status_code == 422
    assert queries.calendars() == [calendar]


def test_days_that_differ_come_and_go(owner: Client) -> None:
    id_ = actions.add_calendar(name="Зал", time_zone="Europe/Moscow", holiday_country="RU", week=WEEK, by=BY, now=NOW)
    on = TODAY + timedelta(days=3)
    owner.post(f"/shop/calendars/{id_}/exceptions/", {"on_date": on.isoformat(), "hours": "10-12", "note": "учёт"})
    page = owner.get(f"/shop/calendars/{id_}/").content.decode()
    assert "10:00–12:00" in page
    assert "учёт" in page
    owner.post(f"/shop/calendars/{id_}/exceptions/{on.isoformat()}/remove/")
    assert queries.calendars()[0].exceptions == ()
    assert owner.post(f"/shop/calendars/{id_}/exceptions/soon/remove/").status_code == 404


# ── Shifts ───────────────────────────────────────────────────────────────────
def test_a_lead_plans_a_week_and_copies_it(owner: Client, django_user_model: Any) -> None:
    store = actions.add_store(name="На Липовой", code="l", by=BY, now=NOW)
    lead = client_of(Role.LEAD, django_user_model)
    [boris] = queries.staff(role=Role.LEAD)
    monday = TODAY - timedelta(days=TODAY.weekday())
    address = f"/shop/shifts/?store={store}&week={monday}"
    said = {"staff_id": str(boris.id), "on_date": monday.isoformat(), "hours": "20:00-2:00"}
    assert lead.post(address, said).status_code == 302
    assert "20:00–02:00" in lead.get(address).content.decode()
    assert lead.post(address, said).status_code == 422, "he works then already"
    answer = lead.post(f"/shop/shifts/copy/?store={store}&week={monday}")
    assert answer["Location"].endswith(f"week={monday + timedelta(days=7)}")
    assert "20:00–02:00" in lead.get(answer["Location"]).content.decode()
    [shift] = queries.shifts(from_at=NOW - timedelta(days=9), to_at=NOW + timedelta(days=5), store_id=store)[:1]
    lead.post(f"/shop/shifts/{shift.id}/remove/?store={store}&week={monday}")
    assert "20:00–02:00" not in lead.get(address).content.decode()
    assert lead.get("/shop/shifts/?week=never&store=nowhere").status_code == 200


# ── Rates ────────────────────────────────────────────────────────────────────
def test_rates_are_typed_with_a_comma(owner: Client) -> None:
    assert (
        owner.post("/shop/rates/", {"currency": "EUR", "valid_from_date": "2026-01-01", "rate": "1 092,5"}).status_code
        == 302
    )
    assert queries.rate_on("EUR", date(2026, 1, 2)) == Decimal("1092.5")
    assert (
        owner.post("/shop/rates/", {"currency": "EUR", "valid_from_date": "2026-01-01", "rate": "-"}).status_code == 422
    )
    assert (
        owner.post("/shop/rates/", {"currency": "RUB", "valid_from_date": "2026-01-01", "rate": "1"}).status_code == 422
    )
    owner.post("/shop/rates/remove/", {"currency": "EUR", "valid_from_date": "2026-01-01"})
    assert queries.rates() == []


@pytest.mark.parametrize(
    "content",
    [
        b"currency;date;rate\nEUR;2026-01-31;92,15\nusd;31.01.2026;80.5\n",
        "\ufeffEUR,2026-01-31,92.15\nUSD,31/01/2026,80.5".encode(),
        "Валюта\tДата\tКурс\nEUR\t2026-01-31\t92.15\nUSD\t2026-01-31\t80,5".encode("cp1251"),
    ],
    ids=["semicolons", "BOM and commas", "Windows-1251 and tabs"],
)
def test_rates_come_from_a_file(owner: Client, content: bytes) -> None:
    answer = owner.post("/shop/rates/file/", {"file": SimpleUploadedFile("rates.csv", content)})
    assert answer.status_code == 302
    assert queries.rate_on("EUR", date(2026, 2, 1)) == Decimal("92.15")
    assert queries.rate_on("USD", date(2026, 2, 1)) == Decimal("80.5")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\n \n", "empty"),
        (b"currency,date,rate\n", "no rate in this file"),
        (b"EUR,2026-01-31,92\nEUR,someday,92\n", "Line 2"),
        (b"EUR,2026-01-31,92\nEUR,2026-02-31,92\n", "Line 2"),
        (b"EUR,2026-01-31,-1\n", "above zero"),
        (b"\x00\xff\xfe", "no rate in this file"),
        (b"EUR," + b"9" * (2 * 1024 * 1024), "2 MB"),
    ],
    ids=["blank", "header only", "no date", "no such day", "negative", "noise", "too large"],
)
def test_bad_files_of_rates_change_nothing_and_say_why(owner: Client, content: bytes, words: str) -> None:
    answer = owner.post("/shop/rates/file/", {"file": SimpleUploadedFile("rates.csv", content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert queries.rates() == []


# ── Goals ────────────────────────────────────────────────────────────────────
def publish_months(*months: dict[str, Any]) -> None:
    """What insight would have found."""
    audience_models.Publication.objects.update_or_create(
        id=1, defaults={"slot": 0, "run_id": new_id(), "as_of": NOW, "published_at": NOW, "version": 1}
    )
    audience_models.ShopFinding.objects.create(slot=0, name="months", data=list(months))


def month(place: int, **figures: Any) -> dict[str, Any]:
    day = (TODAY.replace(day=1) - timedelta(days=28 * place)).replace(day=1)
    return {"month": f"{day:%Y-%m}", "is_whole": place > 0, "buyers": 100, **figures}


def set_goal(owner_id: UUID, **changed: Any) -> UUID:
    given: dict[str, Any] = {
        "indicator": Indicator.REPEAT_SHARE,
        "start_value": 0.3,
        "target_value": 0.5,
        "start_date": TODAY - timedelta(days=200),
        "due_date": TODAY + timedelta(days=165),
        "owner_id": owner_id,
        **changed,
    }
    return actions.set_goal(**given, by=BY, now=NOW)


def test_a_goal_is_set_in_percent_and_shown_with_its_chart(owner: Client) -> None:
    publish_months(month(3, repeat_buyers=41), month(2, repeat_buyers=43), month(0, repeat_buyers=1))
    me = queries.staff()[0].id
    form = owner.get("/shop/goals/new/").content.decode()
    assert 'value="43"' in form, "it begins where the figure stands"
    said = {
        "indicator": "repeat_share",
        "start_value": "30",
        "target_value": "50,0",
        "start_date": (TODAY - timedelta(days=200)).isoformat(),
        "due_date": (TODAY + timedelta(days=165)).isoformat(),
        "owner_id": str(me),
        "note": "calls",
    }
    assert owner.post("/shop/goals/new/", said).status_code == 302
    [goal] = queries.goals()
    assert (goal.line.start_value, goal.line.target_value) == (0.3, 0.5)
    page = owner.get("/shop/goals/").content.decode()
    assert "43%" in page
    assert "On track" in page
    assert "data-chart=" in page
    later = said | {"due_date": said["start_date"]}
    assert owner.post(f"/shop/goals/{goal.id}/", later).status_code == 422
    assert owner.post(f"/shop/goals/{goal.id}/", said | {"target_value": "90"}).status_code == 302
    assert "Behind" in owner.get("/shop/goals/").content.decode()
    owner.post(f"/shop/goals/{goal.id}/close/")
    assert queries.goals(is_open=True) == []


def test_who_may_only_see_figures_sees_goals_without_buttons(owner: Client, django_user_model: Any) -> None:
    set_goal(queries.staff()[0].id)
    page = client_of(Role.ANALYST, django_user_model).get("/shop/goals/").content.decode()
    assert "No figure yet" in page
    assert "/shop/goals/new/" not in page


@pytest.mark.parametrize("indicator", Indicator)
def test_what_is_typed_comes_back_as_it_was(indicator: Indicator) -> None:
    kind = INDICATORS[indicator]
    for currency in ("RUB", "JPY", "KWD"):
        assert kind.typed(kind.stored(Decimal("12.5" if kind.kind != "number" else "12"), currency), currency) in (
            "12.5",
            "12",
        )


# ── Causes and stores ────────────────────────────────────────────────────────
def test_the_tree_grows_and_is_renamed_in_both_languages(owner: Client) -> None:
    root = next(cause for cause in queries.causes() if cause.code == "delivery")
    added = owner.post(f"/shop/causes/new/?parent={root.id}", {"name_en": "Wet", "name_ru": "Промокло"})
    assert added.status_code == 302
    cause = next(cause for cause in queries.causes() if cause.code == "delivery.wet")
    owner.post(f"/shop/causes/{cause.id}/", {"name_en": "Wet parcel", "name_ru": "Промокла посылка"})
    owner.cookies.load({"django_language": "ru"})
    assert "Промокла посылка" in owner.get("/shop/causes/").content.decode()
    owner.post(f"/shop/causes/{cause.id}/close/")
    assert not queries.causes_by_id([cause.id])[cause.id].is_open
    owner.post(f"/shop/causes/{root.id}/close/")
    assert queries.causes_by_id([root.id])[root.id].is_open, "what is below it is still in use"
    assert owner.post("/shop/causes/new/", {"name_en": "", "name_ru": ""}).status_code == 422


def test_stores_are_opened_changed_and_closed(owner: Client) -> None:
    said = {"name": "У пристани", "code": "pristan", "address": "", "time_zone": "Europe/Moscow", "calendar_id": ""}
    assert owner.post("/shop/stores/new/", said).status_code == 302
    [store] = queries.stores()
    assert owner.post("/shop/stores/new/", said).status_code == 422, "the code is taken"
    owner.post(f"/shop/stores/{store.id}/", said | {"name": "Причал"})
    owner.post(f"/shop/stores/{store.id}/close/")
    [store] = queries.stores()
    assert (store.name, store.is_open) == ("Причал", False)


def fill(count: int) -> None:
    me = queries.staff()[0].id
    for number in range(count):
        calendar = actions.add_calendar(
            name=f"Зал {number}", time_zone="Europe/Moscow", holiday_country="RU", week=WEEK, by=BY, now=NOW
        )
        actions.add_store(name=f"Точка {number}", code=f"t{number}", calendar_id=calendar, by=BY, now=NOW)
        set_goal(me)
        actions.set_rate(
            currency="EUR", valid_from_date=TODAY - timedelta(days=number), rate=Decimal(90), by=BY, now=NOW
        )
        person = actions.add_staff(email=f"{number}@tea.example", name=f"N{number}", role=Role.SELLER, by=BY, now=NOW)
        actions.add_shift(
            staff_id=person,
            store_id=queries.stores()[0].id,
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=2),
            by=BY,
            now=NOW,
        )


# The session, the person and the shop's settings are asked for on every page.
LISTS = {"stores": 8, "calendars": 7, "shifts": 8, "rates": 5, "goals": 6, "causes": 5}


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_however_long_they_are(owner: Client, count: int) -> None:
    fill(count)
    asked = {}
    for name in LISTS:
        owner.get(reverse(f"shop:{name}"))
        with CaptureQueriesContext(connection) as queries_made:
            assert owner.get(reverse(f"shop:{name}")).status_code == 200
        asked[name] = len(queries_made)
    assert asked == LISTS


@pytest.mark.parametrize("language", ["en", "ru"])
def test_empty_pages_say_what_to_do(owner: Client, language: str) -> None:
    owner.post("/desk/language", {"language": language, "next": "/"})
    words = {
        "stores": ("New store", "Новая торговая точка"),
        "calendars": ("New calendar", "Новый календарь"),
        "shifts": ("add one first", "сначала добавьте"),
        "goals": ("New goal", "Новая цель"),
        "rates": ("Add a rate", "Добавьте курс"),
    }
    for name, said in words.items():
        assert said[language == "ru"] in owner.get(reverse(f"shop:{name}")).content.decode(), name
