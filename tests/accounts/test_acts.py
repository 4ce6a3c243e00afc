"""Acts are declared once: the trail, the journal and the steps of a lesson speak of the same ones."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from app.accounts import activity, journal
from app.accounts.activity import Act
from app.accounts.models import Activity
from app.assembly import ACTS, STEP_KINDS
from tests.factories import NOON

APP = Path(__file__).parents[2] / "app"
FEATURES = sorted(str(path.parent.relative_to(APP)) for path in APP.rglob("acts.py"))
PLACE = re.compile(r"%\((\w+)\)s")


def sources() -> Iterator[Path]:
    return (path for path in APP.rglob("*.py") if path.name not in ("acts.py", "activity.py"))


class Recording(NamedTuple):
    """A call that writes into the trail: which act, and the details it gives."""

    file: str
    act: str
    details: frozenset[str | None]


@cache
def recordings() -> tuple[Recording, ...]:
    """All of the product, which is read once: there is a test for each act."""
    return tuple(
        Recording(path.name, ast.unparse(node.args[2]), frozenset(word.arg for word in node.keywords))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("activity.record", "activity.go_on")
    )


def test_nothing_is_recorded_by_a_word_typed_on_the_spot() -> None:
    typed = [f"{one.file}: {one.act}" for one in recordings() if re.search("['\"]", one.act)]
    assert typed == [], f"declare it in the feature's acts.py: {', '.join(typed)}"


@pytest.mark.parametrize("feature", FEATURES)
def test_every_declared_act_is_recorded_somewhere(feature: str) -> None:
    alias = f"{Path(feature).name.rstrip('s')}_acts"
    recorded = set()
    for path in sources():
        name = "acts" if path.is_relative_to(APP / feature) else alias
        if path.name != "steps.py" or path.parent.parent != APP:
            recorded |= set(re.findall(rf"\b{name}\.([A-Z_]+)\b(?!\.verb)", path.read_text()))
    module = ast.parse((APP / feature / "acts.py").read_text())
    assigned = [node for node in module.body if isinstance(node, ast.Assign) if "is_former" not in ast.unparse(node)]
    names = {node.targets[0].id for node in assigned} - {"ACTS"}  # type: ignore[attr-defined]
    assert names - recorded == set(), f"{feature}/acts.py declares what nobody records"


def test_every_act_of_every_feature_is_in_the_journals_table() -> None:
    declared = sum(path.read_text().count("= Act(") for path in APP.rglob("acts.py"))
    assert len(ACTS) == declared, "an acts.py whose ACTS are not in assembly.ACTS: the journal could not tell them"


def test_every_step_waits_for_a_declared_act() -> None:
    waited = [(kind.key, act) for kind in STEP_KINDS.values() for act in (kind.act, *(act for act, _ in kind.others))]
    lost = [f"{key} waits for {act.verb}" for key, act in waited if ACTS.get(act.verb) is not act]
    assert lost == [], f"no acts.py declares it: {', '.join(lost)}"


@pytest.mark.parametrize("act", ACTS.values(), ids=lambda act: act.verb)
def test_a_sentence_is_french_and_its_places_are_filled_by_whoever_records_it(act: Act) -> None:
    assert re.match(r"(a|s'est|n'envoie) ", act.sentence)
    assert act.about.startswith(("un ", "une "))
    names = set(PLACE.findall(act.sentence))
    constant = _constant(act)
    for one in recordings():
        if one.act.endswith("acts." + constant) and ACTS[act.verb] is act:
            assert names <= one.details


@cache
def _declarations() -> str:
    return "".join(path.read_text() for path in APP.rglob("acts.py"))


def _constant(act: Act) -> str:
    found = re.search(rf'([A-Z_]+) = Act\(\s*"{re.escape(act.verb)}"', _declarations())
    assert found
    return found[1]


def test_an_older_row_without_a_detail_is_still_told() -> None:
    row = Activity(at=NOON, principal_name="Odile", verb="campaign.scheduled", note="", detail={})
    assert journal.line(row, ACTS).what == "a programmé un envoi (personnes : ?)"


def test_an_act_declared_twice_is_a_mistake() -> None:
    one = Act("moon.landed", "a marché sur la Lune", "une lune")
    with pytest.raises(ValueError, match=r"moon\.landed"):
        activity.by_verb([one, one])
