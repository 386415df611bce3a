"""The economics: what the pages say with spending and without, files of it, levers, who may do what."""

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from regulars.audience.actions import findings as publishing
from regulars.foundation.access import Role
from regulars.foundation.ids import new_id
from regulars.insight.rules.economics import churn
from regulars.insight.rules.economics.worth import SPANS
from regulars.shop import actions, queries
from regulars.shop.rules import Channel, SpendingPurpose
from regulars.shop.rules.spending import SpendingDraft
from tests.insight.shops import BY, NOW, set_up

SignIn = Callable[[Role], Client]


@pytest.fixture
def sign_in(db: None, django_user_model: Any) -> SignIn:
    set_up()

    def make(role: Role) -> Client:
        staff_id = actions.add_staff(
            email=f"{role}@tea.example", name="Olga", role=role, password="correct horse tea", by=BY, now=NOW
        )
        client = Client(headers={"accept-language": "en"})
        client.force_login(
            django_user_model.objects.get(id=staff_id), "allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return make


def publish(*, has_costs: bool = True, note: str = "") -> None:
    """Fourteen months, ten new customers a month on the site and five in the store, as an analysis would publish."""
    months = [f"2025-{n:02d}" for n in range(1, 13)] + ["2026-01", "2026-02"]
    grown = [[1000.0 * (n + 1) ** 0.7 * (1.6 - factor * 0.6) for n in range(len(SPANS))] for factor in churn.FACTORS]
    base = [[value / grown[churn.FACTORS.index(1.0)][3] for value in row] for row in grown]
    drawn = [[base[churn.FACTORS.index(1.0)], base[churn.FACTORS.index(churn.ASKED)]]] * churn.DRAWS
    economics = {
        "months": [
            {"month": month, "is_whole": True, "new": {"online": 10, "store": 5}, "new_minor": 300_000,
             "existing_minor": 900_000, "active": 100} for month in months
        ],
        "cohorts": [
            {"month": month, "size": 15, "money": [300_000] + [60_000] * (len(months) - 1 - place)}
            for place, month in enumerate(months)
        ],
        "channels": {"online": {"customers": 20, "year_minor": 1_000_000}},
        "sizes": {"first_minor": 20_000.0, "later_minor": 15_000.0},
        "costs": {"revenue_minor": 1_000_000, "known_minor": 1_000_000 if has_costs else 0,
                  "cost_minor": 600_000 if has_costs else 0},
        "churn": {"note": note, "customers": 200, "base_minor": 9_000_000, "factors": churn.FACTORS, "base": base,
                  "of_new": base, "drawn_base": drawn, "drawn_new": drawn},
    }  # fmt: skip
    publishing.publish(
        publishing.Findings([], [], {"economics": economics}),
        run_id=new_id(),
        as_of=NOW,
        is_baseline=True,
        by=BY,
        now=NOW,
    )


def spend(
    month: int, amount: int = 1_500_000, purpose: SpendingPurpose = SpendingPurpose.ACQUISITION, **more: Any
) -> Any:
    draft = SpendingDraft(date(2026, month, 1), purpose, more.pop("channel", Channel.ONLINE), "RUB", amount, **more)
    return actions.add_spending(draft=draft, by=BY, now=NOW)


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_before_the_first_analysis_spending_can_be_entered_already(sign_in: SignIn) -> None:
    page = sign_in(Role.OWNER).get("/economics/")
    assert "Nothing is known yet" in words(page)
    assert "First: what do you spend?" in words(page)
    assert 'name="amount"' in page.content.decode()
    assert 'name="amount"' not in sign_in(Role.ANALYST).get("/economics/").content.decode()


def test_without_spending_the_page_says_what_is_missing(sign_in: SignIn) -> None:
    publish()
    page = words(sign_in(Role.MARKETER).get("/economics/"))
    assert "no spending to win customers is entered" in page
    assert "First: what do you spend?" in page
    assert "A new customer is worth" in page


def test_the_cost_of_a_customer_with_how_many_and_by_channel(sign_in: SignIn) -> None:
    publish()
    spend(1)
    spend(2)
    spend(2, 450_000, SpendingPurpose.RETENTION, channel=None)
    page = words(sign_in(Role.OWNER).get("/economics/"))
    assert "₽1,000 ₽30,000 for 30 new customers" in page, "two months with spending: 2 × 15 customers"
    assert "₽1,500 ₽500 of 20 customers" in page, "the site: 20 customers for 30,000"
    assert "no spending is entered for it" in page, "the store"
    assert "and get 13% of the spending" in page
    assert "Paid back after" in page


def test_a_month_without_spending_between_two_counts_as_nothing_spent(sign_in: SignIn) -> None:
    publish()
    actions.add_spending(
        draft=SpendingDraft(date(2025, 12, 1), SpendingPurpose.ACQUISITION, None, "RUB", 1_500_000), by=BY, now=NOW
    )
    spend(2)
    page = words(sign_in(Role.OWNER).get("/economics/"))
    assert "₽667 ₽30,000 for 45 new customers" in page
    assert "not divided by channel" in page


def test_a_channel_that_nobody_came_through_is_said_to_be_so(sign_in: SignIn) -> None:
    publish()
    spend(2, channel=Channel.MARKETPLACE)
    assert "nobody new bought here first; they may have bought elsewhere" in words(
        sign_in(Role.OWNER).get("/economics/")
    )


def test_other_currencies_count_and_one_without_rate_is_named(sign_in: SignIn) -> None:
    publish()
    actions.set_rate(currency="EUR", valid_from_date=date(2026, 1, 1), rate=Decimal(100), by=BY, now=NOW)
    draft = SpendingDraft(date(2026, 2, 1), SpendingPurpose.ACQUISITION, None, "EUR", 15_000)
    actions.add_spending(draft=draft, by=BY, now=NOW)
    owner = sign_in(Role.OWNER)
    assert "₽1,000 ₽15,000 for 15 new customers" in words(owner.get("/economics/"))
    actions.remove_rate(currency="EUR", valid_from_date=date(2026, 1, 1), by=BY, now=NOW)
    assert "Spending in EUR is left out" in words(owner.get("/economics/"))


def test_less_drop_out_is_told_with_its_range_and_said_to_be_nothing_where_nobody_leaves(sign_in: SignIn) -> None:
    publish()
    owner = sign_in(Role.OWNER)
    page = words(owner.get("/economics/"))
    assert "in 8 of 10 cases between" in page
    assert "₽1,080" in page, "40 % margin of 3 % of 90,000"
    publish(note="no_drop_out")
    assert "No drop-out is seen in your data" in words(owner.get("/economics/"))


def test_without_costs_the_owner_says_the_margin(sign_in: SignIn) -> None:
    publish(has_costs=False)
    owner = sign_in(Role.OWNER)
    assert "Without a margin nobody can say what a customer is worth" in words(owner.get("/economics/"))
    answer = owner.post("/economics/assumptions/", {"margin": "35,5", "discount": "12"})
    assert answer.status_code == 302
    assert queries.assumptions() == queries.Assumptions(0.355, 0.12)
    assert "partly as you entered it" in words(owner.get("/economics/"))
    wrong = owner.post("/economics/assumptions/", {"margin": "135", "discount": "much"})
    assert wrong.status_code == 422
    assert "This is not a number." in words(wrong)
    assert queries.assumptions().discount_share == 0.12


def test_levers_are_counted_on_the_server(sign_in: SignIn) -> None:
    publish()
    spend(2)
    owner = sign_in(Role.OWNER)
    still = words(owner.get("/economics/what-if/"))
    moved = owner.get("/economics/what-if/", {"basket": "10", "churn": "-5"}, headers={"HX-Request": "true"})
    assert "<html" not in moved.content.decode()
    assert "+10%" in words(moved)
    assert "−5%" in words(moved)
    assert words(moved) != still
    assert words(owner.get("/economics/what-if/", {"basket": "1000", "churn": "x"})) == still


def test_queries_do_not_grow_with_spending(sign_in: SignIn) -> None:
    publish()
    owner = sign_in(Role.OWNER)
    for months, count in ((1, 1), (12, 3)):
        for month in range(count):
            spend(1 + months % 12, note=f"campaign {months} {month}")
        for path, number in (("/economics/", 12), ("/economics/spending/", 12)):
            owner.get(path)
            with CaptureQueriesContext(connection) as captured:
                owner.get(path)
            assert len(captured) == number, [query["sql"] for query in captured]


def test_spending_is_entered_changed_and_taken_away_by_hand(sign_in: SignIn) -> None:
    owner = sign_in(Role.OWNER)
    form = {"month_date": "2026-02", "purpose": "acquisition", "channel": "store", "amount": "12 500,50",
            "currency": "RUB", "note": "Leaflets"}  # fmt: skip
    assert owner.post("/economics/spending/", form).status_code == 302
    [row] = queries.spending_page().rows
    assert (row.amount_minor, row.channel, row.note) == (1_250_050, Channel.STORE, "Leaflets")
    again = owner.post("/economics/spending/", form)
    assert again.status_code == 422
    assert "is there already" in words(again)
    address = f"/economics/spending/{row.id}/"
    assert 'value="12500.50"' in owner.get(address).content.decode()
    assert owner.post(address, {**form, "amount": "13000"}).status_code == 302
    owner.post(f"{address}remove/")
    assert "Put back" in words(owner.get("/economics/spending/"))
    owner.post(f"{address}restore/")
    assert queries.spending_page().rows[0].amount_minor == 1_300_000
    assert owner.post("/economics/spending/", {**form, "amount": "-5"}).status_code == 422


def test_only_those_who_may_enter_spending(sign_in: SignIn) -> None:
    id_ = spend(2)
    analyst, seller = sign_in(Role.ANALYST), sign_in(Role.SELLER)
    assert analyst.get("/economics/spending/").status_code == 200
    analyst.post("/economics/spending/", {"month_date": "2026-02", "amount": "1"})
    assert analyst.post(f"/economics/spending/{id_}/remove/").status_code == 403
    assert seller.get("/economics/").status_code == 403
    assert len(queries.spending_page().rows) == 1


def upload(client: Client, content: bytes, name: str = "spending.csv", purpose: str = "acquisition") -> Any:
    file = io.BytesIO(content)
    file.name = name
    return client.post("/economics/spending/file/", {"file": file, "purpose": purpose})


def signed_in_page(response: Any) -> str:
    found = re.search(r'name="signed" value="([^"]+)"', response.content.decode())
    assert found, words(response)
    return found[1]


FILE = """Отчёт за квартал

Месяц;Канал;Расход, ₽;Валюта;Комментарий
2026-02;Сайт;12 500,50;;Поиск
март 2026;;3 000,00;;
15.01.2026;Магазин;1 000,00;;Листовки
2026-02;TikTok;500,00;;
позавчера;Сайт;500,00;;
2026-02;Сайт;пять;;
2026-02;Сайт;500,00;EUR;
2026-02;Сайт;-5,00;;
2026-02;Сайт;;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_file_is_shown_before_it_is_taken_in_and_undone(sign_in: SignIn, encoding: str) -> None:
    owner = sign_in(Role.OWNER)
    shown = upload(owner, FILE.encode(encoding, "replace" if encoding == "cp1251" else "strict"))
    page = words(shown)
    for row, value, reason in (
        (7, "TikTok", "There is no such channel."),
        (8, "позавчера", "This is not a month."),
        (9, "пять", "This is not a number."),
        (10, "EUR", "No rate of EUR is known for that month."),
        (11, "-5,00", "Spending is above zero."),
    ):
        assert re.search(rf"{row} [^0-9]*{value} {re.escape(reason)}", page), (row, page)
    assert "1 row without an amount is left out." in page
    assert queries.spending_page().rows == [], "looking changes nothing"
    owner.post("/economics/spending/file/take/", {"signed": signed_in_page(shown)})
    rows = queries.spending_page().rows
    assert [(row.month_date.month, row.amount_minor) for row in rows] == [(3, 300_000), (2, 1_250_050), (1, 100_000)]
    [taken] = queries.spending_uploads()
    owner.post(f"/economics/spending/file/{taken.id}/undo/")
    assert queries.spending_page().rows == []


def test_a_workbook_and_our_own_export_are_read_as_well(sign_in: SignIn) -> None:
    owner = sign_in(Role.OWNER)
    book = Workbook()
    assert book.active is not None
    for row in (
        ["month", "purpose", "amount"],
        [date(2026, 2, 1), "retention", 1250.5],
        ["2026-03", "To keep customers", 7],
    ):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    owner.post(
        "/economics/spending/file/take/", {"signed": signed_in_page(upload(owner, content.getvalue(), "a.xlsx"))}
    )
    rows = queries.spending_page().rows
    assert [(row.purpose, row.amount_minor) for row in rows] == [
        (SpendingPurpose.RETENTION, 700),
        (SpendingPurpose.RETENTION, 125_050),
    ]
    export = b"".join(owner.get("/economics/spending/export/").streaming_content)  # type: ignore[attr-defined]
    again = upload(owner, export)
    owner.post("/economics/spending/file/take/", {"signed": signed_in_page(again)})
    assert len(queries.spending_page().rows) == 2, "the export taken in again changes nothing"
    example = b"".join(owner.get("/economics/spending/file/example.csv").streaming_content)  # type: ignore[attr-defined]
    assert "Rows that cannot be taken in" not in words(upload(owner, example))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a;b\n1;2\n", "No line of headings"),
        (b"month;amount\n", "There are no rows below the headings."),
        (b"%PDF-1.4 nothing", ""),
        (b"month;amount\n" + b"2026-01;1\n" * 5001, "The file has more than 5000 rows"),
    ],
)
def test_files_that_are_none(sign_in: SignIn, content: bytes, said: str) -> None:
    answer = upload(sign_in(Role.OWNER), content)
    assert answer.status_code == 422
    assert said in words(answer)
    assert queries.spending_page().rows == []


def test_a_forged_preview_is_refused(sign_in: SignIn) -> None:
    owner = sign_in(Role.OWNER)
    assert owner.post("/economics/spending/file/take/", {"signed": "forged"}).status_code == 302
    assert queries.spending_page().rows == []
