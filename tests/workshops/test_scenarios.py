"""Scenarios as data: the house's is copied, one's own is changed."""

import pytest
from sqlalchemy import select, update

from app.accounts.models import Staff
from app.assembly import STEP_KINDS
from app.errors import RuleBroken
from app.workshops.kits import mass_sms
from app.workshops.models import Scenario, StepTiming
from app.workshops.path import arrangement, scenarios
from tests.factories import make_space, make_user, sign_in
from tests.together import together

LIST = "/ateliers/scenarios"
TWO = [{"key": "send"}, {"key": "follow"}]


@pytest.mark.parametrize(
    ("act", "keys"),
    [
        ("up:1", ["follow", "send"]),
        ("down:0", ["follow", "send"]),
        ("up:0", ["send", "follow"]),
        ("down:1", ["send", "follow"]),
        ("remove:0", ["follow"]),
        ("remove:9", ["send", "follow"]),
        ("up:²", ["send", "follow"]),
        ("add", ["send", "follow", "handle_stop"]),
        ("save", ["send", "follow"]),
    ],
)
def test_a_button_moves_one_step(act, keys):
    assert [step["key"] for step in arrangement.arranged(TWO, act, new_key="handle_stop")] == keys


def test_what_is_left_blank_says_what_its_kind_says():
    read = arrangement.read_steps({"key": ["send"], "title": [" "], "text": ["  Envoyez \n donc "], "minutes": ["7"]})
    assert read == [{"key": "send", "text": "Envoyez donc", "minutes": 7}]
    for minutes in ("0", "-1", "121", "dix", "²"):
        with pytest.raises(RuleBroken):
            arrangement.read_steps({"key": ["send"], "minutes": [minutes]})


def form(scenario, **words):
    steps = scenario.steps
    columns = {
        name: [str(step.get(name, "")) for step in steps] for name in ("key", "title", "text", "hint", "minutes")
    }
    return {"name": scenario.title, "act": "save", **columns, **words}


@pytest.fixture
def mine(room, database):
    """A copy of the house's, made by the trainer."""
    room.get(LIST)
    with database.snapshot() as session:
        house = session.scalars(select(Scenario)).one()
    assert room.post(f"{LIST}/{house.id}/copie").status_code == 302
    with database.snapshot() as session:
        return session.scalars(select(Scenario).where(Scenario.owner_id.is_not(None))).one()


def again(database, scenario):
    with database.snapshot() as session:
        return session.get_one(Scenario, scenario.id)


def test_the_houses_scenario_is_copied_and_never_changed(room, database, mine):
    house_id = mine.id - 1
    assert "copiez-le pour le changer" in room.get(f"{LIST}/{house_id}").text
    assert room.post(f"{LIST}/{house_id}", data=form(mine)).status_code == 403
    with database.snapshot() as session:
        assert [step["key"] for step in session.get_one(Scenario, house_id).steps] == list(mass_sms.KIT.steps)
    with database.transaction() as session:  # as a release before made it
        session.get_one(Scenario, house_id).steps = [{"key": "send"}]
        saved = session.get_one(Scenario, mine.id)
        saved.steps = [{"key": "send", "minutes": 4}]
    assert "Et lundi ?" in room.get(f"{LIST}/{house_id}").text.replace("\xa0", " ").replace("\u202f", " ")
    again_copied = room.post(f"{LIST}/{house_id}/copie").location
    with database.snapshot() as session:
        fresh = session.get_one(Scenario, int(again_copied.rpartition("/")[2]))
        assert [step["key"] for step in fresh.steps] == list(mass_sms.KIT.steps)
        assert session.get_one(Scenario, mine.id).steps == [{"key": "send", "minutes": 4}]


def test_a_trainer_orders_times_and_words_the_steps(room, database, mine):
    page = f"{LIST}/{mine.id}"
    words = form(mine, name="Le mien", is_shared="1")
    words["minutes"][0], words["text"][0] = "12", "Prenez la liste."
    assert room.post(page, data=words).status_code == 302
    moved = room.post(page, data=form(again(database, mine), act="down:0", is_shared="1"))
    assert moved.location.endswith("#etape-2")
    room.post(page, data=form(again(database, mine), act="remove:13", is_shared="1"))
    kept = again(database, mine)
    assert (kept.title, kept.is_shared, len(kept.steps)) == ("Le mien", True, len(mass_sms.KIT.steps) - 1)
    assert kept.steps[1] == {"key": "welcome", "text": "Prenez la liste.", "minutes": 12}
    room.post(page, data=form(kept, act="add", new_key="reminder_leaves"))
    assert again(database, mine).steps[-1]["key"] == "reminder_leaves"
    assert not again(database, mine).is_shared


def test_what_cannot_be_keeps_what_was_typed(room, database, mine):
    page = f"{LIST}/{mine.id}"
    words = form(mine, name="Un titre à garder")
    words["minutes"][2] = "1000"
    refused = room.post(page, data=words)
    assert refused.status_code == 422
    assert "Un titre à garder" in refused.text
    assert room.post(page, data=form(mine, name=" ")).status_code == 422
    assert room.post(page, data=form(mine, act="add", new_key="send")).status_code == 422
    assert room.post(page, data={"name": "Vide", "act": "save"}).status_code == 422
    assert again(database, mine).title == mine.title


def test_another_trainer_reads_what_is_shared_and_nothing_else(app, database, room, mine):
    other = app.test_client()
    with database.transaction() as session:
        sign_in(other, session, make_user(session, staff=Staff.TRAINER))
    assert other.get(f"{LIST}/{mine.id}").status_code == 404
    room.post(f"{LIST}/{mine.id}", data=form(mine, is_shared="1"))
    assert other.get(f"{LIST}/{mine.id}").status_code == 200
    assert other.post(f"{LIST}/{mine.id}", data=form(mine)).status_code == 403
    assert other.post(f"{LIST}/{mine.id}/copie").status_code == 302


def test_scenarios_are_for_the_programmes_people(app, database, mine):
    member = app.test_client()
    with database.transaction() as session:
        sign_in(member, session, make_user(session, space=make_space(session)))
    assert member.get(LIST).status_code == 404


def test_the_time_other_rooms_took_is_told(room, database, mine, planned):
    with database.transaction() as session:
        for seconds in (200, 540, 560):
            words = {"workshop_id": planned.id, "scenario_id": planned.scenario_id, "key": "send"}
            session.add(StepTiming(**words, seconds=seconds))
    with database.snapshot() as session:
        assert scenarios.usual_minutes(session) == {"send": 9}
    assert "D’habitude 9" in room.get(f"{LIST}/{mine.id}").text
    assert "send" in STEP_KINDS


def test_looking_at_the_scenarios_writes_once_and_two_at_once_make_one_house(app, database):
    with database.transaction() as session:
        trainer = make_user(session, staff=Staff.TRAINER)
        clients = [app.test_client() for _browser in range(2)]
        for client in clients:
            sign_in(client, session, trainer)
    pages = together(lambda: clients[0].get(LIST), lambda: clients[1].get("/ateliers/nouveau"))
    assert [page.status_code for page in pages] == [200, 200]
    assert ["Prendre en main le SMS groupé" in page.text for page in pages] == [True, True]
    with database.snapshot() as session:
        assert len(session.scalars(select(Scenario)).all()) == 1
    written = []
    with database.transaction() as held:  # a writer at work: whoever only reads does not wait for it
        held.execute(update(Scenario).values(title="Le nôtre"))
        written += [clients[0].get(path).status_code for path in (LIST, "/ateliers/nouveau")]
    assert written == [200, 200]
