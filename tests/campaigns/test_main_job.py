"""The main job through real HTTP: a text to a list, each message to the fate that its digits say, replies and links."""

import re
import time

import pytest
import requests
from sqlalchemy import select

from app.accounts.models import Mode
from app.campaigns import service
from app.campaigns.models import Campaign
from app.campaigns.models import Stage as CampaignStage
from app.clock import utc_now
from app.consent.models import OptOut
from app.messaging import tallies
from app.messaging.models import Message, Receipt, Reply
from app.messaging.status import Status
from jobs.launching import launch_due_campaigns
from tests.factories import SOMEBODY, make_contact, make_list, make_space
from tests.stage import standing_stage

FATES = {
    "00": (Status.UNDELIVERED, 30003),
    "01": (Status.UNDELIVERED, 30005),
    "02": (Status.FAILED, 21614),
    "03": (Status.FAILED, 21610),
    "04": (Status.UNDELIVERED, 30007),
    "05": (Status.SENT, None),
    "06": (Status.DELIVERED, None),
    "07": (Status.DELIVERED, None),
    "42": (Status.DELIVERED, None),
}


@pytest.fixture
def stage(settings, tmp_path):
    with standing_stage(settings, tmp_path) as stage:
        yield stage


def make_campaign(session, space, people, **words):
    """A draft to a list of people, whose numbers end as asked."""
    one_list = make_list(session, space)
    for ending in people:
        make_contact(session, space, on=one_list, phone=f"+336399801{ending}", first_name="Zoé")
    audience = {"lists": [one_list.id], "contacts": [], "except": []}
    body = words.pop("body", "Bonjour {prénom}, il nous manque des bras samedi.")
    return service.draft(session, space, by=SOMEBODY, now=utc_now(), body=body, audience=audience, **words)


def send(stage, session, space, campaign):
    service.schedule_at_once(
        session, space, campaign, at=utc_now(), by=SOMEBODY, settings=stage.runtime.settings, now=utc_now()
    )


def statuses(session, campaign_id):
    campaign = session.get_one(Campaign, campaign_id)
    latest = select(Message).where(Message.mailing_id == campaign.mailing_id, Message.is_latest)
    return {message.phone[-2:]: message for message in session.scalars(latest)}


def test_each_message_meets_the_fate_of_its_digits(stage):
    with stage.runtime.database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        campaign = make_campaign(session, space, FATES)
        send(stage, session, space, campaign)

    def all_settled(session):
        found = statuses(session, campaign.id)
        return len(found) == 9 and all(found[end].status is fate for end, (fate, _code) in FATES.items())

    stage.until(all_settled)
    with stage.runtime.database.snapshot() as session:
        found = statuses(session, campaign.id)
        assert {end: found[end].error_code for end in FATES} == {end: code for end, (_fate, code) in FATES.items()}
        counts = tallies.progress(session, session.get_one(Campaign, campaign.id).mailing_id).counts
        assert counts == {Status.DELIVERED: 3, Status.UNDELIVERED: 3, Status.FAILED: 2, Status.SENT: 1}
        objected = session.scalars(select(OptOut.fingerprint)).all()
        assert objected == [found["03"].fingerprint]
    ledger = stage.simulator(space, "GET", "ledger")["items"]
    assert [row["count"] for row in ledger] == [1] * 8, "one each, and the second try of the phone that was off"


def test_a_link_opts_out_and_the_next_text_leaves_that_person_out(stage):
    with stage.runtime.database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        campaign = make_campaign(session, space, ["42", "43"])
        send(stage, session, space, campaign)
    stage.until(lambda session: {m.status for m in statuses(session, campaign.id).values()} == {Status.DELIVERED})
    text = stage.simulator(space, "GET", "handsets/+33639980142")["items"][0]["body"]
    link = re.search(r"http\S+", text)[0]
    assert "Ne plus recevoir de SMS" in requests.get(link, timeout=5).text
    with stage.runtime.database.snapshot() as session:
        assert session.scalars(select(OptOut)).all() == [], "looking at a link acts on nothing"
    answer = requests.post(link, data={"choice": "stop"}, timeout=5)
    assert "vous ne recevrez plus de SMS" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    with stage.runtime.database.transaction() as session:
        again = service.copy(session, space, session.get_one(Campaign, campaign.id), by=SOMEBODY, now=utc_now())
        send(stage, session, space, again)
    stage.until(lambda session: session.get_one(Campaign, again.id).stage is CampaignStage.FINISHED)
    with stage.runtime.database.snapshot() as session:
        assert list(statuses(session, again.id)) == ["43"]


def test_a_stop_from_a_phone_is_kept_and_obeyed_even_by_messages_already_written(stage):
    with stage.runtime.database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE, sender="+33199001234", two_way=True)
        first = make_campaign(session, space, ["42"])
        send(stage, session, space, first)
    stage.until(lambda session: session.get_one(Campaign, first.id).stage is CampaignStage.FINISHED)
    with stage.runtime.database.transaction() as session:
        second = service.copy(session, space, session.get_one(Campaign, first.id), by=SOMEBODY, now=utc_now())
        send(stage, session, space, second)
    launch_due_campaigns(stage.runtime)
    stage.simulator(space, "POST", "handsets/+33639980142/reply", json={"body": "Stop ! merci", "to": "+33199001234"})

    wait_for_reply(stage)
    stage.until(lambda session: session.get_one(Campaign, second.id).stage is CampaignStage.FINISHED)
    with stage.runtime.database.snapshot() as session:
        message = statuses(session, second.id)["42"]
        assert (message.status, message.reason) == (Status.WITHDRAWN, "opted_out")
        assert session.scalars(select(Reply.body)).all() == ["Stop ! merci"]
        assert session.scalar(select(Receipt).where(Receipt.message_id == message.id)) is None


def wait_for_reply(stage):
    """Without sending anything meanwhile."""
    for _ in range(200):
        with stage.runtime.database.snapshot() as session:
            if session.scalar(select(Reply)) is not None:
                return
        time.sleep(0.05)
    raise AssertionError("no reply came")
