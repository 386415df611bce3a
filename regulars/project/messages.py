"""Translations without gettext's programs: `python -m regulars.project.messages collect | check | compile`.

Each app, each room of the desk and each connector keeps its own catalogue beside its code
(`locale/ru/LC_MESSAGES/django.po`). English is the source language, so Russian is the only catalogue.
collect: bring catalogues up to date with the code, keeping what is translated. check: end with 1 where a string is
missing, untranslated, or has other placeholders than its source. compile: write the .mo files that Django reads.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LANGUAGE = "ru"
_CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}  # function → places of context, message, plural
_STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_TEMPLATE_CALL = re.compile(rf"(?<![\w.])(_|n?p?gettext)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_LETTER = re.compile(r"[^\W\d_]")

# No dates and no names, so that a catalogue changes only where its words do.
_HEADER = rb"""msgid ""
msgstr ""
"Language: ru\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""

Found = tuple[str | None, str, str | None]


def packages() -> list[Path]:
    """Folders that keep a catalogue of their own: apps, rooms of the desk, connectors."""
    nested = [path for parent in ("desk", "connectors") for path in (PACKAGE / parent).iterdir()]
    found = [path for path in [*PACKAGE.iterdir(), *nested] if path.is_dir() and (path / "__init__.py").exists()]
    return sorted(path for path in found if path.name not in ("connectors", "locale"))


def catalogue_path(package: Path) -> Path:
    return package / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def extracted(package: Path) -> Catalog:
    """What the code and the templates of a package say, without the packages inside it."""
    inner = [path for path in packages() if path != package and path.is_relative_to(package)]
    catalogue = Catalog(locale=LANGUAGE, domain="django")
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("*.txt")]):
        if any(path.is_relative_to(other) for other in inner) or {"migrations", "static", "locale"} & set(path.parts):
            continue
        read = _of_python if path.suffix == ".py" else _of_template
        for context, text, plural in read(path):
            place = (str(path.relative_to(PACKAGE.parent)), 0)
            catalogue.add((text, plural) if plural else text, locations=[place], context=context)
    return catalogue


def _of_python(path: Path) -> Iterator[Found]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in _CALLS:
            texts = [
                arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None for arg in node.args
            ]
            yield from _found(name, texts)


def _of_template(path: Path) -> Iterator[Found]:
    for match in _TEMPLATE_CALL.finditer(templatize(path.read_text(), origin=str(path))):
        yield from _found(match[1], list(ast.literal_eval(f"({match[2]},)")))


def _found(name: str, texts: list[str | None]) -> Iterator[Found]:
    context, text, plural = (None if place is None or place >= len(texts) else texts[place] for place in _CALLS[name])
    if text:
        yield context, text, plural


def load(package: Path) -> Catalog:
    path = catalogue_path(package)
    if not path.exists():
        return Catalog(locale=LANGUAGE, domain="django")
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain="django")


def collect() -> None:
    for package in packages():
        source = extracted(package)
        if not len(source):
            continue
        catalogue = load(package)
        catalogue.update(source, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = catalogue_path(package)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(_HEADER)
            write_po(file, catalogue, width=120, sort_output=True, omit_header=True, include_lineno=False)


def faults() -> list[str]:
    """One line for each string that a Russian reader would see wrong."""
    found = []
    said: dict[tuple[str | None, str], object] = {}
    for package in packages():
        catalogue = load(package)
        for message in extracted(package):
            if message.id:
                known = catalogue.get(_key(message), message.context)
                fault = _fault(message, known) or _discord(message, known, said)
                found += [f"{package.relative_to(PACKAGE.parent)}: {_key(message)!r}: {fault}"] if fault else []
    return found


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _fault(source: Message, known: Message | None) -> str | None:
    sources = [source.id] if isinstance(source.id, str) else list(source.id)
    if not any(_LETTER.search(_PLACEHOLDER.sub("", text)) for text in sources):
        return None  # a mark or a number: the same in every language
    if known is None:
        return "not in the catalogue"
    texts = [known.string] if isinstance(known.string, str) else list(known.string or ())
    if known.fuzzy or not all(texts) or (not isinstance(source.id, str) and len(texts) != 3):
        return "not translated"
    wanted = set(_PLACEHOLDER.findall(sources[-1]))
    # One and "a few" may leave the number out; nothing else may be lost or invented.
    if (
        any(set(_PLACEHOLDER.findall(text)) - wanted for text in texts)
        or set(_PLACEHOLDER.findall(texts[-1])) != wanted
    ):
        return "other placeholders than its source"
    return None


def _discord(source: Message, known: Message | None, said: dict[tuple[str | None, str], object]) -> str | None:
    """Django reads all catalogues as one, so the same words need the same translation everywhere (or a context)."""
    if known is not None and said.setdefault((source.context, _key(source)), known.string) != known.string:
        return "translated otherwise elsewhere"
    return None


def compile_all() -> None:
    for package in packages():
        path = catalogue_path(package)
        if path.exists():
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, load(package))


def main(command: str) -> int:
    if command == "collect":
        collect()
    elif command == "compile":
        compile_all()
    elif command == "check":
        found = faults()
        print("\n".join(found) or "All strings are translated.")  # noqa: T201 - a developer's command
        return 1 if found else 0
    else:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
