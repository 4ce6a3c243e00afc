"""A date, the people on its list, and the reminder's gestures one at a time."""

import re
from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Mode
from app.events import reminders, service
from app.events.models import Answer, Reminder
from app.messaging.models import Message
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space

DAY = timedelta(days=1)
BODY = "Bonjour {prénom}, rendez-vous {jour} à {heure}, {lieu} : {titre}."


def make_event(session, space, **words):
    """Saturday at 10:00 in Paris, four days after NOON."""
    starts_at = words.pop("starts_at", NOON.replace(day=7, hour=9))
    return service.make(
        session,
        space.id,
        by=SOMEBODY,
        now=NOON,
        **{
            "title": "Collecte du samedi",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "place": "Intermarché de Longueau",
            **words,
        },
    )


def planned(database, *, people=3, before=DAY, on_list=False, mode=Mode.LIVE, body=BODY, starts_at=None, **space_words):
    """An event with people who come, or a list, and one reminder: their ids."""
    with database.transaction() as session:
        space = make_space(session, mode=mode, **space_words)
        event = make_event(session, space, **({"starts_at": starts_at} if starts_at else {}))
        everyone = make_list(session, space) if on_list else None
        words = {} if mode is Mode.PRACTICE else {"live": True}
        contacts = [make_contact(session, space, on=everyone, **_phone(words, at)) for at in range(people)]
        if not on_list:
            expect(session, event, contacts)
        reminder = reminders.make(
            session, space, event, before=before, body=body, list_id=everyone.id if everyone else None,
            by=SOMEBODY, now=NOON,
        )  # fmt: skip
        return space.id, event.id, reminder.id


def expect(session, event, people, *, now=NOON):
    """Put them on its list, and note that they come."""
    service.invite(session, event, people, by=SOMEBODY, now=now)
    for one in people:
        service.answer(session, event.id, one.id, Answer.COMING, by=SOMEBODY, now=now)


def _phone(words, at):
    return {"phone": f"+336123456{at:02d}"} if words else {}


def tick(database, settings, *, now, limit=500):
    """One batch of one reminder: how many people were looked at, None when nothing is due."""
    with database.transaction() as session:
        reminder = reminders.claim_due(session, now=now)
        return reminder and reminders.write_batch(session, reminder, limit=limit, settings=settings, now=now)


def texted(database, *, statuses=()):
    """Who has a message, in the order they were written."""
    with database.snapshot() as session:
        query = select(Message.contact_id).order_by(Message.id)
        return session.scalars(query.where(Message.status.in_(statuses)) if statuses else query).all()


def said(database, event_id, contact_id, answer=Answer.NOT_COMING, *, now=NOON):
    with database.transaction() as session:
        service.answer(session, event_id, contact_id, answer, by=SOMEBODY, now=now)


def change(database, event_id, **words):
    """Edit the event at ``now``, by default NOON."""
    now = words.pop("now", NOON)
    with database.transaction() as session:
        event = session.get_one(service.Event, event_id, with_for_update=True)
        starts_at = words.get("starts_at", event.starts_at)
        service.edit(session, event, by=SOMEBODY, now=now, ends_at=starts_at + timedelta(hours=2), **words)


def reminder_of(database, reminder_id):
    with database.snapshot() as session:
        return session.get_one(Reminder, reminder_id)


def confirmed(client, address, data):
    """Post a form, read what its page shows, and confirm that; the answer to whatever the first post refuses."""
    shown = client.post(address, data=data)
    hidden = dict(re.findall(r'name="(version|seen)" value="([^"]+)"', shown.text))
    return client.post(address, data={**data, **hidden}) if hidden else shown
