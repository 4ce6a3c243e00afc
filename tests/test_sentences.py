"""What people read is marked for translation, and a template that names what nobody gave it fails."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import Environment, UndefinedError, nodes
from jinja2.defaults import DEFAULT_NAMESPACE

from tests.test_house import speaks_web

ROOT = Path(__file__).resolve().parents[1]
FRENCH = re.compile(r"[àâçéèêëîïôûùüœ«»’]|\b(le|la|les|des|une|pas|vous|est)\b")
MARKS = {"_", "ngettext"}
SHELL = "printed in a shell, for whoever keeps the server"
SIMULATOR = "the simulator imports nothing of ours, so not the mark either"
EXAMPLE = "an example or a pattern, not a sentence of ours"
PRETEND = "words of pretend people and files, practised with as they are"
GRAMMAR = "the words that join conditions, as people type them: no catalogue would keep them readable"
UNMARKED = {
    "app/cli/": SHELL,
    "app/settings.py": SHELL,
    "app/database/backups/": SHELL,
    "app/database/labels.py": SHELL,
    "app/database/open_file.py": SHELL,
    "app/database/private.py": SHELL,
    "app/database/revisions.py": SHELL,
    "jobs/asking.py": SHELL,
    "jobs/restoring.py": SHELL,
    "app/simulator/": SIMULATOR,
    "app/accounts/web/schemas.py": EXAMPLE,
    "app/audiences/schemas.py": EXAMPLE,
    "app/campaigns/api_schemas.py": EXAMPLE,
    "app/consent/words.py": EXAMPLE,
    "app/audiences/phrases.py": GRAMMAR,
    "app/audiences/reading.py": GRAMMAR,
    "app/audiences/sentences.py": GRAMMAR,
    "app/contacts/importing/api.py": EXAMPLE,
    "app/contacts/importing/api_schemas.py": EXAMPLE,
    "app/contacts/importing/mapping.py": EXAMPLE,
    "app/contacts/fields.py": EXAMPLE,
    "app/contacts/options.py": EXAMPLE,
    "app/contacts/importing/headings.py": EXAMPLE,
    "app/contacts/importing/answers.py": EXAMPLE,
    "app/contacts/importing/births.py": EXAMPLE,
    "app/messaging/body/": EXAMPLE,
    "app/messaging/web/schemas.py": EXAMPLE,
    "app/programme/resources/search.py": EXAMPLE,
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
    assert bare == [], "French without its mark, _(…)"


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


def names_given() -> set[str]:
    """Whatever pages and the glue they share hand to somebody by name."""
    given = set()
    for path in filter(speaks_web, ROOT.glob("app/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg:
                given.add(node.arg)
            elif isinstance(node, ast.Dict):
                given |= {
                    key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
    return given


def names_made(template: nodes.Template) -> set[str]:
    """What a template sets, imports or defines: those it extends and includes see it too."""
    imported = [name for each in template.find_all(nodes.FromImport) for name in each.names]
    stored = {each.name for each in template.find_all(nodes.Name) if each.ctx in ("store", "param")}
    macros = {each.name for each in template.find_all(nodes.Macro)}
    return stored | macros | {name if isinstance(name, str) else name[1] for name in imported}


ALWAYS_THERE = {"request", "g", "config", "url_for", "get_flashed_messages", "csrf_token", "loop", "caller"}


def unknown(sources: dict[str, str]) -> set[str]:
    """« template: name » of each name in these templates that no code gives and no template makes."""
    parsed = {name: Environment(autoescape=True).parse(source) for name, source in sources.items()}
    known = (names_given() | ALWAYS_THERE).union(DEFAULT_NAMESPACE, *map(names_made, parsed.values()))
    return {
        f"{name}: {each.name}"
        for name, template in parsed.items()
        for each in template.find_all(nodes.Name)
        if each.ctx == "load" and each.name not in known
    }


def test_a_template_names_nothing_that_no_code_gives() -> None:
    paths = ROOT.glob("templates/**/*.html")
    sources = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    assert unknown(sources) == set(), "names in templates that nobody gives them"
    spoilt = "{% from 'x.html' import made %}{% block a %}{{ made }}{{ space.id }}{{ nobody_gave_this }}{% endblock %}"
    assert unknown({"spoilt": spoilt}) == {"spoilt: nobody_gave_this"}
