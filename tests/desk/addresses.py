"""Every address of the desk, found in the list of urls, so that new ones are tried without being named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

# A thing that does not exist: who may look for it gets 404, who may not 403.
NOWHERE = UUID("01900000-0000-7000-8000-000000000000")


@dataclass(frozen=True)
class Address:
    name: str
    path: str
    view: Callable[..., Any]

    @property
    def access(self) -> Any:
        return getattr(self.view, "access", None)

    @property
    def is_ours(self) -> bool:
        return self.view.__module__.startswith("regulars.desk")


def addresses() -> list[Address]:
    return sorted(_within(get_resolver().url_patterns, "/", ""), key=lambda address: address.path)


def _within(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[Address]:
    for pattern in patterns:
        path = prefix + _filled(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _within(pattern.url_patterns, path, inner)
        else:
            yield Address(f"{space}{pattern.name}", path, pattern.callback)


def _filled(pattern: URLPattern | URLResolver) -> str:
    text = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        value: object = NOWHERE if isinstance(converter, UUIDConverter) else 1
        value = value if isinstance(converter, UUIDConverter | IntConverter) else "x"
        text = text.replace(f"<{_kind(text, name)}{name}>", str(value))
    return text


def _kind(text: str, name: str) -> str:
    head = text[: text.index(f"{name}>")]
    return head[head.rindex("<") + 1 :]
