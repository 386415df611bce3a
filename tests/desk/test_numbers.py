"""The words behind each "?" and the page of the docs that says the same."""

from pathlib import Path

import pytest
from django.template import Context, engines
from django.utils.translation import override

from regulars.desk.insight.numbers import NUMBERS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("language", "file"), [("en", "insight-numbers.md"), ("ru", "insight-numbers.ru.md")])
def test_each_number_is_explained_in_the_docs_under_its_own_name(language: str, file: str) -> None:
    headings = {line.lstrip("# ") for line in (DOCS / file).read_text().splitlines() if line.startswith("#")}
    with override(language):
        missing = [str(number.title) for number in NUMBERS.values() if str(number.title) not in headings]
    assert missing == []


def test_a_question_mark_opens_its_own_words() -> None:
    source = '{% about "p_alive" %}{% about "p_alive" %}'
    html = engines["django"].engine.from_string(source).render(Context({}))  # type: ignore[attr-defined]
    first, second = (part.split('"')[0] for part in html.split('popovertarget="')[1:])
    assert first != second
    assert f'id="{first}"' in html
    assert f'id="{second}"' in html
    assert "What does “Still a customer” mean?" in html
