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


def test_one_word_has_one_translation(tmp_path, monkeypatch) -> None:
    for room, word in (("a", "Торговая точка"), ("b", "Магазин")):
        (tmp_path / room / "locale/ru/LC_MESSAGES").mkdir(parents=True)
        (tmp_path / room / "__init__.py").write_text('from x import gettext as _\nA = _("Store")\n')
        (tmp_path / room / "locale/ru/LC_MESSAGES/django.po").write_text(f'msgid "Store"\nmsgstr "{word}"\n')
    for folder in ("desk", "connectors"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    assert [line.rsplit(": ", 1)[1] for line in messages.faults()] == ["translated otherwise elsewhere"]
