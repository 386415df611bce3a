"""Every string that people see is there in Russian."""

from regulars.project import messages


def test_russian_is_complete() -> None:
    assert messages.faults() == []


def test_strings_are_found_in_code_and_templates(tmp_path, monkeypatch) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "__init__.py").write_text('from x import gettext as _\nA = _("one " "two")\n')
    template = (
        '<b title="{% translate "three" %}">{% blocktranslate count n=n %}{{ n }} order{% plural %}{{ n }} orders'
        "{% endblocktranslate %}</b>"
    )
    (tmp_path / "room" / "a.html").write_text(template)
    for folder in ("desk", "connectors"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    assert messages.packages() == [tmp_path / "room"]
    ids = {message.id for message in messages.extracted(tmp_path / "room") if message.id}
    assert ids == {"one two", "three", ("%(n)s order", "%(n)s orders")}
    assert len(messages.faults()) == 3
    messages.collect()
    assert all("not translated" in line for line in messages.faults())
