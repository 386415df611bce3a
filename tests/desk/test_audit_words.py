"""Whatever staff do is told in words."""

import re
from pathlib import Path

from django.utils import translation

from regulars.desk.system.words import is_known, shown_value, verb_name

ROOT = Path(__file__).parents[2] / "regulars"


def test_every_verb_of_the_audit_trail_has_its_words() -> None:
    found = {
        verb
        for capability in ("shop", "customers", "audience", "commerce", "insight")
        for path in (ROOT / capability).rglob("actions/**/*.py")
        for verb in re.findall(r"verb=\"([a-z_]+\.[a-z_]+)\"", path.read_text())
    }
    assert len(found) > 20
    assert {verb for verb in found if not is_known(verb)} == set()


def test_entries_read_like_words() -> None:
    with translation.override("ru"):
        assert verb_name("staff.role_changed") == "Сотрудники: смена роли"
        assert shown_value("support", "role") == "Поддержка"
        assert shown_value({"a": [1, None], "b": False}) == "a: 1, –, b: ✗"
    assert verb_name("something.unheard_of") == "something.unheard_of"
