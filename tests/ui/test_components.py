"""Components: what their markup promises to browsers and screen readers."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, engines
from django.test import RequestFactory
from django.utils import translation

from regulars.foundation.paging import Page
from regulars.ui.charts import Band, Node, Series, Unit, bars, flow, heat, ring, trend

ROOT = Path(__file__).parents[2] / "regulars"


def rendered(source: str, address: str = "/list/", **context: Any) -> str:
    request = RequestFactory().get(address)
    request.user = AnonymousUser()
    template = engines["django"].engine.from_string(source)  # type: ignore[attr-defined]
    return template.render(Context({"request": request, **context}))


class NameForm(forms.Form):
    name = forms.CharField(help_text="As on the parcel")


def test_a_field_is_tied_to_its_help_and_its_error() -> None:
    html = rendered("{% field form.name %}", form=NameForm({"name": ""}))
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html)
    assert described
    assert described[1].split() == ["id_name_helptext", "id_name_error"]
    assert all(f'id="{id_}"' in html for id_ in described[1].split())
    assert 'aria-invalid="true"' in html
    assert '<label class="form-label is-required" for="id_name">' in html


@pytest.mark.parametrize(
    ("sort", "state", "following"),
    [("name", "ascending", "-name"), ("-name", "descending", "name"), ("other", None, "name")],
)
def test_a_header_sorts_keeps_filters_and_forgets_the_page(sort: str, state: str | None, following: str) -> None:
    html = rendered("{% sort_header 'name' 'Name' sort %}", f"/list/?q=tea&cursor=abc&sort={sort}", sort=sort)
    assert f"?q=tea&amp;sort={following}" in html
    assert (f'aria-sort="{state}"' in html) if state else ("aria-sort" not in html)


def test_paging_leads_on_and_back() -> None:
    html = rendered("{% paging page %}", "/list/?q=tea&cursor=now", page=Page([1], "next", 12_345))
    assert 'href="?q=tea&amp;cursor=next"' in html
    assert 'href="?q=tea"' in html
    assert "12,345" in html
    assert rendered("{% paging page %}", page=Page([1])).strip() == ""


def test_what_people_wrote_is_escaped_everywhere() -> None:
    bad = "<b>&\"'"
    html = rendered(
        "{% badge bad %}{% icon 'x' bad %}{% avatar bad %}{% empty 'x' bad bad %}{% stat bad bad %}"
        "{% card bad %}{{ bad }}{% endcard %}{% confirm bad url='/x' title=bad %}{{ bad }}{% endconfirm %}",
        bad=bad,
    )
    assert "<b>" not in html


def test_a_chart_tells_the_same_as_a_table() -> None:
    translation.activate("en")
    money = Unit("money", "RUB")
    charts = [
        trend("Revenue", ["Jan", "Feb"], [Series("Now", [125000, None], "area"), Series("Goal", [1, 2])], unit=money),
        bars("Orders", ["Jan"], [Series("Paid", [3], tone="good")], is_horizontal=True, is_stacked=True),
        ring("Stages", [("New", 3), ("Lost", 1)], tones=["good", "bad"]),
        heat("Retention", ["0", "1"], [("Jan", [1.0, 0.25]), ("Feb", [1.0, None])]),
    ]
    pages = [rendered("{% chart chart %}", chart=chart) for chart in charts]
    assert all('<script id="chart-' in page for page in pages)
    assert all('type="application/json"' in page for page in pages)
    assert '<th scope="row">Feb</th><td class="numeric">–</td>' in pages[0]
    assert '<td class="numeric">25%</td>' in pages[2]
    assert '<td class="numeric">25%</td><' in pages[3]


def test_a_band_says_both_its_ends() -> None:
    chart = trend("Orders", ["Mon", "Tue"], [Series("Expected", [2, 3])], bands=[Band("Likely", [1, None], [4, None])])
    layers = chart.data["option"]["series"]
    assert [layer["data"] for layer in layers] == [[1, None], [3, None], [2, 3]]
    assert chart.data["option"]["legend"]["data"] == ["Expected", "Likely"]
    assert chart.headers == ["", "Expected", "Likely"]
    assert chart.rows == [["Mon", "2", "1 – 4"], ["Tue", "3", "–"]]


def test_a_flow_leaves_out_boxes_that_nobody_passes() -> None:
    nodes = [Node("a", "New", 0, "good"), Node("b", "Lost", 1), Node("c", "Loyal", 1)]
    chart = flow("Moves", nodes, [("a", "b", 7)], head=["From", "To", "Customers"])
    assert [node["title"] for node in chart.data["option"]["series"][0]["data"]] == ["New", "Lost"]
    assert chart.rows == [["New", "Lost", "7"]]


def test_no_template_breaks_the_policy() -> None:
    for path in ROOT.rglob("*.html"):
        source = path.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=[\"']|javascript:|https?://(?!www\.w3\.org)", source), path
        scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", source)
        assert all('type="application/json"' in script for script in scripts), path


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = ROOT / "ui/static/vendor/icons.svg"
    if not sprite.exists():
        pytest.skip("npm run build has not been run")
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite.read_text()))
    named = {
        name
        for path in [*ROOT.rglob("*.html"), *ROOT.rglob("*.py")]
        for name in re.findall(r"\bicon(?:\s*=\s*|\s+)[\"']([a-z0-9-]+)[\"']", path.read_text())
    }
    assert named <= there, f"run npm run build: {sorted(named - there)}"
