"""Each query of a space's table names the space, or stands in a list with a reason out of a closed set."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from app.database.tables import Base
from app.models import accounts

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("queries.txt")
SPACED = {mapper.class_.__name__ for mapper in Base.registry.mappers if "space_id" in mapper.local_table.c}
CALLS = {"select", "update", "delete", "get", "get_one"}


class Reason(StrEnum):
    """Why a query may leave its space out."""

    SECRET = "secret"
    """It asks by a secret that only its owner knows, or proves by a signature."""
    READ = "read"
    """It asks by the id of a row that was itself found through its space."""
    EVERY_SPACE = "every_space"
    """A tick, a measure or the programme's staff look over all spaces."""
    SHELL = "shell"
    """Whoever keeps the server asks."""


def loose(source: str, name: str) -> Iterator[str]:
    """« file:function » of each query of a space's table whose function never speaks of a space.

    « file:function(reply_id) » where nothing but an id that its caller gave says which row.
    """
    tree = ast.parse(source)
    above = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        asked = {each.id for arg in node.args for each in ast.walk(arg) if isinstance(each, ast.Name)}
        if called not in CALLS or not asked & SPACED:
            continue
        at: ast.AST = node
        said = ""
        while at in above and not isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef):
            at = above[at]
            said = said or (ast.unparse(at) if isinstance(at, ast.stmt) else "")
        function = at if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef) else None
        given = given_id(said, function) if function else ""
        words = said if given else ast.unparse(function) if function else ""
        if not any(word in words for word in ("space_id", "space.id", "Space.id")):
            alone = f"({given})" if given and not BESIDE.search(said) else ""
            yield f"{name}:{getattr(at, 'name', 'module')}{alone}"


BESIDE = re.compile(r"\b\w+_id == ")
"""What narrows an id by the row that it belongs to: « Reminder.event_id == event.id »."""


def given_id(statement: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The parameter by which it asks for a row, if it asks by an id that its caller gave: the space must be beside."""
    given = "|".join(each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg))
    found = re.search(rf"\.id == ({given})(?![\w.])|\bget(?:_one)?\(\w+, ({given})(?![\w.])", statement)
    return found[1] or found[2] if found else ""


def test_each_query_of_a_space_s_table_names_the_space() -> None:
    assert accounts
    found = {
        each
        for path in ROOT.glob("app/**/*.py")
        if "simulator" not in path.parts
        for each in loose(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    }
    listed = dict(line.split() for line in LIST.read_text(encoding="utf-8").splitlines())
    new, gone = sorted(found - listed.keys()), sorted(listed.keys() - found)
    assert new == [], f"queries of a space's table that name no space, nor stand in queries.txt: {', '.join(new)}"
    assert gone == [], f"lines of queries.txt that are no exception any more: {', '.join(gone)}"
    assert {Reason(reason) for reason in listed.values()} <= set(Reason)


def test_a_query_that_forgets_the_space_is_seen() -> None:
    forgets = (
        "def find(session, contact_id):\n    return session.scalar(select(Contact).where(Contact.id == contact_id))\n"
    )
    assert list(loose(forgets, "x.py")) == ["x.py:find(contact_id)"]
    beside = forgets.replace("Contact.id ==", "Contact.event_id == event.id, Contact.id ==")
    assert list(loose(beside, "x.py")) == ["x.py:find"], "what it belongs to lost, it is another line of the list"
    aside = forgets.replace("contact_id):", "contact_id, space_id):").replace(
        "    return", "    assert space_id\n    return"
    )
    assert list(loose(aside, "x.py")) == ["x.py:find(contact_id)"], "the space is named, but not where the id is asked"
    names = forgets.replace("contact_id):", "contact_id, space_id):").replace(
        "select(Contact)", "select(Contact).where(Contact.space_id == space_id)"
    )
    assert list(loose(names, "x.py")) == []


PAGES = re.compile(r"(^|_)(pages|api|webhooks|guards|navigation)$")
ASKS_ITSELF = {"app/dashboard/health_pages.py": "the measures count whole tables, and are nobody else's"}


def test_pages_ask_services() -> None:
    """A query in a page is one that its API twin writes again."""
    asks = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("app/**/*.py")
        if PAGES.search(path.stem) and re.search(r"^from sqlalchemy import", path.read_text(encoding="utf-8"), re.M)
    }
    assert asks == set(ASKS_ITSELF)
