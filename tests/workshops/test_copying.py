"""What a seat's copy takes of the practice space: its people and its past, whole, and nothing that may still leave."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import func, select

from app.accounts.models import Space
from app.audiences.models import Segment
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.contacts import history
from app.contacts.history import News
from app.contacts.history_models import ContactActivity
from app.contacts.models import Contact, ContactList, ListMember
from app.database.tables import Base
from app.events.models import Answer, Event, Registration, Reminder, Shift
from app.messaging import tallies
from app.messaging.models import Mailing, MailingState, Message, Reply
from app.messaging.status import Status
from app.workshops.phones import wall
from app.workshops.practice import copying
from tests.factories import make_campaign, make_contact, make_list, make_mailing, make_message
from tests.messaging.desk import claim, counted
from tests.together import together

DRAFT = "Maraude de jeudi"
PAST = "Collecte de samedi"
LEFT_BEHIND = {
    "activities": "acts are of whoever did them",
    "api_keys": "a key opens one space",
    "associations": "whose live space it is",
    "consent_entries": "who wrote a no down, and how, is told where it was said",
    "event_mailings": "of invitations and reminders, which leave no copy",
    "hook_deliveries": "of subscriptions",
    "hooks": "nothing leaves a practice space",
    "imports": "files brought in",
    "links": "made anew with each message",
    "memberships": "who may come in",
    "one_times": "of whoever signs in",
    "openings": "who may come in",
    "practice_spaces": "what the space is",
    "alone_practices": "what the space is",
    "real_starts": "of live spaces",
    "real_ticks": "of live spaces",
    "reminders": "leave by themselves",
    "seats": "who sits in it",
    "remembered_columns": "of the files brought in",
    "sender_rates": "when the sender is free again",
    "sign_ups": "who has not confirmed yet is nobody",
    "contact_words": "written by the database itself, of the copy's own people",
    "duplicate_pairs": "questions about the model's cards",
    "bulk_edits": "done to the model's cards",
    "merges": "a copy has the cards as they are, without how they came about",
    "step_ticks": "told by the trainer, for this copy",
    "workshops": "the programme's own space",
}
"""Tables with rows of spaces that a copy leaves behind, each with its reason."""


def names(session, space_id):
    return sorted(session.scalars(select(Campaign.name).where(Campaign.space_id == space_id)))


def demonstrate(session, model):
    """A trainer's sending of today: some left, some under way, one waiting; the rest planned, paused, or finished."""
    now = utc_now()
    mailing = make_mailing(session, model, created_at=now, served_at=now, ignores_hours=True)
    stages = {"Partie": Stage.SENDING, "Prévue": Stage.SCHEDULED, "Suspendue": Stage.PAUSED, "Finie": Stage.FINISHED}
    for name, stage in stages.items():
        make_campaign(session, model, name=name, stage=stage, mailing_id=mailing.id if name == "Partie" else None)
    for status in (Status.QUEUED, Status.QUEUED, Status.SENDING, Status.UNKNOWN, Status.SENT, Status.DELIVERED):
        make_message(
            session,
            mailing,
            status=status,
            not_before=now,
            not_after=now + timedelta(hours=20),
            claimed_at=None if status is Status.QUEUED else now,
            settled_at=now if status is Status.DELIVERED else None,
            created_at=now,
        )
    return mailing


def test_copies_taken_during_a_demonstration_claim_nothing_twice(database, settings, opened, sit):
    with database.transaction() as session:
        mailing_id = demonstrate(session, session.get_one(Space, opened.model_space_id)).id
    copies = [sit(opened, name)[1].space.id for name in ("Amina", "Paul")]
    claimed = claim(database, settings, now=utc_now() + timedelta(seconds=1))
    with database.snapshot() as session:
        leaving = session.scalars(
            select(Message.mailing_id).where(Message.id.in_([one.message_id for one in claimed]))
        ).all()
        assert leaving == [mailing_id, mailing_id]
        for space_id in copies:
            assert names(session, space_id) == [PAST, DRAFT]
            states = session.scalars(select(Mailing.state).where(Mailing.space_id == space_id)).all()
            assert states == [MailingState.CLOSED]


def test_a_closed_mailing_with_a_message_in_doubt_stays_in_the_model(database, opened, sit):
    with database.transaction() as session:
        past = session.scalars(select(Mailing).where(Mailing.space_id == opened.model_space_id)).one()
        make_message(session, past, status=Status.UNKNOWN, claimed_at=past.created_at)
    _browser, sitting = sit(opened, "Amina")
    with database.snapshot() as session:
        assert names(session, sitting.space.id) == [DRAFT]
        for table in (Mailing, Message):
            assert session.scalars(select(table).where(table.space_id == sitting.space.id)).all() == []


def test_what_landed_in_the_demonstration_is_on_no_phone_of_a_copy(database, opened, sit):
    now = utc_now()
    with database.transaction() as session:
        model = session.get_one(Space, opened.model_space_id)
        mailing = make_mailing(session, model, created_at=now, state=MailingState.CLOSED)
        make_message(session, mailing, status=Status.DELIVERED, settled_at=now, created_at=now)
        session.add(Reply(space_id=model.id, account_sid="", carrier_sid="", phone="+33639980042", body="?", at=now))
    _browser, sitting = sit(opened, "Amina")
    with database.snapshot() as session:
        phones = wall.handsets(session, opened, [session.get_one(Space, sitting.space.id)])
        assert [bubble.body for phone in phones for bubble in phone.bubbles] == []


def test_no_message_of_a_copy_bears_an_id_of_the_carrier(database, opened, sit):
    _browser, sitting = sit(opened, "Amina")
    with database.snapshot() as session:
        sids = select(Message.carrier_sid).where(Message.space_id == sitting.space.id, Message.carrier_sid.is_not(None))
        assert session.scalars(sids).all() == []
        past = session.scalars(select(Mailing).where(Mailing.space_id == sitting.space.id)).one()
        assert tallies.progress(session, past.id).counts == counted(session, past.id)


def test_dates_of_the_kit_come_with_their_people_and_without_reminders(database, opened, sit):
    with database.transaction() as session:
        model = session.get_one(Space, opened.model_space_id)
        person = session.scalars(select(Contact).where(Contact.space_id == model.id).limit(1)).one()
        for title, at in (("Du début", model.created_at - timedelta(days=1)), ("De la séance", utc_now())):
            event = Event(
                space_id=model.id, title=title, starts_at=utc_now(), ends_at=utc_now(), created_at=at, updated_at=at
            )
            session.add(event)
            session.flush()
            words = {"space_id": model.id, "event_id": event.id, "created_at": at}
            shift = Shift(seats=3, **words)
            session.add(shift)
            session.flush()
            place = {"answer": Answer.COMING, "shift_id": shift.id, "tell_seat_at": at}
            session.add(Registration(contact_id=person.id, **place, **words))
            session.add(Reminder(before_s=60, body="Demain", due_at=at, **words))
            said = {"any": [{"field": name, "is": "has", "value": event.id} for name in ("answered_yes", "unanswered")]}
            make_campaign(session, model, name=f"Qui vient {title}", link_purpose="event", link_subject_id=event.id)
            session.add(Segment(space_id=model.id, name=title, folded=title, rule=said, created_at=at, updated_at=at))
        history.note(session, News(contacted={person.id: utc_now()}))
    _browser, sitting = sit(opened, "Amina")
    with database.snapshot() as session:
        mine = Event.space_id == sitting.space.id
        rows = session.execute(
            select(Event.title, Contact.phone, Contact.space_id, Registration.space_id)
            .join(Registration, Registration.event_id == Event.id)
            .join(Contact, Contact.id == Registration.contact_id)
            .where(mine)
        ).all()
        assert rows == [("Du début", person.phone, sitting.space.id, sitting.space.id)]
        [ours] = session.scalars(select(Event.id).where(mine))
        [shift] = session.scalars(select(Shift).where(Shift.space_id == sitting.space.id))
        [place] = session.scalars(select(Registration).where(Registration.space_id == sitting.space.id))
        assert (shift.event_id, shift.seats, place.shift_id, place.tell_seat_at) == (ours, 3, shift.id, None)
        rules = session.scalars(select(Segment.rule).where(Segment.space_id == sitting.space.id).order_by(Segment.id))
        dates = [[line["value"] for line in rule["any"]] for rule in rules]
        assert dates == [[ours, ours], [0, 0]], "a date that the copy has not is a hole"
        asking = select(Campaign.link_purpose, Campaign.link_subject_id).order_by(Campaign.name)
        asked = session.execute(asking.where(Campaign.space_id == sitting.space.id, Campaign.name.startswith("Qui")))
        assert asked.all() == [("", None), ("event", ours)], "and a question about it is none"
        texted = select(Contact.phone, ContactActivity.last_contacted_at).order_by(Contact.phone)
        texted = texted.join(ContactActivity, ContactActivity.contact_id == Contact.id)
        theirs, ours = (
            session.execute(texted.where(ContactActivity.space_id == one)).all() for one in (model.id, sitting.space.id)
        )
        assert ours == theirs and person.phone in dict(tuple(row) for row in ours), "history comes as it stands"


def test_every_table_of_a_space_says_whether_a_copy_takes_it():
    taken = {one.table.__tablename__ for one in copying.COPIED}
    of_spaces = {table.name for table in Base.metadata.tables.values() if "space_id" in table.c}
    assert of_spaces - taken == set(LEFT_BEHIND)
    assert taken.isdisjoint(LEFT_BEHIND)


@pytest.fixture
def at_work(database, opened):
    """A trainer at work in the model: each call adds somebody, their list, a draft for it and a sending at once."""
    turns = count()

    def work():
        with database.transaction() as session:
            model = session.get_one(Space, opened.model_space_id)
            mark = f"Geste {next(turns)}"
            on = make_list(session, model, name=mark)
            contact = make_contact(session, model, first_name=mark, on=on)
            audience = {"lists": [on.id], "contacts": [contact.id], "except": []}
            make_campaign(session, model, name=mark, audience=audience)
            mailing = make_mailing(session, model, created_at=utc_now())
            make_message(session, mailing, contact_id=contact.id)
            make_campaign(session, model, name="En cours", stage=Stage.SENDING, mailing_id=mailing.id)

    return work


def test_copies_made_while_the_trainer_works_are_each_of_one_moment(app, database, opened, at_work):
    app.config["WTF_CSRF_ENABLED"] = False

    def work():
        for _turn in range(40):
            at_work()
        return 302

    def join(name):
        answer = app.test_client().post("/rejoindre", data={"code": opened.code, "nickname": name})
        return answer.status_code

    answers = together(work, work, *(lambda name=name: join(name) for name in ("Amina", "Paul", "Inès", "Théo")))
    assert set(answers) == {302}
    with database.snapshot() as session:
        copies = session.scalars(select(Space.id).where(Space.name.in_(("Amina", "Paul", "Inès", "Théo")))).all()
        assert len(copies) == 4
        for space_id in copies:
            mine = select(Campaign).where(Campaign.space_id == space_id, Campaign.name.like("Geste%"))
            found = {
                draft.name: (draft.audience["lists"], draft.audience["contacts"]) for draft in session.scalars(mine)
            }
            on = (
                select(ContactList.name, ContactList.id, Contact.id)
                .join(ListMember, ListMember.list_id == ContactList.id)
                .join(Contact, Contact.id == ListMember.contact_id)
                .where(ContactList.space_id == space_id, Contact.first_name == ContactList.name)
            )
            assert found == {name: ([list_id], [contact_id]) for name, list_id, contact_id in session.execute(on)}
            people = select(func.count()).where(Contact.space_id == space_id, Contact.first_name.like("Geste%"))
            assert session.scalar(people) == len(found)
            assert session.scalars(select(Mailing.state).where(Mailing.space_id == space_id)).all() == [
                MailingState.CLOSED
            ]
