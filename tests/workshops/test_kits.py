"""The kinds of workshop as a table: what each is made of, and the path the house gives it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.assembly import STEP_KINDS
from app.clock import utc_now
from app.workshops import kinds
from app.workshops.kits.kit import Part
from app.workshops.models import Kind, Scenario, Workshop
from app.workshops.path import scenarios
from tests.factories import make_space
from tests.together import together

PLAN = "/ateliers/nouveau"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_kit_whose_steps_are_known_and_whose_title_names_the_association(kind):
    kit = kinds.of(kind)
    assert kit.kind is kind
    assert set(kit.steps) <= set(STEP_KINDS)
    assert "Les Amis" in kit.title % {"name": "Les Amis"}
    assert bool(kit.steps) is bool(kit.parts) is (kit.practice is not None)


def test_each_kind_is_planned_with_a_path_of_its_own(room, database):
    with database.transaction() as session:
        make_space(session, slug="programme")
        mass_sms = scenarios.house(session, now=utc_now())
    day = (utc_now() + timedelta(days=7)).strftime("%Y-%m-%d")
    for kind in Kind:
        form = {"kind": kind.value, "association": "Les Amis", "day": day, "hour": "14:00", "scenario": mass_sms.id}
        assert room.post(PLAN, data=form).status_code == 302
    with database.snapshot() as session:
        planned = select(Workshop.kind, Scenario.kind, Scenario.steps).join(Scenario).order_by(Workshop.id)
        assert [tuple(row) for row in session.execute(planned)] == [
            (kind, kind, [{"key": key} for key in kinds.of(kind).steps]) for kind in Kind
        ]


def test_a_path_without_steps_is_offered_to_nobody(room, database):
    with database.transaction() as session:
        scenarios.house(session, Kind.WEBINAR, now=utc_now())
    for page in (PLAN, "/ateliers/scenarios"):
        shown = room.get(page).text
        assert kinds.of(Kind.MASS_SMS).scenario in shown
        assert kinds.of(Kind.WEBINAR).scenario not in shown


def test_two_who_ask_at_once_for_the_houses_path_make_one(database):
    def ask():
        with database.transaction() as session:
            return scenarios.house(session, now=utc_now()).id

    assert len(set(together(*[ask] * 4))) == 1
    with database.snapshot() as session:
        assert len(session.scalars(select(Scenario)).all()) == 1


@pytest.mark.parametrize("kind", [Kind.MASS_SMS, Kind.WEBINAR])
def test_a_room_shows_the_parts_of_its_kit(room, database, opened, kind):
    words = {
        Part.WALL: "Écran de la salle",
        Part.LIST: "La liste d’entraînement",
        Part.TOMORROW: "Avancer jusqu’au prochain rappel",
        Part.FAULTS: "Simuler une panne",
    }
    with database.transaction() as session:
        session.get_one(Workshop, opened.id).kind = kind
    shown = room.get(f"/ateliers/{opened.id}/salle").text
    assert {part for part in Part if words[part] in shown} == kinds.of(kind).parts
