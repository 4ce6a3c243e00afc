"""Every route of the application with its guard, and its address filled with the ids of a world."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from app.accounts.web.guards import Guard

READING = {"GET", "HEAD", "OPTIONS"}
_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
WORDS = {
    "handset": "a" * 24,
    "token": "x" * 12,
    "code": "ABCDEF",
    "public_id": "lx",
    "word": "x",
    "filename": "x",
    "said": "viennent",
    "moment": "debut",
    "key": "R1",
    "axis": "recruter",
    "page": "conditions",
}
"""What the arguments that are no row's id hold."""


@dataclass(frozen=True)
class LinkTarget:
    """One method of one rule. ``arguments`` are the names of what its address asks."""

    method: str
    rule: str
    guard: Guard
    arguments: tuple[str, ...]

    @property
    def changes(self) -> bool:
        return self.method not in READING

    @property
    def row_ids(self) -> tuple[str, ...]:
        return tuple(name for name in self.arguments if name != "slug" and name not in WORDS)

    def address(self, ids: dict[str, int], *, slug: str) -> str:
        return _ARGUMENT.sub(lambda found: str({**WORDS, "slug": slug, **ids}[found[1]]), self.rule)

    def __str__(self) -> str:
        return f"{self.method} {plain(self.rule)}"


def plain(rule: str) -> str:
    """The rule without its converters: ``/e/<slug>/listes/<list_id>``."""
    return _ARGUMENT.sub(r"<\1>", rule)


def doors(app: Flask) -> Iterator[LinkTarget]:
    """Every route but the files of ours."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        if rule.endpoint != "static" and not rule.endpoint.endswith(".static"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield LinkTarget(method, rule.rule, _guard(app, rule, method), tuple(_ARGUMENT.findall(rule.rule)))


def _guard(app: Flask, rule: Rule, method: str) -> Guard:
    view = app.view_functions[rule.endpoint]
    view_class = getattr(view, "view_class", None)
    guard: Guard = getattr(getattr(view_class, method.lower(), view), "guard", None) or view.guard  # type: ignore[attr-defined]
    return guard
