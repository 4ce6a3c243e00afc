"""A reminder to a segment: asked when it is written, held with its reason when the segment has broken."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Activity, Space
from app.audiences import segments
from app.audiences.book import open_book
from app.clock import utc_now
from app.contacts import lists, uses
from app.contacts.models import Contact, ContactList
from app.errors import Conflict, NotFound, RuleBroken
from app.events import reminders, service
from app.events.models import Answer, EventState, Reminder
from jobs.reminding import send_due_reminders
from tests.events.stage import BODY, DAY, change, confirmed, make_event, reminder_of, said, texted, tick
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in

SATURDAY = NOON.replace(day=7, hour=9)
BY = {"by": SOMEBODY, "now": NOON}


@pytest.fixture
def dated(runtime, database):
    """A date and a reminder the day before, to the selection « Habitués » of a list that holds one person."""
    with database.transaction() as session:
        space = make_space(session)
        return (space.id, *_planned(session, space, SATURDAY))


def _planned(session, space, starts_at):
    event = make_event(session, space, starts_at=starts_at)
    everyone = make_list(session, space, name="Samedi")
    make_contact(session, space, on=everyone, first_name="Zoé")
    make_contact(session, space, first_name="Ada")
    rule = {"field": "lists", "is": "has", "value": "Samedi"}
    segment = segments.make(session, space, name="Habitués", rule=rule, **BY)
    reminder = reminders.make(session, space, event, before=DAY, body=BODY, segment_id=segment.id, **BY)
    return event.id, reminder.id, segment.id, everyone.id


def named(database, space_id):
    """The first names of those who have a text."""
    ids = texted(database)
    with database.snapshot() as session:
        query = select(Contact.first_name).where(Contact.space_id == space_id, Contact.id.in_(ids))
        return sorted(session.scalars(query))


def phone_of(session, name):
    return session.scalars(select(Contact.phone).where(Contact.first_name == name)).one()


def break_it(database, space_id, list_id):
    with database.transaction() as session:
        lists.remove(session, lists.get(session, space_id, list_id), **BY)


def mend(database, space_id, segment_id):
    with database.transaction() as session:
        space = session.get_one(Space, space_id)
        one = segments.get(session, space_id, segment_id, lock=True)
        segments.edit(session, space, one, rule={"field": "first_name", "is": "equals", "value": "Ada"}, **BY)


def resume(database, space_id, reminder_id, *, now=SATURDAY - DAY):
    with database.transaction() as session:
        space = session.get_one(Space, space_id)
        reminders.resume(session, space, session.get_one(Reminder, reminder_id), by=SOMEBODY, now=now)


def test_a_segment_is_asked_when_its_reminder_leaves(database, settings, dated):
    space_id, event_id, _reminder, _segment, list_id = dated
    with database.transaction() as session:
        space, everyone = session.get_one(Space, space_id), session.get_one(ContactList, list_id)
        make_contact(session, space, on=everyone, first_name="Bea")
        absent = make_contact(session, space, on=everyone, first_name="Luc")
        event = session.get_one(service.Event, event_id)
        service.invite(session, event, [absent], **BY)
        service.answer(session, event_id, absent.id, Answer.NOT_COMING, **BY)
        make_contact(session, space, on=everyone, first_name="Tom", phone=phone_of(session, "Zoé"))
    assert tick(database, settings, now=SATURDAY - DAY) == 3, "two on one phone are two people, told by one text"
    assert named(database, space_id) == ["Bea", "Zoé"]


def test_a_reminder_whose_segment_broke_is_held_and_leaves_once_mended(runtime, database, settings, dated):
    space_id, _event, reminder_id, segment_id, list_id = dated
    break_it(database, space_id, list_id)
    assert tick(database, settings, now=SATURDAY - DAY) == 0
    assert tick(database, settings, now=SATURDAY - DAY) is None, "nothing turns round on it"
    assert texted(database) == []
    assert "« Habitués » est à réparer" in reminder_of(database, reminder_id).held_reason
    with database.snapshot() as session:
        query = select(Activity.id).where(Activity.space_id == space_id, Activity.verb == "reminder.held")
        assert len(session.scalars(query).all()) == 1
    with pytest.raises(RuleBroken) as refusal:
        resume(database, space_id, reminder_id)
    assert refusal.value.code == "segment_broken"
    mend(database, space_id, segment_id)
    resume(database, space_id, reminder_id)
    assert tick(database, settings, now=SATURDAY - DAY) == 1
    assert named(database, space_id) == ["Ada"]


def test_a_held_reminder_of_a_date_put_off_asks_its_segment_again(database, settings, dated):
    space_id, event_id, reminder_id, segment_id, list_id = dated
    break_it(database, space_id, list_id)
    tick(database, settings, now=SATURDAY - DAY)
    mend(database, space_id, segment_id)
    change(database, event_id, starts_at=SATURDAY + 7 * DAY, now=SATURDAY - DAY)
    assert reminder_of(database, reminder_id).held_reason == ""
    assert tick(database, settings, now=SATURDAY + 6 * DAY) == 1


def test_a_reminder_names_itself_before_its_segment_or_list_goes(database, settings, dated):
    space_id, event_id, reminder_id, segment_id, _list = dated
    title = "rappel de Collecte du samedi"
    with database.transaction() as session:
        space, event = session.get_one(Space, space_id), session.get_one(service.Event, event_id)
        other = make_list(session, space, name="Autre")
        reminders.make(session, space, event, before=2 * DAY, body=BODY, list_id=other.id, **BY)
        assert uses.users(session, space_id, "lists", other.id).without == [title]
        with pytest.raises(Conflict) as refusal:
            segments.remove(session, space, segments.get(session, space_id, segment_id), **BY)
        assert f"« {title} »" in refusal.value.sentence
        lists.remove(session, other, **BY)
    tick(database, settings, now=SATURDAY - DAY)
    with database.transaction() as session:
        space = session.get_one(Space, space_id)
        segments.remove(session, space, segments.get(session, space_id, segment_id), **BY)
    change(database, event_id, starts_at=SATURDAY + 7 * DAY, now=SATURDAY - DAY)
    assert tick(database, settings, now=SATURDAY + 6 * DAY) == 0, "it is for nobody, rather than for all"
    assert "n'existe plus" in reminder_of(database, reminder_id).held_reason


def test_a_date_called_off_lets_its_segment_go(database, dated):
    space_id, event_id, _reminder, segment_id, _list = dated
    with database.transaction() as session:
        space, event = session.get_one(Space, space_id), session.get_one(service.Event, event_id)
        service.set_state(session, event, EventState.CANCELLED, **BY)
        segments.remove(session, space, segments.get(session, space_id, segment_id), **BY)


def test_no_reminder_to_a_broken_segment_nor_to_a_stranger_s_nor_twice(database, dated):
    space_id, event_id, _reminder, segment_id, list_id = dated
    with database.transaction() as session:
        space, event = session.get_one(Space, space_id), session.get_one(service.Event, event_id)
        words = {"body": BODY, **BY}
        for id, error in ((segment_id, RuleBroken), (segment_id + 1000, NotFound)):
            with pytest.raises(error):
                reminders.make(session, space, event, before=DAY, segment_id=id, **words)
        strange = make_space(session)
        with pytest.raises(NotFound):
            reminders.make(session, strange, make_event(session, strange), before=DAY, segment_id=segment_id, **words)
        reminders.make(session, space, event, before=DAY, list_id=list_id, **words)
    break_it(database, space_id, list_id)
    with database.transaction() as session, pytest.raises(RuleBroken) as refusal:
        space, event = session.get_one(Space, space_id), session.get_one(service.Event, event_id)
        reminders.make(session, space, event, before=2 * DAY, segment_id=segment_id, **words)
    assert refusal.value.fields.keys() == {"to"}


def test_the_page_of_the_date_offers_selections_and_shows_what_is_held(app, runtime, database):
    app.config["WTF_CSRF_ENABLED"] = False
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session)
        ids = _planned(session, space, (now + 7 * DAY).replace(microsecond=0))
        user = make_user(session, space=space)
        client = app.test_client()
        sign_in(client, session, user)
    event_id, reminder_id, segment_id, list_id = ids
    address = f"/e/{space.slug}/dates/{event_id}"
    page = client.get(address).text
    assert f'value="segments:{segment_id}"' in page
    assert "à la sélection « Habitués »" in page.replace("\xa0", " ")
    asked = {"before": "3", "unit": "days", "body": BODY}
    assert confirmed(client, f"{address}/rappels", {**asked, "to": f"segments:{segment_id}"}).status_code == 302
    for wrong in ("segments:x", "lists", "3"):
        assert client.post(f"{address}/rappels", data={**asked, "to": wrong}).status_code == 422
    break_it(database, space.id, list_id)
    assert "Ce rappel ne partira pas avec elle" in client.get(address).text
    with database.transaction() as session:
        session.get_one(Reminder, reminder_id).due_at = now - timedelta(minutes=1)
    send_due_reminders(runtime)
    page = client.get(address).text
    assert "Ce rappel est retenu" in page
    assert f'value="segments:{segment_id}"' not in page
    again = f"{address}/rappels/{reminder_id}/reprendre"
    assert client.post(again).status_code == 422
    mend(database, space.id, segment_id)
    assert client.post(again).status_code == 302
    assert reminder_of(database, reminder_id).held_reason == ""


def test_a_rule_keeps_those_who_were_invited_and_have_not_answered(runtime, database):
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space, starts_at=now + 7 * DAY)
        silent, coming = (make_contact(session, space, first_name=name) for name in ("Zoé", "Ada"))
        make_contact(session, space, first_name="Nobody asked")
        service.invite(session, event, [silent, coming], by=SOMEBODY, now=now)
    said(database, event.id, coming.id, Answer.COMING)
    with database.transaction() as session:
        here = session.get_one(Space, space.id)
        rule = {"field": "unanswered", "is": "has", "value": event.id}
        made = segments.make(session, here, name="À relancer", rule=rule, **BY)
        keeps = open_book(session, here).keeps([made.id], now)
        assert session.scalars(select(Contact.id).where(keeps)).all() == [silent.id]
