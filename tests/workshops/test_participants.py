"""The participants of a workshop before the day: typed, invited, reminded, from the programme's own space."""

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Space, Staff
from app.clock import PARIS, utc_now
from app.contacts.models import Contact
from app.errors import RuleBroken
from app.events.models import Answer, Event, Registration, Reminder
from app.messaging.models import Mailing, Message
from app.workshops.models import Workshop
from app.workshops.planning.invitations import read_lines
from tests.events.stage import confirmed
from tests.factories import make_user, sign_in

DAY = timedelta(days=1)
INVITATION = "Bonjour {prénom}, {titre}, {jour} à {heure}. Vous venez ? {lien}"


@pytest.fixture
def coming(database, planned):
    """The workshop of next week."""
    with database.transaction() as session:
        event = session.get_one(Event, planned.event_id)
        event.starts_at, event.ends_at = utc_now() + 7 * DAY, utc_now() + 7 * DAY + DAY / 12
    return planned


def add(room, coming, people):
    return room.post(f"/ateliers/{coming.id}/participants", data={"people": people})


def invite(room, coming, body=INVITATION):
    return confirmed(room, f"/ateliers/{coming.id}/participants/inviter", {"invitation": body})


@pytest.mark.parametrize(
    ("line", "name", "phone"),
    [
        ("Amina Diallo 06 12 34 56 78", "Amina Diallo", "06 12 34 56 78"),
        ("Jean-Paul, 06.12.34.56.78", "Jean-Paul", "06.12.34.56.78"),
        ("  Zoé ;+33 (0)6 12 34 56 78 ", "Zoé", "+33 (0)6 12 34 56 78"),
        ("Anne\t0612345678", "Anne", "0612345678"),
    ],
)
def test_a_line_is_read_as_people_type_it(line, name, phone):
    (one,) = read_lines(f"\n{line}\n\n")
    assert (one.name, one.phone) == (name, phone)


@pytest.mark.parametrize(
    "typed", ["", " \n ", "Amina", "06 12 34 56 78", "Amina 06 12 et Paul", "\n".join(["A 06"] * 41)]
)
def test_a_line_that_says_too_little_is_refused(typed):
    with pytest.raises(RuleBroken) as refusal:
        read_lines(typed)
    assert refusal.value.fields["people"]


def test_typed_people_are_invited_and_reminded_once(room, database, coming):
    people = "Amina Diallo 06 12 34 56 78\nPaul 06 12 34 56 79"
    for _ in range(2):
        assert add(room, coming, people).status_code == 302
    assert [invite(room, coming).status_code for _ in range(2)] == [302, 200], "nobody is left to invite"
    assert add(room, coming, "Zoé 06 12 34 56 80").status_code == 302
    assert invite(room, coming).status_code == 302
    with database.snapshot() as session:
        programme = session.get_one(Space, coming.space_id)
        assert {one.space_id for one in session.scalars(select(Contact))} == {programme.id}
        bodies = session.scalars(select(Message.body).order_by(Message.id)).all()
        assert [body.split(",")[0] for body in bodies] == ["Bonjour Amina", "Bonjour Paul", "Bonjour Zoé"]
        reminder = session.scalars(select(Reminder)).one()
        event = session.get_one(Event, coming.event_id)
        assert (reminder.due_at, reminder.list_id) == ((event.starts_at.astimezone(PARIS) - DAY).astimezone(UTC), None)
        assert "{lieu}" not in reminder.body, "this one has no place"
    page = room.get(f"/ateliers/{coming.id}/participants").text
    assert "Amina Diallo" in page
    assert "Il partira le" in page


def test_a_stopped_invitation_leaves_no_reminder_unless_somebody_is_to_be_reminded(room, database, coming):
    def mailings():
        with database.snapshot() as session:
            return session.scalars(select(Mailing.id).order_by(Mailing.id)).all()

    def bodies():
        with database.snapshot() as session:
            return session.scalars(select(Reminder.body)).all()

    def stop(mailing_id):
        address = f"/ateliers/{coming.id}/participants"
        assert room.post(f"{address}/envois/{mailing_id}/arreter").status_code == 302
        return room.get(address).text

    add(room, coming, "Amina 06 12 34 56 78")
    invite(room, coming)
    assert "Il partira le" not in stop(mailings()[-1])
    assert bodies() == []
    invite(room, coming)
    first = bodies()
    add(room, coming, "Paul 06 12 34 56 79")
    invite(room, coming)
    assert "Il partira le" in stop(mailings()[-1]), "Amina is invited"
    with database.transaction() as session:
        session.scalars(select(Reminder)).one().body = "Prenez un stylo {prénom}"
    stop(mailings()[1])
    assert (len(first), bodies()) == (1, ["Prenez un stylo {prénom}"]), "one of somebody's own stays"


def test_one_bad_line_puts_nobody_on_the_list(room, database, coming):
    refused = add(room, coming, "Amina 06 12 34 56 78\nPaul 01 99 00 12 34")
    assert refused.status_code == 422
    assert "Paul\u00a0: " in refused.text
    assert "Amina 06 12 34 56 78" in refused.text, "nothing typed is lost"
    with database.snapshot() as session:
        assert session.scalars(select(Contact)).all() == []


def test_a_number_abroad_is_not_invited_at_the_programmes_cost(room, database, coming):
    refused = add(room, coming, "Amina 06 12 34 56 78\nPaul +53 5 1234567")
    assert refused.status_code == 422
    assert "numéros de ce pays" in refused.text
    with database.snapshot() as session:
        assert session.scalars(select(Contact)).all() == []


def test_invented_numbers_are_told_kindly(room, coming):
    add(room, coming, "Amina 06 39 98 12 34")
    assert "1 numéro inventé" in room.get(f"/ateliers/{coming.id}/participants").text


def test_without_a_sender_nothing_leaves(room, database, coming):
    with database.transaction() as session:
        session.get_one(Space, coming.space_id).sender = ""
    add(room, coming, "Amina 06 12 34 56 78")
    assert "nom d’expéditeur" in invite(room, coming).text
    with database.snapshot() as session:
        assert session.scalars(select(Message)).all() == []


def test_what_they_say_aloud_is_written_down(room, database, coming):
    add(room, coming, "Amina 06 12 34 56 78\nPaul 06 12 34 56 79")
    with database.snapshot() as session:
        amina, paul = session.scalars(select(Contact.id).order_by(Contact.id)).all()
    address = f"/ateliers/{coming.id}/participants"
    assert room.post(f"{address}/{amina}", data={"answer": "coming"}).status_code == 302
    assert room.post(f"{address}/{paul}", data={"answer": "off"}).status_code == 302
    assert room.post(f"{address}/{amina}", data={"answer": "maybe"}).status_code == 422
    assert room.post(f"{address}/999", data={"answer": "coming"}).status_code == 404
    with database.snapshot() as session:
        assert session.scalars(select(Registration.answer)).all() == [Answer.COMING]


def test_another_trainer_finds_nothing_there(app, room, database, coming):
    other = app.test_client()
    with database.transaction() as session:
        sign_in(other, session, make_user(session, staff=Staff.TRAINER))
    address = f"/ateliers/{coming.id}/participants"
    assert other.get(address).status_code == 404
    assert other.post(address, data={"people": "Amina 06 12 34 56 78"}).status_code == 404
    assert other.post(f"{address}/inviter", data={"invitation": INVITATION}).status_code == 404
    assert app.test_client().get(address).status_code == 302


def test_nobody_is_invited_to_a_workshop_that_is_over(room, database, coming):
    add(room, coming, "Amina 06 12 34 56 78")
    with database.transaction() as session:
        session.get_one(Workshop, coming.id).closed_at = utc_now()
    assert invite(room, coming).status_code == 409
