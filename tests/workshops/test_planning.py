"""Workshops of every kind: planned, listed, invited to, moved, called off, ended."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from app.accounts.models import Staff
from app.clock import PARIS, utc_now
from app.events.models import Event, EventState, Reminder
from app.messaging.models import Message
from app.workshops.models import Kind, PracticeSpace, Workshop
from app.workshops.path import scenarios
from tests.events.stage import confirmed
from tests.factories import make_space, make_user, sign_in

INVITATION = "Bonjour {prénom}, {titre}, {jour} à {heure}, {lieu}. Vous venez ? {lien}"
LINK = re.compile(r"/r/\w+")
KINDS = [(Kind.WEBINAR, "Webinaire"), (Kind.ASSEMBLY, "Assemblée générale en ligne")]


@pytest.fixture
def plan(app, room, database, settings):
    """Plan a workshop of next week from the form: ``plan(Kind.WEBINAR)``."""
    with database.transaction() as session:
        make_space(session, slug=settings.programme_space)

    def from_form(kind, **typed):
        day = (utc_now() + timedelta(days=7)).astimezone(PARIS).strftime("%Y-%m-%d")
        words = {"kind": kind.value, "association": "Les Amis du Quai", "day": day, "hour": "18:30", "minutes": "60"}
        answer = room.post("/ateliers/nouveau", data={**words, "link": "https://visio.example/quai", **typed})
        assert answer.status_code == 302
        with database.snapshot() as session:
            return session.scalars(select(Workshop).order_by(Workshop.id.desc()).limit(1)).one()

    return from_form


def event_of(database, workshop):
    with database.snapshot() as session:
        return session.get_one(Event, workshop.event_id)


def entry_of(answer):
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    return entry


@pytest.mark.parametrize(("kind", "words"), KINDS)
def test_without_a_practice_space_everything_else_is_there(room, client, database, plan, kind, words):
    workshop = plan(kind)
    page = f"/ateliers/{workshop.id}"
    assert words in room.get("/ateliers").text
    shown = room.get(f"{page}/salle").text
    assert words in shown
    assert "Démarrer l’atelier" not in shown
    refused = room.post(f"{page}/ouvrir")
    assert refused.status_code == 422
    room.post(f"{page}/participants", data={"people": "Amina Diallo 06 12 34 56 78"})
    assert confirmed(room, f"{page}/participants/inviter", {"invitation": INVITATION}).status_code == 302
    with database.snapshot() as session:
        body = session.scalars(select(Message.body)).one()
        assert session.scalars(select(PracticeSpace)).all() == []
        assert session.get_one(Workshop, workshop.id).code is None
        reminder = session.scalars(select(Reminder)).one()
    assert reminder.due_at == event_of(database, workshop).starts_at.astimezone(PARIS) - timedelta(days=1)
    assert "en ligne" in body
    link = LINK.search(body)[0]
    assert "https://visio.example/quai" in client.get(link).text
    theirs, mine = entry_of(client.get(f"{link}/agenda.ics")), entry_of(room.get(f"{page}/agenda.ics"))
    assert theirs["uid"] == mine["uid"]
    assert mine["url"] == "https://visio.example/quai"
    assert client.post(link, data={"choice": "coming"}).status_code == 200
    assert "vient" in room.get(f"{page}/participants").text


@pytest.mark.parametrize(("kind", "_words"), KINDS)
def test_it_is_ended_once_it_took_place(room, database, plan, kind, _words):
    workshop = plan(kind)
    page = f"/ateliers/{workshop.id}"
    assert "Terminer l’atelier" not in room.get(f"{page}/salle").text
    with database.transaction() as session:
        event = session.get_one(Event, workshop.event_id)
        event.starts_at, event.ends_at = utc_now() - timedelta(hours=2), utc_now() - timedelta(hours=1)
    assert "Terminer l’atelier" in room.get(f"{page}/salle").text
    assert "Date passée" in room.get("/ateliers").text
    assert room.post(f"{page}/terminer").status_code == 302
    assert event_of(database, workshop).state is EventState.HELD
    assert "Cet atelier est terminé" in room.get(f"{page}/salle").text


def test_what_has_no_practice_space_does_not_start_now(room, database, plan, settings):
    form = {"kind": "webinar", "association": "Les Amis du Quai", "then": "now"}
    refused = room.post("/ateliers/nouveau", data=form)
    assert refused.status_code == 422
    assert 'id="kind-error"' in refused.text
    with database.snapshot() as session:
        assert session.scalars(select(Workshop)).all() == []


@time_machine.travel(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), tick=False)
def test_a_workshop_starts_now_in_the_hour_that_comes_twice(room, database, settings, trainer):
    """Half past two in Paris comes twice that night: whoever starts now has one of them in mind."""
    with database.transaction() as session:
        make_space(session, slug=settings.programme_space)
        scenarios.house(session, now=utc_now())
        sign_in(room, session, trainer)
    form = {"kind": "mass_sms", "association": "Les Amis du Quai", "minutes": "60", "then": "now"}
    answer = room.post("/ateliers/nouveau", data=form)
    assert answer.status_code == 302, answer.text
    with database.snapshot() as session:
        workshop = session.scalars(select(Workshop)).one()
        assert session.get_one(Event, workshop.event_id).starts_at == utc_now()


def test_a_moved_workshop_takes_its_reminder_and_calendars_along(room, database, plan):
    workshop = plan(Kind.MASS_SMS, place="Amiens")
    page = f"/ateliers/{workshop.id}"
    room.post(f"{page}/participants", data={"people": "Amina Diallo 06 12 34 56 78"})
    confirmed(room, f"{page}/participants/inviter", {"invitation": INVITATION})
    before = event_of(database, workshop)
    day = (before.starts_at + timedelta(days=2)).astimezone(PARIS).strftime("%Y-%m-%d")
    assert 'value="18:30"' in room.get(f"{page}/date").text
    form = {"day": day, "hour": "10:00", "minutes": "90", "place": "Abbeville", "link": ""}
    assert room.post(f"{page}/date", data=form).status_code == 302
    after = event_of(database, workshop)
    assert (after.title, after.place) == (before.title, "Abbeville")
    assert after.starts_at.astimezone(PARIS).strftime("%Y-%m-%d %H:%M") == f"{day} 10:00"
    with database.snapshot() as session:
        assert session.scalars(select(Reminder.due_at)).one() == after.starts_at.astimezone(PARIS) - timedelta(days=1)
    wrong = room.post(f"{page}/date", data={**form, "day": "", "place": "Doullens"})
    assert wrong.status_code == 422
    assert "Doullens" in wrong.text, "nothing typed is lost"


def test_a_workshop_called_off_reminds_nobody_and_opens_no_more(room, database, plan):
    workshop = plan(Kind.MASS_SMS, place="Amiens")
    page = f"/ateliers/{workshop.id}"
    assert room.post(f"{page}/annuler").status_code == 302
    assert event_of(database, workshop).state is EventState.CANCELLED
    assert "Cet atelier est annulé" in room.get(f"{page}/salle").text
    assert "Annulé" in room.get("/ateliers").text
    assert room.post(f"{page}/ouvrir").status_code == 409
    assert room.post(f"{page}/annuler").status_code == 409
    assert room.post(f"{page}/participants/presence").status_code == 409


def test_an_open_room_keeps_its_date(room, database, opened):
    page = f"/ateliers/{opened.id}"
    form = {"day": "2031-01-01", "hour": "10:00", "minutes": "90"}
    assert room.post(f"{page}/date", data=form).status_code == 409
    assert room.post(f"{page}/annuler").status_code == 409
    assert event_of(database, opened).state is EventState.OPEN


def test_another_trainers_date_is_not_there(app, room, database, opened):
    other = app.test_client()
    with database.transaction() as session:
        sign_in(other, session, make_user(session, staff=Staff.TRAINER))
    for word in ("date", "agenda.ics"):
        assert other.get(f"/ateliers/{opened.id}/{word}").status_code == 404
    for word in ("date", "annuler"):
        assert other.post(f"/ateliers/{opened.id}/{word}").status_code == 404
    assert event_of(database, opened).state is EventState.OPEN


def test_a_rehearsal_counts_in_no_figure_and_the_workshop_stays_to_be_held(database, room, planned):
    begun = room.post(f"/ateliers/{planned.id}/repeter")
    page = room.get(begun.location).text
    assert "C’est une répétition" in page
    assert "Pour entrer" in page
    assert "Démarrer l’atelier" in room.get(f"/ateliers/{planned.id}/salle").text
    assert room.post(begun.location.replace("/salle", "/repeter")).status_code == 422
    room.post(begun.location.replace("/salle", "/terminer"))
    results = room.get("/ateliers/resultats").text
    assert "1 atelier commencé" in results, "the planned one alone"
    assert "sur 0" not in results, "nobody was asked a step: no share of nothing"
    assert "Répétition" in room.get("/ateliers").text
    with database.snapshot() as session:
        assert [one.is_rehearsal for one in session.scalars(select(Workshop).order_by(Workshop.id))] == [False, True]


def test_a_trainer_s_home_is_their_next_workshops_and_the_staff_read_the_list(app, room, database, settings, plan):
    later, first = plan(Kind.WEBINAR, association="Épicerie", hour="18:30"), plan(Kind.WEBINAR, hour="10:00")
    room.post(f"/ateliers/{first.id}/participants", data={"people": "Amina Diallo 06 12 34 56 78"})
    page = room.get("/ateliers").text
    cards = page[page.index("<ol") : page.index("</ol>")]
    assert cards.index("Les Amis du Quai") < cards.index("Épicerie")
    assert re.search(r"0 personne attendue,\s+1 n’a pas répondu", cards)
    assert "Personne n’est encore invité" in cards
    assert re.findall(r'class="button( quiet)?" href="(/ateliers/\d+/salle)"', cards) == [
        ("", f"/ateliers/{first.id}/salle"), (" quiet", f"/ateliers/{later.id}/salle"),
    ]  # fmt: skip
    room.post(f"/ateliers/{first.id}/annuler")
    page = room.get("/ateliers").text
    assert "Les Amis du Quai" not in page[page.index("<ol") : page.index("</ol>")]
    assert "Annulé" in page[page.index("</ol>") :], "among the others"
    staff = app.test_client()
    with database.transaction() as session:
        sign_in(staff, session, make_user(session, staff=Staff.PROGRAMME))
    assert "Mes prochains ateliers" not in staff.get("/ateliers").text
