"""The report: the same words on the page, in the PDF and in the HTML; who may have it, and with which names."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from regulars.customers.models import Customer
from regulars.desk.report.contents import report
from regulars.desk.report.document import Report
from regulars.desk.report.rendering import as_html, as_pdf
from regulars.foundation import audit
from regulars.foundation.access import Role
from regulars.project.commands import report as command
from tests.desk.found import found_row, publish
from tests.desk.test_insight import SignIn, sign_in
from tests.insight.shops import NOW, Bought, Loaded, load

__all__ = ["sign_in"]

MONTHS = [
    {"month": f"2025-{n:02d}", "is_whole": True, "buyers": 40, "new_buyers": 10, "repeat_buyers": 30, "orders": 60,
     "revenue_minor": 600_000, "new": 10, "woken": 2, "leaving": 3, "lost": 1, "visits": 50, "repeat_visits": 40}
    for n in range(1, 13)
]  # fmt: skip
FACTS = {"orders": 800, "guest_orders": 30, "customers": 130, "buyers": 120, "repeat_buyers": 70,
         "revenue_minor": 9_000_000, "first_date": "2025-01-01", "last_date": "2025-12-31"}  # fmt: skip
RHYTHM = {"is_known": True, "median_days": 24.0, "limit_days": 60.0, "gaps": 300, "customers": 70, "z": 1.28,
          "new_days": 24, "again": [0.55, 0.7, 0.8, 0.8, 0.8]}  # fmt: skip


def publish_shop(count: int = 3, *, name: str = "", loaded: Loaded | None = None) -> None:
    """Quiet leavers of a shop that is otherwise well known."""
    loaded = loaded or load([Bought(n, 100) for n in range(count)])
    Customer.objects.filter(id=loaded.customers[0]).update(first_name=name, search_text=name, sort_name=name)
    rows = [found_row(id_, is_silent_leaver=True, p_alive=0.3) for id_ in loaded.customers[:count]]
    publish(rows, shop={"facts": FACTS, "months": MONTHS, "rhythm": RHYTHM, "stages": {"leaving": count, "loyal": 9}})


def made(**values: Any) -> Report:
    return report(**{"has_names": True, "now": NOW, **values})


def test_the_page_says_what_to_do_first(sign_in: SignIn) -> None:
    publish_shop()
    page = sign_in(Role.OWNER).get("/insight/report/").content.decode()
    assert "Call 3 quiet leavers" in page
    assert "Lead more customers to the second purchase" in page
    assert "₽3,000" in page


def test_both_files_come_in_both_languages(sign_in: SignIn) -> None:
    publish_shop()
    owner = sign_in(Role.OWNER)
    pdf, html = (owner.get(f"/insight/report/download/?as={kind}&language=ru") for kind in ("pdf", "html"))
    assert pdf.content.startswith(b"%PDF-")
    assert "attachment" in pdf["Content-Disposition"]
    assert "Позвоните 3 тихо уходящим" in html.content.decode()
    assert "http://testserver/insight/leaving/" in html.content.decode()
    assert owner.get("/insight/report/download/?as=exe").status_code == 404
    assert {"customers.exported"} <= set(audit.verbs())


def test_the_html_needs_nothing_from_outside_and_runs_nothing(sign_in: SignIn) -> None:
    publish_shop(name='<script>alert("1")</script>')
    text = as_html(made())
    assert "&lt;script&gt;" in text
    assert "<svg" in text
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\son\w+=", text)
    assert not re.search(r'(?:src|href)="(?!#)', text), "without an address nothing leads anywhere"


def test_names_are_data_for_the_pdf_not_markup(sign_in: SignIn) -> None:
    publish_shop(name='#panic() $x^2$ #image("/etc/passwd") \\ "')
    assert as_pdf(made()).startswith(b"%PDF-")


def test_telephones_and_hidden_names_stay_out(sign_in: SignIn) -> None:
    publish_shop(name="Аделаида")
    assert "Аделаида" in as_html(made())
    assert "Аделаида" not in as_html(made(has_names=False))
    assert "Names are left out" in as_html(made(has_names=False))


def test_only_who_sees_insight_sees_the_report(sign_in: SignIn) -> None:
    seller = sign_in(Role.SELLER)
    for path in ("/insight/report/", "/insight/report/download/"):
        assert seller.get(path).status_code == 403


def test_queries_do_not_grow_with_customers(sign_in: SignIn) -> None:
    counts, loaded = [], load([Bought(n, 100) for n in range(3)])
    for count in (1, 3):
        publish_shop(count, loaded=loaded)
        with CaptureQueriesContext(connection) as queries:
            made()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 35, counts


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_empty_shop_has_a_report_that_says_what_is_missing(sign_in: SignIn, language: str) -> None:
    with translation.override(language):
        empty = made()
    assert empty.things == []
    assert len([section for section in empty.sections if section.unknown]) > 6
    assert as_pdf(empty).startswith(b"%PDF-")


def test_the_command_writes_both_and_prints_one_document(sign_in: SignIn, tmp_path: Path) -> None:
    publish_shop()
    files = {kind: str(tmp_path / f"r.{kind}") for kind in ("pdf", "html")}
    options = {"lang": "en", "address": "", "no_names": False, "json": True, **files}
    result = command.run(type("Options", (), options)())  # type: ignore[arg-type]
    assert json.loads(json.dumps(result))["things"][0]["title"] == "Call 3 quiet leavers"
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")
    assert 'lang="en"' in (tmp_path / "r.html").read_text()
