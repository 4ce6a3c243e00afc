"""Seats: one door for « je viens », a waiting list with ranks, and a seat freed that goes to the first who waits."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.clock import utc_now
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.dashboard.merges import MOVES
from app.events import service
from app.events.acts import About
from app.events.models import Answer, Event, EventMailing, EventState, Registration, Shift
from app.events.placeholders import EVENT
from app.events.seats import freed
from app.events.seats import service as seats
from app.links import service as links
from app.messaging.body.parts import part_count
from app.messaging.models import Message
from app.messaging.status import Status
from tests.events.stage import make_event, planned, tick
from tests.factories import NOON, SOMEBODY, make_contact, make_space, make_user, sign_in
from tests.programme.cohorts.test_cohorts import told
from tests.together import together

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Full:
    """A mission with people on its list, none of whom has answered."""

    space: Space
    event: Event
    people: list[int]
    page: str


def full_of(database, *, people=4, total=2, starts_at=None, **space_words):
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session, name="Les Amis du Quai", **space_words)
        event = make_event(session, space, starts_at=starts_at or (now + 7 * DAY).replace(microsecond=0))
        crowd = [make_contact(session, space, phone=f"+3361234560{at}", first_name=f"P{at}") for at in range(people)]
        service.invite(session, event, crowd, by=SOMEBODY, now=now)
        seats.change_total(session, event, total, by=SOMEBODY, now=now)
        return Full(space, event, [one.id for one in crowd], f"/e/{space.slug}/dates/{event.id}")


def say(database, full, *who, said=Answer.COMING):
    """These said so, one after the other; what each has become."""
    for at in who:
        with database.transaction() as session:
            service.answer(session, full.event.id, full.people[at], said, by=SOMEBODY, now=utc_now())
    return standing(database, full)


def standing(database, full):
    """The answer of each, or the rank of who waits; None for who is off the list."""
    with database.snapshot() as session:
        rows = {one.contact_id: one for one in session.scalars(select(Registration)).all()}
        of = [rows.get(one) for one in full.people]
        return [one and (seats.rank(session, one) or one.answer.value) for one in of]


def tell(database, settings, *, now=None):
    """One tick; how many were written to, None when nothing is due."""
    now = now or utc_now()
    with database.transaction() as session:
        event = freed.claim_due(session, now=now)
        assert (event is not None) is freed.is_due(session, now=now)
        return event and freed.write(session, event, limit=500, settings=settings, now=now)


def link_of(database, full, at):
    """The personal address of somebody."""
    token = links.new_token()
    with database.transaction() as session:
        person = session.get_one(Contact, full.people[at])
        words = {"space_id": full.space.id, "purpose": EVENT, "subject_id": full.event.id, "contact_id": person.id}
        links.store(session, [links.row(token, now=utc_now(), fingerprint=person.fingerprint, **words)])
    return f"/r/{token}"


def browser_of(app, database, full):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=session.get_one(Space, full.space.id), name="Odile"))
    return client


def test_of_many_who_press_at_once_for_the_last_seat_one_has_it_and_the_others_a_rank_each(database):
    full = full_of(database, people=6, total=1)

    def press(contact_id):
        with database.transaction() as session:
            return service.answer(session, full.event.id, contact_id, Answer.COMING, by=SOMEBODY, now=utc_now()).answer

    answers = together(*(lambda one=one: press(one) for one in full.people))
    assert sorted(answers) == [Answer.COMING, *[Answer.WAITING] * 5]
    assert sorted(standing(database, full), key=str) == [1, 2, 3, 4, 5, "coming"]


def test_the_mission_and_each_person_s_page_say_the_seats_and_the_rank(app, client, database, settings):
    full = full_of(database)
    browser = browser_of(app, database, full)
    pages = [link_of(database, full, at) for at in range(4)]
    assert "Il reste 2 places." in told(client.get(pages[0]).text)
    for page in pages[:3]:
        answer = client.post(page, data={"choice": "coming"})
    assert "Vous êtes n° 1 sur la liste d’attente" in told(answer.text)
    assert "Je viens" not in told(answer.text), "they have said so"
    client.post(pages[2], data={"choice": "coming"})
    assert "C’est complet : dites « Je viens », et vous serez sur la liste" in told(client.get(pages[3]).text)
    client.post(pages[3], data={"choice": "coming"})
    assert standing(database, full) == ["coming", "coming", 1, 2], "said twice, it keeps its rank"
    words = told(browser.get(full.page).text)
    assert "2 places , complet , 2 en attente." in words.replace(", ", " , ").replace("  ", " ")
    assert "En attente d’une place (2)" in words
    assert "P3" in words and "n° 2" in words.partition("P3")[2]
    sheet = told(browser.get(f"{full.page}/personnes/feuille").text)
    assert "P1" in sheet
    assert "P2" not in sheet, "who waits is not expected"
    client.post(pages[0], data={"choice": "not_coming"})
    assert standing(database, full) == ["not_coming", "coming", "coming", 1], "in the same transaction"
    assert "Place libérée, SMS à partir" in told(browser.get(full.page).text)
    assert tell(database, settings) == 1
    assert tell(database, settings) is None, "once"
    with database.snapshot() as session:
        message = session.scalars(select(Message)).one()
        assert (message.contact_id, message.status) == (full.people[2], Status.QUEUED)
        assert "une place s'est libérée" in message.body
        assert part_count(message.body) == 1
        assert session.scalars(select(EventMailing.about)).all() == [About.SEAT]
        assert message.not_after <= full.event.starts_at
    client.post(pages[2], data={"choice": "not_coming"})
    with database.snapshot() as session:
        assert session.scalars(select(Message.status)).all() == [Status.WITHDRAWN], "it was of a seat given back"
    assert standing(database, full) == ["not_coming", "coming", "not_coming", "coming"]
    client.post(pages[0], data={"choice": "coming"})
    assert standing(database, full)[0] == 1, "whoever left joins the end of the list"


def test_more_seats_go_in_order_fewer_drop_nobody_and_none_is_no_limit(app, database):
    full = full_of(database, people=5)
    browser = browser_of(app, database, full)
    say(database, full, 0, 1, 4, 3, 2)
    page = browser.get(full.page).text
    words = dict(re.findall(r'name="(title|day|hour|minutes|place|link|seats)"[^>]*?value="([^"]*)"', page))
    words["place"] = "Intermarché"

    def change(total):
        answer = browser.post(f"{full.page}/modifier", data={**words, "seats": total})
        return answer.status_code, standing(database, full)

    assert change("1") == (302, ["coming", "coming", 3, 2, 1])
    assert "1 de trop" in told(browser.get(full.page).text)
    say(database, full, 0, said=Answer.NOT_COMING)
    assert standing(database, full)[2:] == [3, 2, 1], "the seat that is free was one too many"
    assert change("3") == (302, ["not_coming", "coming", 1, "coming", "coming"])
    for wrong in ("0", "501", "douze", "-3"):
        refused = browser.post(f"{full.page}/modifier", data={**words, "seats": wrong})
        assert refused.status_code == 422
        assert "places" in told(refused.text)
    assert change("") == (302, ["not_coming", *["coming"] * 4])
    with database.snapshot() as session:
        assert session.scalars(select(Shift.seats)).one() is None
    made = browser.post(full.page.rpartition("/")[0] + "/nouvelle", data={**words, "title": "Maraude", "seats": "8"})
    assert "8 places" in told(browser.get(made.headers["Location"]).text)


def test_somebody_taken_off_archived_erased_or_merged_frees_their_seat(app, database):
    full = full_of(database, people=8, total=3)
    browser = browser_of(app, database, full)
    say(database, full, *range(8))
    people = f"/e/{full.space.slug}/benevoles"
    browser.post(f"{full.page}/personnes/{full.people[0]}/reponse", data={"answer": "off"})
    assert standing(database, full) == [None, *["coming"] * 3, 1, 2, 3, 4]
    assert browser.post(f"{people}/{full.people[1]}/archiver").status_code == 302
    assert standing(database, full)[4:] == ["coming", 1, 2, 3]
    assert browser.post(f"{people}/{full.people[2]}/retirer").status_code == 302
    assert standing(database, full)[4:] == ["coming", "coming", 1, 2]
    with database.transaction() as session:
        space = session.get_one(Space, full.space.id)
        merging.merge(
            session, space, survivor_id=full.people[6], loser_id=full.people[3], moves=MOVES, by=SOMEBODY, now=utc_now()
        )
    assert standing(database, full)[4:] == ["coming", "coming", "coming", 1], (
        "the seat of one card is kept by the other"
    )
    with database.transaction() as session:
        space = session.get_one(Space, full.space.id)
        merging.merge(
            session, space, survivor_id=full.people[5], loser_id=full.people[4], moves=MOVES, by=SOMEBODY, now=utc_now()
        )
    assert standing(database, full)[5:] == ["coming"] * 3, "two seats of one person are one"


def test_nobody_is_given_a_seat_once_it_has_begun_or_is_called_off(database, settings):
    full = full_of(database, people=3, total=1)
    say(database, full, 0, 1, 2)
    say(database, full, 0, said=Answer.NOT_COMING)
    with database.transaction() as session:
        event = session.get_one(Event, full.event.id)
        event.starts_at = utc_now() - timedelta(minutes=5)
    assert tell(database, settings) is None, "to whom nobody wrote in time"
    assert say(database, full, 1, said=Answer.NOT_COMING) == ["not_coming", "not_coming", 1]
    with database.transaction() as session:
        session.get_one(Event, full.event.id).starts_at = utc_now() + DAY
        event = session.get_one(Event, full.event.id)
        service.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=utc_now())
        seats.change_total(session, event, 5, by=SOMEBODY, now=utc_now())
    assert standing(database, full)[2] == 1


def test_a_text_that_the_month_s_money_refuses_is_tried_again_in_an_hour(database, settings):
    full = full_of(database, people=2, total=1, budget_micros=0)
    say(database, full, 0, 1)
    say(database, full, 0, said=Answer.NOT_COMING)
    now = utc_now()
    assert tell(database, settings, now=now) == 1
    assert tell(database, settings, now=now) is None
    with database.transaction() as session:
        assert session.scalars(select(Message)).all() == []
        session.get_one(Space, full.space.id).budget_micros = None
    assert tell(database, settings, now=now + timedelta(hours=1)) == 1
    with database.snapshot() as session:
        assert session.scalars(select(Message.contact_id)).all() == [full.people[1]]


def test_whoever_waits_is_not_reminded_with_a_list_and_a_mission_without_seats_is_as_before(database, settings):
    _space_id, event_id, _reminder = planned(database, people=2, on_list=True)
    with database.transaction() as session:
        event = session.get_one(Event, event_id)
        people = session.scalars(select(Contact).order_by(Contact.id)).all()
        service.invite(session, event, people, by=SOMEBODY, now=NOON)
        for one in people:
            said = service.answer(session, event_id, one.id, Answer.COMING, by=SOMEBODY, now=NOON)
            assert (said.answer, said.shift_id) == (Answer.COMING, None)
        assert session.scalars(select(Shift)).all() == []
        seats.change_total(session, event, 1, by=SOMEBODY, now=NOON)
        service.answer(session, event_id, people[0].id, Answer.INVITED, by=SOMEBODY, now=NOON)
        again = service.answer(session, event_id, people[0].id, Answer.COMING, by=SOMEBODY, now=NOON)
        assert again.answer is Answer.WAITING
        due_at = event.starts_at - DAY
    tick(database, settings, now=due_at)
    with database.snapshot() as session:
        assert session.scalars(select(Message.contact_id)).all() == [people[1].id]


@pytest.mark.parametrize("word", ["waiting", "peut-être", ""])
def test_nobody_puts_themselves_on_the_waiting_list_by_hand(app, database, word):
    full = full_of(database, people=1)
    browser = browser_of(app, database, full)
    answer = browser.post(f"{full.page}/personnes/{full.people[0]}/reponse", data={"answer": word})
    assert answer.status_code == 422
    assert standing(database, full) == ["invited"]
