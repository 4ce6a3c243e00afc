"""The house, asserted. Each rule names what it protects; an exception stands here with its reason."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from app.web import seams
from app.web.seams import Seam
from jobs.batches import Queue
from jobs.timetable import TICKS

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("jobs/**/*.py"), ROOT / "wsgi.py"])
LONGEST_FILE = 250
LONGEST_FUNCTION = 40
READING = {"GET", "HEAD", "OPTIONS"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_with(pattern: str, *, allowed: set[str]) -> list[str]:
    """« file:line » of every match outside the ``allowed`` files."""
    return [
        f"{name_of(path)}:{number}"
        for path in SOURCES
        if name_of(path) not in allowed
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def is_simulator(path: Path) -> bool:
    """The classroom's carrier is a server of its own, with a store and a clock of its own."""
    return name_of(path).startswith("app/simulator/")


def test_only_the_doors_of_the_database_commit() -> None:
    found = lines_with(r"\.(commit|rollback)\(", allowed={"app/database/engine.py"})
    assert [each for each in found if not each.startswith("app/simulator/store/")] == []


def test_only_the_settings_read_the_environment() -> None:
    assert lines_with(r"\bos\.environ|\bgetenv\(|from os import .*environ", allowed={"app/settings.py"}) == []


def test_only_the_clock_asks_the_time() -> None:
    found = lines_with(r"datetime\.(now|utcnow|today)\(|date\.today\(", allowed={"app/clock.py"})
    assert [each for each in found if not each.startswith("app/simulator/")] == []


def test_the_rooms_of_an_application_meet_at_typed_seams() -> None:
    found = lines_with(r"\bextensions\b", allowed={"app/web/seams.py"})
    assert [each for each in found if not each.startswith("app/simulator/")] == []


def test_assembly_fills_every_seam(app: Flask) -> None:
    rooms = [module for name, module in sys.modules.items() if name.startswith("app.")]
    declared = {value for room in rooms for value in vars(room).values() if isinstance(value, Seam)}
    empty = {seam.name for seam in declared ^ set(seams.of(app).fillings)}
    assert empty == set(), f"seams that assembly does not fill: {', '.join(empty)}"


def test_the_edge_has_one_way_for_each_thing_that_leaves_by_it() -> None:
    ways = r"Content-Disposition|\.set_cookie\(|crc32|\"vu\"|startswith\(\"https:"
    allowed = {"app/web/edge.py", "app/settings.py", "app/workshops/seats/connectivity_pages.py"}  # « vu » : arrived
    assert lines_with(ways, allowed=allowed) == []


def test_accents_are_taken_off_in_one_place_and_tables_written_in_one() -> None:
    folded = lines_with(
        r'unicodedata\.combining|"NFD"', allowed={"app/french/folding.py", "app/messaging/body/text.py"}
    )
    assert folded == []  # a text made cheaper loses only the accents that no basic letter carries
    assert lines_with(r"csv\.writer", allowed={"app/contacts/importing/formulas.py"}) == []


def test_a_space_is_locked_by_one_function() -> None:
    assert lines_with(r"select\(Space\.id\).*with_for_update", allowed={"app/accounts/spaces.py"}) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_with(r"\b(TODO|FIXME|XXX)\b", allowed=set()) == []


def test_every_import_stands_at_the_top() -> None:
    hidden = [
        f"{name_of(path)}:{inner.lineno}"
        for path in SOURCES
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_and_its_functions_are_read_in_one_go(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{name_of(path)} has {lines} lines"
    long = {
        f"{each.name}: {each.end_lineno - each.lineno + 1} lines"
        for each in ast.walk(tree(path))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        and each.end_lineno is not None
        and each.end_lineno - each.lineno >= LONGEST_FUNCTION
    }
    assert long == set()


WEB_NAMES = re.compile(r"(^|_)(web|pages|api|guards|webhooks|forms|cookie|navigation|panels)$")
WEB_FILES = {"app/assembly.py", "wsgi.py"}
WEB_LIBRARIES = {"flask", "flask_wtf", "flask_smorest", "werkzeug", "wtforms"}


def speaks_web(path: Path) -> bool:
    """Schemas stand at the border, and read without hearing of Flask."""
    if path.stem.endswith("schemas"):
        return False
    inside = path.parts[len(ROOT.parts) + 1 : -1]
    return name_of(path) in WEB_FILES or any(WEB_NAMES.search(part) for part in (*inside, path.stem))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def test_services_rules_and_models_never_hear_of_the_web() -> None:
    """Only pages, api, guards and the glue they share know Flask, so that jobs and commands can call all the rest."""
    web_modules = {name_of(path)[:-3].replace("/", ".") for path in SOURCES if speaks_web(path)}
    heard = {
        f"{name_of(path)} imports {module}"
        for path in SOURCES
        if not speaks_web(path) and not is_simulator(path)
        for module in imported(path)
        if (module.partition(".")[0] in WEB_LIBRARIES and not module.startswith("werkzeug.datastructures"))
        or module in web_modules - {"app.assembly"}
    }
    assert heard == set()


PROGRAMS = {"__main__", "asking", "restoring"}
"""What a command runs once."""


def test_every_public_job_is_a_tick_of_the_timetable_and_the_other_way_round() -> None:
    """A job that no tick calls runs in tests alone."""
    jobs = {
        each.name
        for path in ROOT.glob("jobs/**/*.py")
        if path.stem not in PROGRAMS
        for each in tree(path).body
        if isinstance(each, ast.FunctionDef)
        and not each.name.startswith("_")
        and each.args.args
        and each.args.args[0].arg == "runtime"
    }
    pressed_by_hand = {"ask_now", "ask_batch"}  # `tambour reconcile`, and what it shares with its tick
    queues = {tick.job for tick in TICKS if isinstance(tick.job, Queue)}
    called = [tick.job for tick in TICKS if tick.job not in queues]
    assert {getattr(job, "func", job).__name__ for job in called} == jobs - pressed_by_hand
    rooms = [module for name, module in sys.modules.items() if name.startswith("jobs.")]
    assert {one for room in rooms for one in vars(room).values() if isinstance(one, Queue)} <= queues
    assert len({tick.name for tick in TICKS}) == len(TICKS)


def test_the_life_of_a_mailing_has_one_home() -> None:
    """Opened and changed elsewhere, it has been closed under its owner's feet, and paused for ever."""
    home = "app/messaging/mailings.py"
    elsewhere = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        if name_of(path) != home and not is_simulator(path)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Mailing")
        or (isinstance(node, ast.keyword) and node.arg == "state" and "MailingState" in ast.unparse(node.value))
        or (
            isinstance(node, ast.Assign)
            and "MailingState" in ast.unparse(node.value)
            and any(".state" in ast.unparse(each) for each in node.targets)
        )
    ]
    assert elsewhere == []


def guards(app: Flask) -> Iterator[tuple[str, set[str], object]]:
    """« rule endpoint », the methods that change something, and the guard of every route."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.endpoint.endswith(".static"):
            continue  # files of ours, the same for everybody
        view = app.view_functions[rule.endpoint]
        changing = (rule.methods or set()) - READING
        if view_class := getattr(view, "view_class", None):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                guard = getattr(getattr(view_class, method.lower()), "guard", getattr(view_class, "guard", None))
                yield f"{method} {rule.rule} ({rule.endpoint})", {method} & changing, guard
        else:
            yield f"{rule.rule} ({rule.endpoint})", changing, getattr(view, "guard", None)


def test_every_route_says_who_may_enter(app: Flask) -> None:
    open_to_all = [route for route, _, guard in guards(app) if guard is None]
    assert open_to_all == [], f"routes without a guard: {', '.join(open_to_all)}"


def test_every_open_door_has_its_reason(app: Flask) -> None:
    unexplained = [
        route for route, _, guard in guards(app) if guard and guard.kind in ("public", "signed") and not guard.reason
    ]
    assert unexplained == []


def test_changing_something_takes_a_role_a_signature_or_a_reason(app: Flask) -> None:
    loose = [
        route
        for route, changing, guard in guards(app)
        if changing and guard and not (guard.role or guard.reason or guard.kind in ("signed_in", "staff", "programme"))
    ]
    assert loose == []


def test_one_function_refuses_whoever_has_no_sender() -> None:
    assert lines_with(r'"sender_missing"', allowed={"app/messaging/posting.py"}) == []


LARGEST_FOLDER = 26
"""Files of its own; a feature that passes it gets rooms of its own."""
ROOT_FILES = {"__init__", "assembly", "settings", "runtime", "models", "clock", "errors", "logs"}


def test_the_root_of_app_keeps_its_eight_files() -> None:
    assert {path.stem for path in ROOT.glob("app/*.py")} == ROOT_FILES


def test_no_folder_passes_what_a_reader_can_hold() -> None:
    folders = {path.parent for path in SOURCES}
    own = {name_of(each): [path for path in each.glob("*.py") if path.stem != "__init__"] for each in folders - {ROOT}}
    assert {name: len(files) for name, files in own.items() if len(files) > LARGEST_FOLDER} == {}


def test_no_room_is_empty() -> None:
    folders = {path.parent for path in SOURCES if path.stem == "__init__"}
    assert [name_of(folder) for folder in folders if len(list(folder.iterdir())) < 2] == []
