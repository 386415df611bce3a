"""Text as people search for it: case and ё/е do not matter, on SQLite as on PostgreSQL."""

import unicodedata


def fold(text: str) -> str:
    """The form of `text` that is stored in search and sort columns and that queries are turned into.

    NFKC, case folded, ё as е, runs of white space as one space, no NUL (PostgreSQL refuses it).
    """
    folded = unicodedata.normalize("NFKC", text.replace("\x00", "")).casefold().replace("ё", "е")
    return " ".join(folded.split())


def typed(text: str) -> str:
    """What a person typed, without blanks around it and without NUL, which PostgreSQL refuses."""
    return text.replace("\x00", "").strip()


def like_pattern(text: str) -> str:
    r"""`text`, folded, as a LIKE pattern for «contains», with `\` as the escape character."""
    escaped = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
