"""What a workshop came to: who was there, what was done and said; never what somebody wrote."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app.accounts.models import Space, Staff, User
from app.clock import PARIS, utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts.importing.reading.files import read_rows
from app.contacts.models import Contact
from app.events.models import Event, EventState, Registration
from app.messaging.models import Message
from app.messaging.status import Status
from app.workshops import service
from app.workshops.models import Kind, PracticeSpace, Scenario, Workshop
from app.workshops.path.pages import KINDS
from app.workshops.planning import attendance
from app.workshops.planning import service as planning
from app.workshops.practice import purging
from app.workshops.results import feedback
from app.workshops.results import service as results
from app.workshops.room import service as room_service
from tests.factories import (
    SOMEBODY,
    make_campaign,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
    sign_in,
)

RESULTS = "/ateliers/resultats"
TABLE = f"{RESULTS}/ateliers.csv"


@pytest.fixture
def figures(app, database):
    """What a workshop came to, as its pages read it."""

    def read(workshop):
        with database.snapshot() as session:
            found = session.get_one(Workshop, workshop.id)
            return results.read(session, [found], KINDS.of(app))[workshop.id]

    return read


def expect(database, workshop, *names):
    """Put people on the workshop's list; their contact ids."""
    with database.transaction() as session:
        programme = session.get_one(Space, workshop.space_id)
        people = [make_contact(session, programme, first_name=name) for name in names]
        session.add_all(
            Registration(space_id=programme.id, event_id=workshop.event_id, contact_id=one.id, created_at=utc_now())
            for one in people
        )
        return [one.id for one in people]


def attend(room, workshop, *present):
    noted = {f"presence-{one}": "came" for one in present}
    return room.post(f"/ateliers/{workshop.id}/participants/presence", data=noted)


def attended(database):
    with database.snapshot() as session:
        rows = session.execute(select(Registration.contact_id, Registration.attended))
        return {row.contact_id: row.attended for row in rows}


def close(database, workshop):
    with database.transaction() as session:
        room_service.close(session, service.get(session, workshop.id, lock=True), by=SOMEBODY, now=utc_now())


def test_whoever_was_there_is_ticked_after_the_end_too(room, database, opened, figures):
    amina, paul = expect(database, opened, "Amina", "Paul")
    assert figures(opened).came is None, "nobody has noted it yet"
    assert attend(room, opened, amina).status_code == 302
    close(database, opened)
    assert attend(room, opened, amina, paul, 999).status_code == 302
    assert attended(database) == {amina: True, paul: True}
    assert (figures(opened).invited, figures(opened).came) == (2, 2)
    address = f"/ateliers/{opened.id}/participants/presence"
    absent = {f"presence-{one}": state for one, state in ((amina, "absent"), (paul, "excused"))}
    assert room.post(address, data=absent).status_code == 302
    assert figures(opened).came == 0, "noted, and nobody came"


def test_nobody_is_there_before_the_day(room, database, planned):
    (amina,) = expect(database, planned, "Amina")
    with database.transaction() as session:
        event = session.get_one(Event, planned.event_id)
        event.starts_at, event.ends_at = utc_now() + timedelta(days=2), utc_now() + timedelta(days=3)
    assert attend(room, planned, amina).status_code == 409
    assert attended(database) == {amina: None}
    assert "Qui était là" not in room.get(f"/ateliers/{planned.id}/participants").text


def test_seats_stand_beside_the_list_and_name_whom_they_are_and_tick_nobody(room, database, opened, sit):
    amina, paul = expect(database, opened, "Amina", "Paul")
    sit(opened, "amina")
    sit(opened, "La présidente")
    page = room.get(f"/ateliers/{opened.id}/participants").text
    assert "2 personnes sont entrées avec le code" in page
    assert "La présidente" in page
    assert page.count("entré avec le code") == 1, "Amina's, by her name"
    assert page.count(' value="" checked>') == 2, f"neither {amina} nor {paul} is noted before somebody presses"


def test_a_nickname_of_two_namesakes_names_neither(database, opened, sit):
    expect(database, opened, "Amina", "Amina", "Jean-Paul")
    for nickname in ("Amina", "jean paul"):
        sit(opened, nickname)
    with database.snapshot() as session:
        people = session.scalars(select(Contact).where(Contact.space_id == opened.space_id)).all()
        named = attendance.recognised(people, service.seats(session, opened))
        assert [session.get_one(Contact, one).first_name for one in named] == ["Jean-Paul"]


def test_only_the_room_counts_and_not_its_pretend_past(database, opened, sit, figures):
    _browser, sitting = sit(opened, "Amina")
    assert (figures(opened).sent, figures(opened).stops) == (0, 0)
    with database.transaction() as session:
        copy = session.get_one(Space, sitting.space.id)
        mailing = make_mailing(session, copy, created_at=utc_now())
        for status in (Status.DELIVERED, Status.UNDELIVERED, Status.QUEUED, Status.WITHDRAWN):
            make_message(session, mailing, status=status)
        people = session.scalars(select(Contact).where(Contact.space_id == copy.id).limit(2)).all()
        for person, channel in ((people[0], Channel.SMS), (people[0], Channel.SMS), (people[1], Channel.CARRIER)):
            consent.object_to(
                session, copy.id, person.fingerprint,
                channel=channel, by=SOMEBODY, now=utc_now(), contact_id=person.id,
            )  # fmt: skip
    assert (figures(opened).sent, figures(opened).stops) == (2, 1)


def test_figures_outlive_an_own_list(database, opened, sit, figures):
    _browser, sitting = sit(opened, "Amina")
    with database.transaction() as session:
        copy = session.get_one(Space, sitting.space.id)
        make_message(session, make_mailing(session, copy, created_at=utc_now()), status=Status.DELIVERED)
        person = session.scalars(select(Contact).where(Contact.space_id == copy.id).limit(1)).one()
        consent.object_to(
            session, copy.id, person.fingerprint,
            channel=Channel.SMS, by=SOMEBODY, now=utc_now(), contact_id=person.id,
        )  # fmt: skip
        session.get_one(PracticeSpace, copy.id).source = purging.OWN
    close(database, opened)
    with database.snapshot() as session:
        assert session.scalars(select(Contact).where(Contact.space_id == sitting.space.id)).all() == []
    assert (figures(opened).sent, figures(opened).stops, figures(opened).seats) == (1, 1, 1)


def test_steps_and_opinions_are_those_of_the_seats(room, database, opened, sit, figures):
    _amina, first = sit(opened, "Amina")
    sit(opened, "Paul")
    room.post(f"/ateliers/{opened.id}/etape", data={"key": "import_list", "act": "tick"})
    with database.transaction() as session:
        feedback.keep(session, first.seat.id, gained=4, ready=2, comment="Un secret à moi")
    close(database, opened)
    found = figures(opened)
    assert (found.steps_done, found.steps_asked) == (4, 30)
    assert (dict(found.gained), dict(found.ready)) == ({4: 1}, {2: 1})
    page = room.get(RESULTS).text
    assert "4 sur 30" in page
    assert "1 oui sur 1 avis" in page
    assert "Un secret" not in page
    assert "Un secret" in room.get(f"/ateliers/{opened.id}/salle").text, (
        "said to the trainer, on the workshop's own page"
    )


def test_a_sum_says_came_only_where_it_was_noted(opened):
    one, other = results.Figures(invited=3, came=2, seats=2), results.Figures(invited=4)
    assert (one + other).came == 2
    assert (other + other).came is None
    assert (one + other).invited == 7


def test_the_table_opens_in_a_spreadsheet(room, database, opened):
    (amina, _paul) = expect(database, opened, "Amina", "Paul")
    attend(room, opened, amina)
    with database.transaction() as session:
        session.get_one(Workshop, opened.id).association = "=Les Amis"
    answer = room.get(TABLE)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    sheet = read_rows(answer.data, file_name="ateliers.csv")
    line = dict(zip(sheet.header, sheet.rows[0][1], strict=True))
    assert (line["Invités"], line["Venus"], line["Sujet"]) == ("2", "1", "SMS groupé")
    assert line["Association"] == "'=Les Amis", "a formula stays a text"
    assert len([name for name in sheet.header if name.startswith("Je saurais")]) == 4


def test_a_trainer_reads_their_own_and_the_programme_all_of_them(app, room, database, opened):
    assert "Les Amis du Quai" in room.get(RESULTS).text
    found = {}
    for kind in (Staff.TRAINER, Staff.PROGRAMME, None):
        found[kind] = app.test_client()
        with database.transaction() as session:
            sign_in(found[kind], session, make_user(session, staff=kind))
    assert "Les Amis du Quai" not in found[Staff.TRAINER].get(RESULTS).text
    assert "Amis du Quai" not in found[Staff.TRAINER].get(TABLE).text
    assert "Les Amis du Quai" in found[Staff.PROGRAMME].get(RESULTS).text
    assert found[None].get(RESULTS).status_code == found[None].get(TABLE).status_code == 404


def test_years_are_told_apart_and_what_was_called_off_counts_nowhere(room, database, opened):
    this = utc_now().astimezone(PARIS).year
    with database.transaction() as session:
        event = session.get_one(Event, opened.event_id)
        event.starts_at = event.starts_at.replace(year=this - 1, month=6, day=1)
    assert "Les Amis du Quai" not in room.get(RESULTS).text
    assert "Les Amis du Quai" in room.get(f"{RESULTS}?annee={this - 1}").text
    assert "Les Amis du Quai" not in room.get(f"{RESULTS}?annee=1789").text
    with database.transaction() as session:
        session.get_one(Event, opened.event_id).state = EventState.CANCELLED
    assert "Les Amis du Quai" not in room.get(f"{RESULTS}?annee={this - 1}").text


def test_a_first_real_sms_counts_once_its_live_space_sent_a_campaign(room, database, opened):
    nobody = "Premier vrai SMS : 0 sur 1 association."
    assert nobody in page_text(room)
    with database.transaction() as session:
        live = make_space(session)
        session.get_one(Workshop, opened.id).association_space_id = live.id
        mailing = make_mailing(session, live)
        make_campaign(session, live, mailing_id=mailing.id)
        waiting = make_message(session, mailing, created_at=utc_now()).id
    assert nobody in page_text(room), "what waits has not left"
    with database.transaction() as session:
        session.get_one(Message, waiting).status = Status.DELIVERED
    assert "Premier vrai SMS : 1 sur 1 association." in page_text(room)
    line = room.get(TABLE).text.splitlines()[1]
    assert line.count(utc_now().astimezone(PARIS).strftime("%d/%m/%Y")) == 2


def page_text(room):
    return room.get(RESULTS).text.replace("\u00a0:", " :")


def test_the_results_of_many_workshops_ask_no_more_questions_than_those_of_one(app, database, opened, sit):
    sit(opened, "Amina")
    with database.transaction() as session:
        user = session.scalars(select(User).where(User.staff == Staff.TRAINER)).one()
        event_of = session.get_one(Event, opened.event_id)
        for number in range(3):
            planning.plan(
                session, session.get_one(Space, opened.space_id), kind=Kind.MASS_SMS, association=f"A{number}",
                trainers=[user], scenario=session.get_one(Scenario, opened.scenario_id), by=SOMEBODY, now=utc_now(),
                starts_at=event_of.starts_at, ends_at=event_of.ends_at,
            )  # fmt: skip

    def questions(limit):
        asked = []
        with database.snapshot() as session:
            workshops = session.scalars(select(Workshop).order_by(Workshop.id).limit(limit)).all()
            engine = session.connection().engine
            note = lambda *said: asked.append(said[2])  # noqa: E731
            event.listen(engine, "before_cursor_execute", note)
            try:
                found = results.read(session, workshops, KINDS.of(app))
            finally:
                event.remove(engine, "before_cursor_execute", note)
        assert len(found) == limit
        return len(asked)

    assert questions(4) == questions(1)
