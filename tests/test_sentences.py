"""What people read is marked for translation, and a template that names what nobody gave it fails."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

ROOT = Path(__file__).resolve().parents[1]
FRENCH = re.compile(r"[àâçéèêëîïôûùüœ«»’]|\b(le|la|les|des|une|pas|vous|est)\b")
MARKS = {"_", "ngettext"}
SHELL = "printed in a shell, for whoever keeps the server"
SIMULATOR = "the simulator imports nothing of ours, so not the mark either"
EXAMPLE = "an example or a pattern, not a sentence of ours"
PRETEND = "words of pretend people and files, practised with as they are"
UNMARKED = {
    "app/cli/": SHELL,
    "app/settings.py": SHELL,
    "app/database/private.py": SHELL,
    "app/database/revisions.py": SHELL,
    "jobs/asking.py": SHELL,
    "jobs/restoring.py": SHELL,
    "app/simulator/": SIMULATOR,
    "app/accounts/web/schemas.py": EXAMPLE,
    "app/campaigns/api_schemas.py": EXAMPLE,
    "app/consent/words.py": EXAMPLE,
    "app/contacts/importing/api.py": EXAMPLE,
    "app/contacts/importing/api_schemas.py": EXAMPLE,
    "app/contacts/importing/mapping.py": EXAMPLE,
    "app/contacts/fields.py": EXAMPLE,
    "app/contacts/options.py": EXAMPLE,
    "app/contacts/importing/headings.py": EXAMPLE,
    "app/contacts/importing/births.py": EXAMPLE,
    "app/messaging/body/": EXAMPLE,
    "app/messaging/web/schemas.py": EXAMPLE,
    "app/workshops/phones/pages.py": PRETEND,
    "app/workshops/practice/": PRETEND,
    "app/workshops/room/incidents.py": PRETEND,
}
"""Beginning of a path -> why its French bears no mark."""


def unmarked(source: str) -> Iterator[int]:
    """The lines of French strings, docstrings aside, that no mark surrounds."""
    tree = ast.parse(source)
    above = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        if " " not in node.value.strip() or not FRENCH.search(node.value) or isinstance(above[node], ast.Expr):
            continue
        at: ast.AST = node
        while not isinstance(at, ast.stmt) and not _is_mark(at):
            at = above[at]
        if not _is_mark(at):
            yield node.lineno


def _is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in MARKS


def test_each_sentence_of_the_code_bears_its_mark() -> None:
    sources = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("jobs/**/*.py")])
    bare = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources
        if not str(path.relative_to(ROOT)).startswith(tuple(UNMARKED))
        for line in unmarked(path.read_text(encoding="utf-8"))
    ]
    assert bare == []


def test_a_sentence_without_its_mark_is_seen() -> None:
    bare = 'def check():\n    """Les mots."""\n    raise RuleBroken("list_empty", "Cette liste est vide.")\n'
    assert list(unmarked(bare)) == [3]
    assert list(unmarked(bare.replace('"Cette liste est vide."', '_("Cette liste est vide.")'))) == []


JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"[\w-]+=\"[^\"]*\"|<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>|&\w+;", re.DOTALL)
BARE = {"Tambour", "cnil", "defenseurdesdroits", "formulaire"}
"""The product's name and the addresses of others are the same in every language."""


@pytest.mark.parametrize("path", sorted(ROOT.glob("templates/**/*.html")), ids=lambda path: path.stem)
def test_each_word_of_a_template_bears_its_mark(path: Path) -> None:
    text = TAG.sub(" ", JINJA.sub(" ", path.read_text(encoding="utf-8")))
    assert set(re.findall(r"[^\W\d_]{3,}", text)) - BARE == set()


def test_a_template_never_prints_what_nobody_gave_it(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(UndefinedError):
        render_template_string("<p>{{ nobody_gave_this }}</p>")
    with app.test_request_context("/"), pytest.raises(UndefinedError):
        render_template_string("{% for each in nobody_gave_this %}{{ each }}{% endfor %}")
    with app.test_request_context("/"):
        assert render_template_string("{% if nobody_gave_this %}yes{% else %}no{% endif %}") == "no"
