"""A campaign that asks who comes: whom it puts on the mission's list, and what becomes of them and of what waits."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Space
from app.campaigns import asking, launching, service
from app.campaigns.asking import Said
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.errors import RuleBroken
from app.events import inviting, knowledge
from app.events import service as events
from app.events.models import Answer, Event, EventState, Registration
from app.links.models import Link
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.models import Mailing, Message
from app.messaging.status import Status
from tests.campaigns.test_scheduling import asked_while_writing
from tests.events.stage import DAY, change, make_event, said
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space

TEXT = "{prénom}, {titre} {jour} à {heure}, {lieu}. Vous venez ?"
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def asked(runtime, database):
    """A mission, and a question about it to a list of seven: (space, event, campaign, contacts) by their ids."""
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        event = make_event(session, space)
        everyone = make_list(session, space)
        people = [make_contact(session, space, on=everyone, first_name=f"Zoe{n}") for n in range(7)]
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        campaign = make_campaign(
            session, space, audience=audience, body=TEXT, link_purpose="event", link_subject_id=event.id
        )
        return space.id, event.id, campaign.id, [one.id for one in people]


def plan(database, settings, asked, *, at=NOON):
    with database.transaction() as session:
        space, campaign = session.get_one(Space, asked[0]), session.get_one(Campaign, asked[2])
        return service.schedule_at_once(session, space, campaign, at=at, by=SOMEBODY, settings=settings, now=NOON)


def batch(database, settings, *, limit=3, now=NOON):
    with database.transaction() as session:
        campaign = launching.claim_due(session, now=now)
        return campaign and launching.write_batch(session, campaign, limit=limit, settings=settings, now=now)


def launch(database, settings, asked):
    plan(database, settings, asked)
    return [batch(database, settings) for _ in range(3)]


def listed(database):
    with database.snapshot() as session:
        return {one.contact_id: one for one in session.scalars(select(Registration))}


def stage_of(database, asked):
    with database.snapshot() as session:
        return session.get_one(Campaign, asked[2]).stage


def act(database, asked, gesture):
    with database.transaction() as session:
        gesture(session, session.get_one(Campaign, asked[2]), by=SOMEBODY, now=LATER)


def bodies(database):
    with database.snapshot() as session:
        return session.scalars(select(Message.body).order_by(Message.id)).all()


def test_people_are_put_on_the_list_as_they_are_launched_beyond_its_limit(database, settings, asked, monkeypatch):
    monkeypatch.setattr(events, "MAXIMUM", 2)
    plan(database, settings, asked)
    assert listed(database) == {}, "nobody is asked before the thirty seconds are over"
    assert batch(database, settings) == 3
    assert sorted(listed(database)) == asked[3][:3]
    assert [batch(database, settings), batch(database, settings)] == [3, 1]
    assert sorted(listed(database)) == asked[3]
    first = bodies(database)[0]
    assert first.startswith("Zoe0, Collecte du samedi samedi 7")
    assert "Vous venez ?\nRéponse ou stop : http" in first
    with database.snapshot() as session:
        links = session.scalars(select(Link)).all()
        assert {(one.purpose, one.subject_id) for one in links} == {("event", asked[1])}
        space, event = session.get_one(Space, asked[0]), session.get_one(Event, asked[1])
        assert inviting.untold(session, event) == [], "nobody is invited a second time"
        assert not knowledge.unaware(session, space, event).misled
    said(database, asked[1], asked[3][0], Answer.COMING)
    said(database, asked[1], asked[3][1])
    with database.snapshot() as session:
        space, campaign = session.get_one(Space, asked[0]), session.get_one(Campaign, asked[2])
        room = asking.handed(session)
        found = room.answers(session, space, asked[1], mailing_id=campaign.mailing_id)
        assert found == {Said.YES: 1, Said.NO: 1, Said.NOTHING: 5}
        who = room.people(session, space, asked[1], Said.YES, mailing_id=campaign.mailing_id)
        assert [one.id for one in who] == asked[3][:1]


def test_who_has_answered_is_not_asked_again(database, settings, asked):
    with database.transaction() as session:
        event = session.get_one(Event, asked[1])
        people = [session.get_one(events.Contact, one) for one in asked[3][:3]]
        events.invite(session, event, people, by=SOMEBODY, now=NOON)
    said(database, asked[1], asked[3][0])
    said(database, asked[1], asked[3][1], Answer.COMING)
    run = plan(database, settings, asked)
    assert (run.people, dict(run.left_out)) == (5, {"answered": 2})
    while batch(database, settings):
        pass
    assert len(bodies(database)) == 5
    assert listed(database)[asked[3][2]].mailing_id is not None, "on the list by hand, and told by this text"


def test_cancelled_it_takes_back_whom_it_alone_put_there_and_who_read_nothing(database, settings, asked):
    with database.transaction() as session:
        event = session.get_one(Event, asked[1])
        events.invite(session, event, [session.get_one(events.Contact, asked[3][0])], by=SOMEBODY, now=NOON)
    launch(database, settings, asked)
    said(database, asked[1], asked[3][1], Answer.COMING)
    with database.transaction() as session:
        read = session.scalars(select(Message).where(Message.contact_id == asked[3][2])).one()
        apply_changes(session, {read.id: StatusChange(Status.DELIVERED)}, now=NOON)
    act(database, asked, service.cancel)
    left = listed(database)
    assert sorted(left) == asked[3][:3], "one by hand, one who answered, one who has read it"
    assert [left[one].mailing_id is None for one in asked[3][:3]] == [True, False, False]


@pytest.mark.parametrize("written", [1, 3])
def test_stopped_from_the_mission_it_takes_back_whom_it_put_there(database, settings, asked, written):
    """Half written or wholly: but for whoever was invited by other means since."""
    with database.transaction() as session:
        event = session.get_one(Event, asked[1])
        events.invite(session, event, [session.get_one(events.Contact, asked[3][0])], by=SOMEBODY, now=NOON)
    plan(database, settings, asked)
    for _ in range(written):
        batch(database, settings)
    with database.transaction() as session:
        space, event = session.get_one(Space, asked[0]), events.get(session, asked[0], asked[1], lock=True)
        mailing_id = session.get_one(Campaign, asked[2]).mailing_id
        assert inviting.stop(session, space, event, mailing_id, by=SOMEBODY, now=LATER)
        again = session.get_one(events.Contact, asked[3][1])
        other = inviting.write(session, space, event, [again], body="Venez {lien}", settings=settings, now=LATER)
        events.find_registration(session, event.id, again.id).mailing_id = other.id
    batch(database, settings, now=LATER)
    with database.transaction() as session:
        for one in launching.sending(session):
            launching.follow_up(session, one, settings=settings, now=LATER)
    assert sorted(listed(database)) == asked[3][:2], "one by hand, one invited since"
    assert stage_of(database, asked) is Stage.CANCELLED


@pytest.mark.parametrize("is_called_off", [False, True], ids=["cancelled", "called off with its mission"])
def test_whoever_ends_a_question_holds_its_mailing_before_the_places(database, settings, asked, is_called_off):
    """As « Arrêter » on the mission's page does: in another order each of the two waits for the other."""
    plan(database, settings, asked)
    batch(database, settings)
    if is_called_off:
        with database.transaction() as session:
            event = events.get(session, asked[0], asked[1], lock=True)
            events.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=LATER)
    with asked_while_writing(database) as statements:
        if is_called_off:
            batch(database, settings, now=LATER)
        else:
            act(database, asked, service.cancel)
    assert (stage_of(database, asked), listed(database)) == (Stage.CANCELLED, {})
    order = [
        one.split()[2] for one in statements if one.startswith(("UPDATE mailings SET", "DELETE FROM registrations"))
    ]
    assert order == ["SET", "registrations"]


def test_stopped_in_time_it_asked_nobody(database, settings, asked):
    plan(database, settings, asked)
    act(database, asked, service.unschedule)
    assert (listed(database), stage_of(database, asked)) == ({}, Stage.DRAFT)
    with database.snapshot() as session:
        assert session.scalars(select(Mailing)).all() == []


def test_a_moved_mission_writes_anew_what_waits(database, settings, asked):
    launch(database, settings, asked)
    with database.snapshot() as session:
        starts_at = session.get_one(Event, asked[1]).starts_at
    change(database, asked[1], starts_at=starts_at + DAY, now=LATER)
    found = bodies(database)
    assert all("dimanche 8" in one and "\nRéponse ou stop : http" in one for one in found)


def test_a_mission_moved_between_two_batches_is_told_as_it_is(database, settings, asked):
    plan(database, settings, asked)
    batch(database, settings)
    with database.snapshot() as session:
        starts_at = session.get_one(Event, asked[1]).starts_at
    change(database, asked[1], starts_at=starts_at + DAY, now=LATER)
    batch(database, settings)
    assert ["dimanche 8" in one for one in bodies(database)] == [True] * 6


@pytest.mark.parametrize("written", [0, 1, 3])
def test_called_off_nothing_that_waits_leaves(database, settings, asked, written):
    """Planned for later, half written or wholly: the campaign ends with its mission."""
    plan(database, settings, asked, at=NOON if written else NOON + DAY)
    for _ in range(written):
        batch(database, settings)
    with database.transaction() as session:
        event = events.get(session, asked[0], asked[1], lock=True)
        events.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=LATER)
    batch(database, settings, now=LATER)
    with database.transaction() as session:
        for one in launching.sending(session):
            launching.follow_up(session, one, settings=settings, now=LATER)
    assert stage_of(database, asked) is Stage.CANCELLED
    assert listed(database) == {}


def test_a_paused_one_ends_with_its_mission(database, settings, asked):
    plan(database, settings, asked)
    batch(database, settings)
    act(database, asked, service.pause)
    with database.transaction() as session:
        event = events.get(session, asked[0], asked[1], lock=True)
        events.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=LATER)
    batch(database, settings, now=LATER)
    assert stage_of(database, asked) is Stage.CANCELLED


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda event: setattr(event, "state", EventState.CANCELLED), "question_over"),
        (lambda event: setattr(event, "starts_at", NOON - DAY), "question_over"),
        (lambda event: setattr(event, "starts_at", NOON + timedelta(minutes=5)), "question_late"),
    ],
)
def test_a_question_about_nothing_to_come_is_refused(database, settings, asked, spoil, code):
    with database.transaction() as session:
        spoil(session.get_one(Event, asked[1]))
    with pytest.raises(RuleBroken) as refusal:
        plan(database, settings, asked, at=NOON + timedelta(minutes=10))
    assert refusal.value.code == code
    assert listed(database) == {}


def test_the_copy_of_a_campaign_asks_the_same_question(database, settings, asked):
    launch(database, settings, asked)
    with database.transaction() as session:
        space, campaign = session.get_one(Space, asked[0]), session.get_one(Campaign, asked[2])
        again = service.copy(session, space, campaign, by=SOMEBODY, now=LATER)
        assert (again.link_purpose, again.link_subject_id) == ("event", asked[1])
