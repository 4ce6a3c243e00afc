"""What programs hear of: written with what happened, for live spaces alone, by ids and never by names."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode
from app.accounts.principal import BY_LINK, job
from app.campaigns import launching
from app.campaigns.rules import Stage
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts import service as contacts
from app.events import service as events
from app.events.models import Answer
from app.hooks.models import Delivery, Hook
from app.messaging import mailings
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.inbox import replies
from app.messaging.inbox.replies import Incoming
from app.messaging.models import Mailing
from app.messaging.status import Status
from app.workshops.practice import copying
from tests.events.stage import make_event
from tests.factories import (
    NOON,
    SOMEBODY,
    make_campaign,
    make_contact,
    make_delivery,
    make_hook,
    make_mailing,
    make_message,
    make_space,
)

ACT = {"by": SOMEBODY, "now": NOON}


@pytest.fixture
def space(database):
    with database.transaction() as session:
        space = make_space(session)
        make_hook(session, space)
        return space


def heard(database):
    with database.snapshot() as session:
        return [(one.kind.value, one.data) for one in session.scalars(select(Delivery).order_by(Delivery.id))]


def test_a_message_is_told_once_it_is_final_and_again_when_a_late_receipt_changes_it(database, space):
    with database.transaction() as session:
        zoe = make_contact(session, space)
        message = make_message(session, make_mailing(session, space), contact_id=zoe.id, status=Status.SENDING)
        apply_changes(session, {message.id: StatusChange(Status.SENT, carrier_sid="SM1")}, now=NOON)
        apply_changes(session, {message.id: StatusChange(Status.UNDELIVERED, error_code=30003)}, now=NOON)
        apply_changes(session, {message.id: StatusChange(Status.UNDELIVERED, error_code=30003)}, now=NOON)
    expected = {
        "message_id": message.id,
        "contact_id": zoe.id,
        "status": "undelivered",
        "error_code": 30003,
        "reason": "",
        "attempt": 1,
        "parts": 1,
        "price_micros": 75_000,
        "at": NOON.isoformat(),
    }
    assert heard(database) == [("message.final", expected)]


def test_what_is_withdrawn_is_told_in_one_batch_and_other_spaces_hear_nothing(database, space):
    with database.transaction() as session:
        mailing, other = make_mailing(session, space), make_mailing(session)
        make_hook(session, space, events=["campaign.finished"])
        make_hook(session, space, is_on=False)
        make_hook(session, space, removed_at=NOON)
        for _number in range(3):
            make_message(session, mailing)
        make_message(session, other)
        mailings.cancel(session, [mailing.id, other.id])
        mailings.withdraw_cancelled(session, limit=10, now=NOON)
    told = heard(database)
    assert [(kind, data["status"], data["reason"]) for kind, data in told] == [
        ("message.final", "withdrawn", "cancelled")
    ] * 3


def test_nothing_is_told_of_what_was_rolled_back(database, space):
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        consent.object_to(session, space.id, "f" * 64, channel=Channel.LINK, **ACT)
        raise ZeroDivisionError
    assert heard(database) == []


def test_a_campaign_is_told_with_its_counts_when_it_finishes(database, settings, space):
    with database.transaction() as session:
        mailing = make_mailing(session, space)
        make_message(session, mailing, status=Status.DELIVERED)
        campaign = make_campaign(session, space, stage=Stage.SENDING, mailing_id=mailing.id, send_at=NOON)
        launching.follow_up(session, campaign.id, settings=settings, now=NOON)
        launching.follow_up(session, campaign.id, settings=settings, now=NOON)
    [(kind, data)] = heard(database)
    counts = {status.value: int(status is Status.DELIVERED) for status in Status}
    assert (kind, data) == (
        "campaign.finished",
        {
            "campaign_id": campaign.id,
            "counts": counts,
            "price_micros": 75_000,
            "currency": "EUR",
            "finished_at": NOON.isoformat(),
        },
    )


def test_an_objection_is_told_with_whose_it_is_and_how_far_it_goes(database, space):
    with database.transaction() as session:
        zoe = make_contact(session, space)
        consent.object_to(
            session, space.id, zoe.fingerprint, channel=Channel.LINK, contact_id=zoe.id, only_missions=True, **ACT
        )
        consent.object_to(session, space.id, "f" * 64, channel=Channel.IMPORT, **ACT)
    same = {"at": NOON.isoformat()}
    assert heard(database) == [
        ("contact.opted_out", {"contact_id": zoe.id, "channel": "link", "only_missions": True, **same}),
        ("contact.opted_out", {"contact_id": None, "channel": "import", "only_missions": False, **same}),
    ]


def test_answers_are_told_whoever_brings_them_and_without_their_words(database, settings, space):
    with database.transaction() as session:
        zoe = make_contact(session, space, first_name="Zoé")
        event = make_event(session, space)
        events.invite(session, event, [zoe], **ACT)
        events.answer(session, event.id, zoe.id, Answer.COMING, **ACT)
        events.answer(session, event.id, zoe.id, Answer.NOT_COMING, by=job(BY_LINK), now=NOON)
        said = Incoming(settings.twilio_account_sid, "SM1", zoe.phone, space.sender, "Je viens avec Ginette")
        reply = replies.receive(session, session.merge(space), said, settings=settings, now=NOON)
        assert replies.receive(session, session.merge(space), said, settings=settings, now=NOON) is None
        reply_id = reply.id
    told = heard(database)
    assert {kind for kind, _data in told} == {"answer.received"}
    assert [(data["mission_id"], data["answer"], data["by"], data.get("reply_id")) for _kind, data in told] == [
        (event.id, "coming", "person", None),
        (event.id, "not_coming", "link", None),
        (None, None, "reply", reply_id),
    ]
    for word in ("Zoé", zoe.last_name, zoe.phone, "Ginette"):
        assert word not in json.dumps([data for _kind, data in told], ensure_ascii=False)


def test_who_is_erased_is_nowhere_in_what_is_kept_to_be_sent(database, space):
    """A delivery holds an id, which nothing answers to any more: it needs no erasing of its own."""
    with database.transaction() as session:
        zoe = make_contact(session, space, first_name="Zoé", email="zoe@exemple.fr")
        consent.object_to(session, space.id, zoe.fingerprint, channel=Channel.LINK, contact_id=zoe.id, **ACT)
        contacts.remove(session, zoe, **ACT)
    with database.snapshot() as session:
        kept = str([list(row) for row in session.execute(select(*Delivery.__table__.c))])
        assert contacts.count(session, space.id) == 0
    assert [word for word in ("Zoé", zoe.phone, "zoe@exemple.fr", zoe.fingerprint) if word in kept] == []


def test_a_practice_space_tells_nobody_and_its_copies_take_no_subscription(database, settings):
    with database.transaction() as session:
        model = make_space(session, mode=Mode.PRACTICE)
        hook = make_hook(session, model)
        make_delivery(session, hook)
        consent.object_to(session, model.id, "f" * 64, channel=Channel.LINK, **ACT)
        assert [one.hook_id for one in session.scalars(select(Delivery))] == [hook.id], "only the row made by hand"
        copy = copying.copy_space(session, model, None, name="Copie", settings=settings, **ACT)
        assert session.scalars(select(Hook).where(Hook.space_id == copy.id)).all() == []
        assert session.scalars(select(Delivery).where(Delivery.space_id == copy.id)).all() == []


def test_a_space_that_goes_takes_its_subscriptions_along(database, space):
    with database.transaction() as session:
        make_delivery(session, session.scalars(select(Hook)).one(), created_at=NOON - timedelta(days=1))
        session.delete(session.merge(space))
    with database.snapshot() as session:
        assert (session.scalar(select(Hook.id)), session.scalar(select(Delivery.id))) == (None, None)
        assert session.scalar(select(Mailing.id)) is None
