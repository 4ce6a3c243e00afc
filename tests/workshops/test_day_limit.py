"""« Limite du jour »: part of a sending leaves, the participant reads when the rest does, and tomorrow comes."""

import pytest
from sqlalchemy import select

from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.contacts.models import ContactList
from app.messaging.models import Mailing, Message
from app.messaging.status import Status
from app.web import seams
from app.workshops import service
from app.workshops.phones import faults
from tests.conftest import with_settings
from tests.factories import SOMEBODY
from tests.stage import standing_stage

LIMIT = faults.find("day_limit")
A_DAY = LIMIT.words["day_limit"]
SENTENCE = "Limite du jour atteinte. La suite part demain."


@pytest.fixture
def stage(settings, tmp_path):
    with standing_stage(settings, tmp_path) as stage:
        yield stage


@pytest.fixture
def app(stage):
    return stage.app


@pytest.fixture
def amina(opened, room, sit):
    """A participant's browser and space, under the day's limit."""
    client, sitting = sit(opened, "Amina")
    answer = room.post(f"/ateliers/{opened.id}/temps", data={"weather": LIMIT.key}, follow_redirects=True)
    assert "Cinq SMS partent" in answer.text
    return client, sitting.space


def send(stage, space):
    """A text to the newcomers, scheduled now; its campaign's id."""
    with stage.runtime.database.transaction() as session:
        newcomers = session.scalars(
            select(ContactList.id).where(ContactList.space_id == space.id, ContactList.name == "Nouveaux")
        ).one()
        audience = {"lists": [newcomers], "contacts": [], "except": []}
        words = {"by": SOMEBODY, "now": utc_now()}
        draft = campaigns.draft(session, space, body="Bonjour {prénom}", audience=audience, **words)
        campaigns.schedule_at_once(session, space, draft, at=utc_now(), settings=stage.runtime.settings, **words)
        return draft.id


def messages(session, campaign_id):
    mailing_id = session.get_one(Campaign, campaign_id).mailing_id
    return session.scalars(select(Message).where(Message.mailing_id == mailing_id).order_by(Message.id)).all()


def waiting(session, campaign_id):
    return [message for message in messages(session, campaign_id) if message.status is Status.QUEUED]


def test_the_rest_of_a_sending_waits_in_plain_words_and_leaves_when_the_day_has_passed(
    stage, database, opened, room, amina
):
    client, space = amina
    campaign_id = send(stage, space)
    stage.until(lambda _session: len(stage.simulator(space, "GET", "ledger")["items"]) == A_DAY)
    stage.work()
    with database.snapshot() as session:
        everybody, rest = messages(session, campaign_id), waiting(session, campaign_id)
    assert len(rest) > 1
    assert not any(message.status is Status.FAILED and message.error_code == 63038 for message in everybody)
    page = client.get(f"/e/{space.slug}/envoyer/{campaign_id}").text
    assert page.count(SENTENCE) == 1 + len(rest), "above the bar, and behind each « En attente »"
    assert f"{len(rest)} SMS attendent leur tour, rien n’est perdu" in page
    one = client.get(f"/e/{space.slug}/envoyer/{campaign_id}/messages/{rest[-1].id}").text
    assert SENTENCE in one

    second = send(stage, space)
    stage.work()
    assert SENTENCE in client.get(f"/e/{space.slug}/envoyer/{second}").text, "of what was sent after it, too"

    answer = room.post(f"/ateliers/{opened.id}/demain", follow_redirects=True).text
    assert "La limite du jour est levée" in answer
    assert 'value="fine" aria-pressed="true"' in answer
    assert stage.simulator(space, "GET", "weather")["day_limit"] is None
    stage.until(lambda session: not waiting(session, campaign_id) and not waiting(session, second))
    assert SENTENCE not in client.get(f"/e/{space.slug}/envoyer/{campaign_id}").text
    never = ("02", "03")

    def all_have_left(session):
        """Those of phones that were off leave once more, so that one more may be on its way."""
        gone = [*messages(session, campaign_id), *messages(session, second)]
        ledger = stage.simulator(space, "GET", "ledger")["items"]
        return len(ledger) == len([message for message in gone if not message.phone.endswith(never)])

    stage.until(all_have_left)
    assert {row["count"] for row in stage.simulator(space, "GET", "ledger")["items"]} == {1}


STATE = "La suite part demain</dd>"


def test_fine_weather_the_same_day_frees_what_the_limit_held(stage, database, opened, room, amina):
    client, space = amina
    campaign_id = send(stage, space)
    stage.until(lambda _session: len(stage.simulator(space, "GET", "ledger")["items"]) == A_DAY)
    stage.work()
    follow = f"/e/{space.slug}/envoyer/{campaign_id}"
    assert STATE in client.get(follow).text
    for page in (f"/e/{space.slug}/envoyer", f"/e/{space.slug}/"):
        shown = client.get(page).text
        assert "La suite part demain" in shown
        assert "Envoi en cours" not in shown

    answer = room.post(f"/ateliers/{opened.id}/temps", data={"weather": "fine"}, follow_redirects=True).text
    assert "ce qui attendait part maintenant" in answer
    assert "Envoi en cours" in client.get(follow).text
    stage.until(lambda session: not waiting(session, campaign_id))
    assert STATE not in client.get(follow).text
    assert {row["count"] for row in stage.simulator(space, "GET", "ledger")["items"]} == {1}
    again = room.post(f"/ateliers/{opened.id}/temps", data={"weather": "fine"}, follow_redirects=True).text
    assert "ce qui attendait part maintenant" not in again, "nothing waits any more"


def test_a_sending_stopped_or_paused_under_the_limit_waits_for_its_person(stage, database, amina):
    client, space = amina
    campaign_id = send(stage, space)
    stage.until(lambda session: len(stage.simulator(space, "GET", "ledger")["items"]) == A_DAY)
    stage.work()
    page = f"/e/{space.slug}/envoyer/{campaign_id}"
    client.post(f"{page}/pause")
    with database.snapshot() as session:
        assert session.get_one(Mailing, session.get_one(Campaign, campaign_id).mailing_id).state == "paused"
    assert SENTENCE not in client.get(page).text
    assert "tant que vous ne reprenez pas" in client.get(page).text
    assert STATE not in client.get(page).text


def test_without_the_simulator_the_day_does_not_pass_under_its_limit(stage, database, opened, room, amina):
    _client, space = amina
    campaign_id = send(stage, space)
    stage.until(lambda session: len(stage.simulator(space, "GET", "ledger")["items"]) == A_DAY)
    stage.work()
    with database.snapshot() as session:
        before = [message.not_before for message in waiting(session, campaign_id)]
    seams.hand(room.application, with_settings(stage.runtime, simulator_url="http://127.0.0.1:9"))
    assert "réessayez dans un instant" in room.post(f"/ateliers/{opened.id}/demain", follow_redirects=True).text
    with database.snapshot() as session:
        assert [message.not_before for message in waiting(session, campaign_id)] == before
        assert faults.current(service.get(session, opened.id)) is LIMIT
