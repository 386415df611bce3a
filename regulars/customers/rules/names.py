"""Names as people search and sort them."""

from collections.abc import Iterable

from regulars.foundation.text import fold

_PATRONYMIC_ENDINGS = ("вич", "вна", "ична", "оглы", "кызы", "vich", "vna", "ichna")


def sort_name(*, first_name: str, last_name: str, company: str) -> str:
    """What lists are ordered by: last and first name, or the firm's; at most 250 characters."""
    return fold(f"{last_name} {first_name}".strip() or company)[:250]


def display_name(*, first_name: str, last_name: str, patronymic: str, company: str) -> str:
    """What a person is called on a page; "" where nothing is known."""
    return " ".join(part for part in (first_name, patronymic, last_name) if part) or company


def search_text(parts: Iterable[str]) -> str:
    """Everything a customer may be looked for by – names, firm, contacts, outside ids – folded, each part once."""
    return " ".join(dict.fromkeys(folded for part in parts if (folded := fold(part))))


def split_name(text: str) -> tuple[str, str, str]:
    """A full name as (first, last, patronymic).

    «Петрова Анна Сергеевна» and «Анна Сергеевна Петрова» are told apart by the patronymic; two words are taken as
    first and last; "Petrova, Anna" as last and first.
    """
    if text.count(",") == 1:
        last, first = (part.strip() for part in text.split(","))
        return first, last, ""
    words = text.split()
    places = [i for i, word in enumerate(words) if i and fold(word).endswith(_PATRONYMIC_ENDINGS)]
    if len(words) == 3 and places:
        if places[-1] == 2:
            return words[1], words[0], words[2]
        return words[0], words[2], words[1]
    return (words[0], " ".join(words[1:]), "") if words else ("", "", "")
