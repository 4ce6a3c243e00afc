"""A reminder leaves once, at its hour, to those it is for; it follows its event wherever it goes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Space
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts import lists
from app.contacts.models import Contact, ContactList
from app.errors import RuleBroken
from app.events import reminders, reviewing, service
from app.events.models import Answer, EventState
from app.messaging.mailings import withdraw_cancelled
from app.messaging.models import Message
from app.messaging.status import Status
from jobs.reminding import send_due_reminders
from tests.events.stage import BODY, DAY, change, make_event, planned, reminder_of, said, texted, tick
from tests.factories import NOON, SOMEBODY, make_contact, make_space
from tests.messaging.desk import claim
from tests.together import together

SATURDAY = NOON.replace(day=7, hour=9)
HOUR = timedelta(hours=1)


def cancel(database, event_id, *, now=NOON):
    with database.transaction() as session:
        event = session.get_one(service.Event, event_id, with_for_update=True)
        service.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=now)
    with database.transaction() as session:
        withdraw_cancelled(session, limit=100, now=now)


def bodies(database):
    with database.snapshot() as session:
        return session.scalars(select(Message.body).order_by(Message.id)).all()


def test_a_reminder_leaves_at_its_hour_once_with_the_words_of_the_date(database, settings):
    planned(database, people=1)
    assert tick(database, settings, now=SATURDAY - DAY - timedelta(seconds=1)) is None
    assert tick(database, settings, now=SATURDAY - DAY) == 1
    assert tick(database, settings, now=SATURDAY - DAY) is None
    (body,) = bodies(database)
    assert body.startswith("Bonjour Jeanne, rendez-vous samedi 7 mars à 10h, Intermarché de Longueau : Collecte")
    assert len(claim(database, settings, now=SATURDAY - DAY)) == 1


def test_a_reminder_follows_its_event_and_says_the_new_hour(database, settings):
    _space, event_id, reminder_id = planned(database, people=1)
    change(database, event_id, starts_at=SATURDAY + 7 * DAY + HOUR)
    assert reminder_of(database, reminder_id).due_at == SATURDAY + 6 * DAY + HOUR
    assert tick(database, settings, now=SATURDAY) is None
    assert tick(database, settings, now=SATURDAY + 6 * DAY + HOUR) == 1
    assert "samedi 14 mars à 11h" in bodies(database)[0]


def test_a_reminder_that_has_left_leaves_again_for_a_date_put_off(database, settings):
    _space, event_id, reminder_id = planned(database, people=2)
    friday = SATURDAY - DAY
    assert tick(database, settings, now=friday) == 2
    assert len(claim(database, settings, now=friday)) == 2
    change(database, event_id, starts_at=SATURDAY + HOUR, now=friday + HOUR)
    assert reminder_of(database, reminder_id).fired_at == friday, "an hour later is no new day before"
    change(database, event_id, starts_at=SATURDAY + 7 * DAY, now=friday + HOUR)
    assert tick(database, settings, now=SATURDAY + 5 * DAY) is None
    assert tick(database, settings, now=SATURDAY + 6 * DAY) == 2
    assert len(texted(database)) == 4


def test_messages_that_wait_for_the_morning_do_not_say_yesterdays_hour(database, settings):
    """Written at 23:00, they leave at 8:00; the date moved meanwhile."""
    night = SATURDAY.replace(hour=22)
    _space, event_id, _reminder = planned(database, people=2, starts_at=night + DAY)
    assert tick(database, settings, now=night) == 2
    change(database, event_id, starts_at=night + DAY - HOUR, now=night + HOUR)
    assert tick(database, settings, now=night + HOUR) == 2
    with database.transaction() as session:
        withdraw_cancelled(session, limit=100, now=night + HOUR)
    morning = night.replace(day=8, hour=7, minute=5)
    left = claim(database, settings, now=morning)
    assert len(left) == 2
    assert all("à 22h" in one.text.body for one in left)


def test_a_reminder_due_at_night_leaves_in_the_morning(database, settings):
    night = SATURDAY.replace(hour=22)
    planned(database, people=2, starts_at=night + DAY)
    assert tick(database, settings, now=night) == 2
    assert claim(database, settings, now=night) == []
    assert len(claim(database, settings, now=night.replace(day=8, hour=7, minute=5))) == 2


@pytest.mark.parametrize("on_list", [False, True], ids=["to those registered", "to a list"])
def test_who_cannot_come_and_who_wants_no_text_are_left_in_peace(database, settings, on_list):
    space_id, event_id, _reminder = planned(database, people=4, on_list=on_list)
    with database.transaction() as session:
        people = session.scalars(select(Contact).order_by(Contact.id)).all()
        event = session.get_one(service.Event, event_id)
        service.invite(session, event, people[:2], by=SOMEBODY, now=NOON)
        consent.object_to(
            session, space_id, people[2].fingerprint,
            channel=Channel.SPOKEN, by=SOMEBODY, now=NOON, contact_id=people[2].id,
        )  # fmt: skip
    said(database, event_id, people[0].id, Answer.NOT_COMING)
    said(database, event_id, people[1].id, Answer.COMING)
    assert tick(database, settings, now=SATURDAY - DAY) == 3
    assert texted(database) == [people[1].id, people[3].id]


@pytest.mark.parametrize("on_list", [False, True], ids=["to those who come", "to a list"])
def test_who_has_not_answered_is_not_reminded_as_somebody_who_comes(database, settings, on_list):
    """Those who want only the texts of their missions have none here until they say yes."""
    space_id, event_id, _reminder = planned(database, people=4, on_list=on_list)
    with database.transaction() as session:
        coming, only_coming, silent, only_silent = session.scalars(select(Contact).order_by(Contact.id)).all()
        event, space = session.get_one(service.Event, event_id), session.get_one(Space, space_id)
        service.invite(session, event, [coming, only_coming, silent, only_silent], by=SOMEBODY, now=NOON)
        for one, answer in (coming, Answer.COMING), (only_coming, Answer.COMING), (silent, Answer.INVITED):
            service.answer(session, event_id, one.id, answer, by=SOMEBODY, now=NOON)
        service.answer(session, event_id, only_silent.id, Answer.INVITED, by=SOMEBODY, now=NOON)
        for one in (only_coming, only_silent):
            consent.object_to(
                session, space_id, one.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON,
                contact_id=one.id, only_missions=True,
            )  # fmt: skip
        shown, _due_at = reviewing.reminder(
            session, space, event, before=2 * HOUR, body=BODY, segment_id=None, settings=settings, now=NOON,
            list_id=session.scalars(select(ContactList.id)).one() if on_list else None,
        )  # fmt: skip
        expected = [coming.id, only_coming.id, *([silent.id] if on_list else [])]
        assert [one.id for one in shown.people] == expected, "what the page shows is what leaves"
        assert [one.id for one, _reason in shown.left_out] == ([only_silent.id] if on_list else [])
    tick(database, settings, now=SATURDAY - DAY)
    assert texted(database) == expected


def test_a_cancelled_date_sends_no_reminder(database, settings):
    _space, event_id, _reminder = planned(database)
    cancel(database, event_id)
    assert tick(database, settings, now=SATURDAY - DAY) is None
    assert texted(database) == []


def test_a_date_cancelled_at_night_takes_back_the_messages_of_the_morning(database, settings):
    night = SATURDAY.replace(hour=22)
    _space, event_id, _reminder = planned(database, starts_at=night + DAY)
    assert tick(database, settings, now=night) == 3
    cancel(database, event_id, now=night + HOUR)
    assert claim(database, settings, now=night.replace(day=8, hour=7, minute=5)) == []
    assert len(texted(database, statuses=[Status.WITHDRAWN])) == 3


def test_a_reminder_cut_short_goes_on_where_it_was(database, settings):
    _space, _event, reminder_id = planned(database, people=7)
    friday = SATURDAY - DAY
    assert tick(database, settings, now=friday, limit=3) == 3
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        reminder = reminders.claim_due(session, now=friday)
        reminders.write_batch(session, reminder, limit=3, settings=settings, now=friday)
        raise ZeroDivisionError("the process died before its commit")
    assert reminder_of(database, reminder_id).reached_id == 3
    ticks = [tick(database, settings, now=friday, limit=3) for _ in range(3)]
    assert ticks == [3, 1, None]
    assert texted(database) == list(range(1, 8))


def test_a_late_reminder_is_not_sent_once_the_date_has_begun(database, settings):
    """The server slept all night: nobody is told to come to what is going on."""
    planned(database)
    assert tick(database, settings, now=SATURDAY) is None
    assert tick(database, settings, now=SATURDAY - timedelta(minutes=1)) == 3
    assert claim(database, settings, now=SATURDAY) == []
    assert len(texted(database, statuses=[Status.WITHDRAWN])) == 3


def test_two_ticks_at_once_write_each_message_once(database, runtime):
    now = utc_now()
    _space, event_id, reminder_id = planned(database, people=30)
    with database.transaction() as session:
        event = session.get_one(service.Event, event_id)
        event.starts_at, event.ends_at = now + 6 * HOUR, now + 8 * HOUR
        session.get_one(reminders.Reminder, reminder_id).due_at = now - HOUR
    together(*[lambda: send_due_reminders(runtime)] * 4)
    assert texted(database) == list(range(1, 31))
    assert reminder_of(database, reminder_id).fired_at is not None


def test_a_reminder_stays_within_the_months_budget(database, settings):
    planned(database, people=4, budget_micros=160_000)
    assert tick(database, settings, now=SATURDAY - DAY) == 4
    assert len(claim(database, settings, now=SATURDAY - DAY)) == 2
    assert len(texted(database, statuses=[Status.WITHDRAWN])) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"before": timedelta(0)}, "reminder_time"),
        ({"before": timedelta(days=61)}, "reminder_time"),
        ({"before": 4 * DAY}, "reminder_past"),
        ({"body": "  "}, "body_empty"),
        ({"body": "Répondez OUI à ce SMS"}, "reply_to_one_way"),
    ],
)
def test_a_reminder_that_cannot_be_is_refused(database, words, code):
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space)
        given = {"before": DAY, "body": BODY, "list_id": None, **words}
        with pytest.raises(RuleBroken) as refusal:
            reminders.make(session, space, event, by=SOMEBODY, now=NOON, **given)
    assert refusal.value.code == code


def test_without_a_sender_or_after_a_cancellation_there_is_no_reminder(database):
    with database.transaction() as session:
        nameless, named = make_space(session, sender=""), make_space(session)
        for space, state, code in (
            (nameless, EventState.PLANNED, "sender_missing"),
            (named, EventState.CANCELLED, "event_over"),
        ):
            event = make_event(session, space)
            service.set_state(session, event, state, by=SOMEBODY, now=NOON)
            with pytest.raises(RuleBroken) as refusal:
                reminders.make(session, space, event, before=DAY, body=BODY, list_id=None, by=SOMEBODY, now=NOON)
            assert refusal.value.code == code


def test_a_reminder_that_has_left_cannot_be_taken_away(database, settings):
    _space, _event, reminder_id = planned(database)
    tick(database, settings, now=SATURDAY - DAY)
    with database.transaction() as session, pytest.raises(RuleBroken):
        reminders.remove(session, session.get_one(reminders.Reminder, reminder_id), by=SOMEBODY, now=NOON)


def test_a_reminder_goes_with_its_list_and_never_to_others_instead(database, settings):
    planned(database, on_list=True)
    with database.transaction() as session:
        lists.remove(session, session.scalars(select(ContactList)).one(), by=SOMEBODY, now=NOON)
    assert tick(database, settings, now=SATURDAY - DAY) is None
    with database.snapshot() as session:
        assert session.scalars(select(reminders.Reminder)).all() == []


def test_a_second_press_makes_no_second_reminder(database):
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space)
        words = {"body": BODY, "list_id": None, "by": SOMEBODY, "now": NOON}
        reminders.make(session, space, event, before=DAY, **words)
        with pytest.raises(RuleBroken) as refusal:
            reminders.make(session, space, event, before=DAY, **words)
        reminders.make(session, space, event, before=2 * HOUR, **words)
    assert refusal.value.code == "reminder_twice"


def test_the_date_says_when_its_reminder_leaves_and_refuses_one_that_never_would(database):
    late = NOON.replace(day=7, hour=21, minute=30)  # half past ten in the evening, in Paris
    with database.transaction() as session:
        space = make_space(session, mode=Mode.LIVE)
        event = make_event(session, space, starts_at=late)
        held = reminders.departure(space, late - DAY)
        words = {"body": BODY, "list_id": None, "by": SOMEBODY, "now": NOON}
        reminders.make(session, space, event, before=DAY, **words)
        with pytest.raises(RuleBroken) as refusal:
            reminders.make(session, space, event, before=HOUR, **words)
    assert held.replace("\xa0", " ") == (
        "vendredi 6 mars 2026 à 22 h 30, hors des heures d'envoi : partira samedi 7 mars 2026 à 8 h"
    )
    assert refusal.value.code == "reminder_hours"


def test_a_reminder_waits_for_the_morning_of_whoever_is_far_away(database, settings):
    planned(database, people=0, on_list=True)  # due on the Friday at ten o'clock in Paris
    with database.transaction() as session:
        everyone, space = session.scalars(select(ContactList)).one(), session.scalars(select(Space)).one()
        make_contact(session, space, on=everyone, phone="+68987123456")
    assert tick(database, settings, now=SATURDAY - DAY) == 1
    morning = NOON.replace(day=6, hour=18)  # eight o'clock in Tahiti
    with database.snapshot() as session:
        message = session.scalars(select(Message)).one()
    assert (message.not_before, message.not_after) == (morning, morning + reminders.LATE)
    assert claim(database, settings, now=morning - HOUR) == []
    assert len(claim(database, settings, now=morning)) == 1
