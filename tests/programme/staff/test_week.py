"""The week of the programme's staff: stages, silence, dates, and the way from a figure to the person to call."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from icalendar import Calendar
from sqlalchemy import event, select

from app.accounts.models import SignedIn, Space, Staff
from app.clock import PARIS, utc_now
from app.events.models import Event, EventState, Registration
from app.messaging.status import Status
from app.programme.cohorts.models import Cohort
from app.programme.cohorts.states import MemberState
from app.programme.impact import reading
from app.workshops.models import Kind, Workshop
from app.workshops.path import scenarios
from app.workshops.planning import service as planning
from app.workshops.results.told import WORKSHOPS
from tests.factories import (
    NOON,
    SOMEBODY,
    make_campaign,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
)
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in, today


@dataclass(frozen=True)
class Year:
    """A cohort of six that are each at another point."""

    cohort: int
    of: dict[str, int]
    """{association: its id}"""

    @property
    def page(self) -> str:
        return f"/programme/cohortes/{self.cohort}"


def plan(session, programme, name, *, days, opened=False, **words):
    """A workshop so many days from now, over already where that is past."""
    now = utc_now()
    starts_at = now + timedelta(days=days)
    made = planning.plan(
        session, session.get_one(Space, programme.id), kind=Kind.MASS_SMS, association=name,
        trainers=[make_user(session, staff=Staff.TRAINER)], scenario=scenarios.house(session, now=now), by=SOMEBODY,
        now=now - timedelta(days=300), starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90), **words,
    )  # fmt: skip
    if opened:
        made.opened_at = starts_at
    return made


def seen(session, space, *, days):
    """A référente of ``space`` who opened a page so many days ago."""
    at = utc_now() - timedelta(days=days)
    user = make_user(session, space=space, name="Odile Vasseur", phone="+33639986543")
    session.add(SignedIn(user_id=user.id, token_digest=f"{user.id:064d}", created_at=at, seen_at=at, expires_at=at))
    return user


@pytest.fixture
def year(database, programme):
    now = utc_now()
    with database.transaction() as session:
        cohort = make_cohort(session, capacity=12, applications_close_at=now - timedelta(days=100))
        spaces = {name: make_space(session, name=name) for name in ("Bavarde", "Muette")}
        spaces["Muette"].contact_name, spaces["Muette"].contact_phone = "Nadège", "03 53 01 00 81"
        of = {
            name: put_in(session, cohort, name).id
            for name in ("Bavarde", "Muette", "Oubliée", "Prévue", "Sans rien", "Avant")
        }
        of["Partie"] = put_in(session, cohort, "Partie", state=MemberState.INVITED).id
        for name in ("Bavarde", "Muette", "Partie"):
            plan(session, programme, name, days=-60, opened=True)
        plan(session, programme, "Oubliée", days=-5)
        plan(session, programme, "Prévue", days=3, place="Maison des associations")
        plan(session, programme, "Prévue", days=4, is_rehearsal=True)
        plan(session, programme, "Sans rien", days=5).association = "Sans rien"
        session.flush()
        plan(session, programme, "Avant", days=-200, opened=True)
        called_off = session.get_one(Event, plan(session, programme, "Avant", days=6).event_id)
        called_off.state = EventState.CANCELLED
        session.add(
            Event(space_id=programme.id, title="Comprendre le bénévolat", starts_at=now + timedelta(days=2),
                  ends_at=now + timedelta(days=2, hours=2), created_at=now, updated_at=now)
        )  # fmt: skip
        mailing = make_mailing(session, spaces["Bavarde"], created_at=now - timedelta(days=3))
        make_campaign(session, spaces["Bavarde"], mailing_id=mailing.id)
        make_message(session, mailing, status=Status.DELIVERED, created_at=NOON)
        seen(session, spaces["Muette"], days=40)
        return Year(cohort.id, of)


def questions(engine, desk):
    """How many queries the home makes."""
    asked = []

    def note(*_words):
        asked.append(1)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert desk.get("/programme").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def columns(page: str) -> dict[str, list[str]]:
    """{stage: the associations under it}."""
    found = re.findall(r'id="etape-(\w+)".*?<ul>(.*?)</ul>', page, re.DOTALL)
    return {stage: re.findall(r"associations/\d+\">\s*([\w ]+?)\s*(?:<|$)", names, re.M) for stage, names in found}


def test_each_association_stands_once_and_the_silent_are_three_clicks_from_their_number(desk, database, year):
    home = desk.get("/programme")
    assert home.status_code == 200
    assert columns(home.text) == {
        "nothing": ["Avant", "Oubliée"],
        "planned": ["Prévue", "Sans rien"],
        "done": ["Muette"],
        "sent": ["Bavarde"],
    }, "one that is invited stands nowhere, a workshop of before the cohort or called off counts for nothing"
    words = told(home.text)
    assert "4 choses à faire, dont 2 en retard" in words
    assert "Faire le premier diagnostic de 6 associations" in words
    assert "Dire ce qu’est devenu l’atelier prévu chez Oubliée" in words
    assert "Prévoir l’atelier de 2 associations" in words
    assert "Avant, Oubliée." in words
    assert "Téléphoner à une association silencieuse" in words
    assert "Muette, sans nouvelles depuis 40 jours." in words
    assert "Places prises 6 sur 12" in words
    assert "Atelier fait 2 sur 6" in words
    assert "Premier vrai SMS 1 sur 6" in words
    assert "Sans nouvelles 1 sur 6" in words
    own = f"{year.page}/associations/{year.of['Muette']}"
    assert f"{year.page}#sans-nouvelles" in home.text, "first click: the figure"
    assert own in desk.get(year.page).text.partition('id="sans-nouvelles"')[2], "second click: the association"
    card = desk.get(own).text
    assert 'href="tel:0353010081"' in card, "third click: the person"
    assert "Odile Vasseur" in card
    assert "39986543" not in card, "a number given for lost passwords is nobody's to call"
    assert desk.post(f"{own}/appel").status_code == 302
    assert "Téléphoner" not in told(desk.get("/programme").text), "for three weeks"
    assert "par Inès Carlier" in told(desk.get(own).text)


def test_attendance_that_nobody_noted_is_late_the_next_day(desk, database, programme, year):
    with database.transaction() as session:
        session.get_one(Space, programme.id)
        made = plan(session, programme, "Avant", days=-2, opened=True)
        guest = make_contact(session, programme)
        place = Registration(space_id=programme.id, event_id=made.event_id, contact_id=guest.id, created_at=NOON)
        session.add(place)
    home = desk.get("/programme")
    assert "Noter qui est venu chez Avant" in told(home.text)
    assert f"/ateliers/{made.id}/participants#presences" in home.text
    assert "2 jours de retard" in told(home.text)

    def to_note():
        with database.snapshot() as session:
            counted = reading.read(session, [session.get_one(Cohort, year.cohort)], WORKSHOPS, now=utc_now())
            return len(counted.to_note)

    assert to_note() == 1, "« Atelier suivi » counts it, « le temps passé » does not yet: it says so"
    with database.transaction() as session:
        session.get_one(Registration, place.id).attended = False
    assert to_note() == 0
    assert "Noter qui est venu" not in told(desk.get("/programme").text)


def test_the_calendar_holds_the_workshops_and_the_programme_s_own_dates(desk, year):
    page = told(desk.get(year.page).text)
    assert "Comprendre le bénévolat Formation" in page
    assert "Prévue Atelier, SMS groupé, Maison des associations" in page
    answer = desk.get(f"{year.page}/agenda.ics")
    assert answer.mimetype == "text/calendar"
    entries = {str(one["summary"]): one for one in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert {name for name in entries if "Cohorte" in name} == {
        "Cohorte 2026 : premier jour",
        "Cohorte 2026 : dernier jour",
        "Cohorte 2026 : fin des candidatures",
    }
    assert len(entries["Cohorte 2026 : premier jour"]["dtstart"].to_ical()) == len(b"20260112"), "a whole day"
    assert "Comprendre le bénévolat" in entries
    assert {str(one["status"]) for name, one in entries.items() if "Avant" in name} == {"CANCELLED"}
    assert not any("Répétition" in name or "Partie" in name for name in entries)
    assert len({str(one["uid"]) for one in entries.values()}) == len(entries)


def test_nothing_to_do_is_said_in_a_sentence(desk, database, programme):
    with database.transaction() as session:
        make_cohort(session)
    words = told(desk.get("/programme").text)
    assert "rien ne presse, et aucune date n’est prévue." in words
    assert "Aucune date à venir." in words
    assert "Places prises 0 sur 3" in words
    assert "Atelier fait –" in words, "of none there is no share"
    with database.transaction() as session:
        cohort = session.scalars(select(Cohort)).one()
        cohort.ends_on = today() - timedelta(days=1)
    words = told(desk.get("/programme").text)
    assert "1 chose à faire, dont 1 en retard" in words
    assert "Clore « Cohorte 2026 », ou changer son dernier jour" in words


def test_without_the_programme_s_space_the_pages_stand(desk, database, programme):
    with database.transaction() as session:
        session.get_one(Space, programme.id).slug = "ailleurs"
        cohort = make_cohort(session)
    assert desk.get("/programme").status_code == 200
    added = desk.post(f"/programme/cohortes/{cohort.id}/associations", data={"association": "X", "state": "inside"})
    assert added.status_code == 302


def test_a_page_asks_as_many_questions_for_twenty_associations_as_for_one(desk, database):
    with database.transaction() as session:
        cohort = make_cohort(session, capacity=30)
        put_in(session, cohort, "La première")
    with database.snapshot() as session:
        engine = session.get_bind().engine
    counts = [questions(engine, desk)]
    with database.transaction() as session:
        for number in range(19):
            put_in(session, cohort, f"Association {number}")
    counts.append(questions(engine, desk))
    assert 0 < counts[0] == counts[1]


def test_the_day_of_an_evening_is_that_of_paris(desk, database, programme):
    """A workshop at half past midnight in Paris is the day before in UTC."""
    night = (utc_now().astimezone(PARIS) + timedelta(days=3)).replace(hour=0, minute=30, second=0, microsecond=0)
    with database.transaction() as session:
        cohort = make_cohort(session)
        put_in(session, cohort, "Nocturne")
        session.get_one(Event, plan(session, programme, "Nocturne", days=3).event_id).starts_at = night
    day = re.search(r'<p class="when">(\S+ \S+)', desk.get("/programme").text)
    assert day is not None
    assert str(night.day) in day[1].replace("1er", "1")


def test_a_workshop_planned_from_the_association_s_page_is_its_own(desk, database, year):
    """Typed a little otherwise, its name would make another association, and leave this one without a workshop."""
    own = desk.get(f"{year.page}/associations/{year.of['Muette']}").text
    [address] = set(re.findall(r'href="(/ateliers/nouveau[^"]*)"', own))
    form = desk.get(unescape(address)).text
    assert re.search(r'name="association"\s+type="text" value="Muette"', form)
    [chosen] = re.findall(r'<option value="([^"]+)" selected>Muette<', form)
    later = (today() + timedelta(days=9)).isoformat()
    desk.post("/ateliers/nouveau", data={
        "association": "Muette", "association_space": chosen, "kind": "mass_sms", "day": later, "hour": "10:00",
        "then": "plan",
    })  # fmt: skip
    with database.snapshot() as session:
        workshop = session.scalars(select(Workshop).order_by(Workshop.id.desc())).first()
        assert workshop.association_id == year.of["Muette"]
    assert desk.get("/ateliers/nouveau?association=%00").status_code == 200
