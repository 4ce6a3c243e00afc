"""The story of the demonstration, read on the pages as a person reads it: its figures agree everywhere."""

import csv
from collections import Counter
from datetime import date, datetime

from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Activity, Space
from app.cli.demonstration import cast
from app.cli.demonstration.story import Story
from app.clock import PARIS, utc_now
from app.consent.acts import OPTED_OUT
from app.database.engine import Database
from app.events.models import Event
from app.french.typography import show_number
from app.messaging.models import Mailing, MailingState, Message, Tally
from app.messaging.status import FINAL, Status
from app.programme.applications.models import Application, ApplicationDecision
from app.programme.recommendations import reminding
from app.settings import Settings
from app.workshops.acts import HINT_GIVEN
from app.workshops.models import Kind, PracticeSpace, Seat, StepTiming, Workshop
from tests.cli.conftest import browser
from tests.programme.cohorts.test_cohorts import told

COUNTED = ("Postes occupés", "Étapes faites", "SMS d'entraînement", "STOP respectés", "Étapes prévues")


def test_the_staff_read_the_same_figures_on_every_page(seeded: Database, app: Flask) -> None:
    desk = browser(app, seeded, "programme")

    def read(path: str) -> str:
        page = desk.get(path)
        assert page.status_code == 200, path
        return told(page.text)

    week = read("/programme")
    for line in (
        "Places prises 12 sur 12", "Atelier fait 10 sur 12", "Premier vrai SMS 7 sur 12", "Sans nouvelles 2 sur 12",
        "Noter qui est venu chez Les Amis du Quai", "Lire 4 candidatures, dont 2 déposées depuis plus d’une semaine",
        "5 personnes inscrites, il en faut 8", "Commencées 14", "Déposées 11", "Retenues 0", "Désistées 1",
        "1 sans atelier", "1 atelier prévu", "3 atelier fait", "7 premier vrai SMS",
    ):  # fmt: skip
        assert line in week
    assert "invitée" in (cohort := read("/programme/cohortes/1"))
    assert cast.WHY_GONE.replace("'", "’")[:20] in cohort.replace("'", "’")
    assert "12 sur 12 faits au début, 4 à la fin" in read("/programme/cohortes/1/diagnostics")
    tools = read("/programme/cohortes/1/recommandations")
    assert "8 associations sur 10 ont commencé" in tools
    assert "3 en ont un en place" in tools
    assert "2 n’ont rien reçu" in tools
    impact = read("/programme/impact")
    for figure in (
        "80 % 8 associations sur 10", "8 ont démarré", "2 pas encore", "2 sans recommandation", "1 sortie",
        "11 sur 14 , soit 79 %", "de 5 associations qui partagent",
        "6 refus", "dont 5 hors critère",
    ):  # fmt: skip
        assert figure in impact
    assert impact.count("Cité avec l’accord de son auteur") == 2
    assert "75 % 3 associations sur 4" in read("/programme/impact?cohorte=2")


def test_the_pile_counts_what_it_shows_and_nothing_is_published(seeded: Database, app: Flask) -> None:
    desk = browser(app, seeded, "programme")
    pile = told(desk.get("/programme/candidatures").text)
    filters = "Toutes 11 À lire 4 Il manque mon avis 4 Décision prête 3 Hors critère 3 Désistées 1 Brouillons 3"
    assert filters in pile
    assert "3 décisions sont prêtes 2 retenues, 1 refusée" in pile
    letters = told(desk.get("/programme/candidatures/lettres?cohorte=3").text)
    assert letters.count("{lien}") or "Les Semeurs de la Selle" in letters
    with seeded.snapshot() as session:
        published = select(func.count(ApplicationDecision.id)).join(Application).where(Application.cohort_id == 3)
        assert session.scalar(published.where(ApplicationDecision.published_at.is_not(None))) == 0
        ids = session.scalars(select(Application.id).where(Application.cohort_id == 3)).all()
    for one in ids:
        page = desk.get(f"/programme/candidatures/{one}")
        assert page.status_code == 200
        assert "Le SMS n’est pas parti" not in told(page.text)


def test_each_association_of_the_story_opens(seeded: Database, app: Flask) -> None:
    desk = browser(app, seeded, "programme")
    pages = ["cohortes/1/associations/{}", "associations/{}/diagnostic", "associations/{}/recommandations"]
    for number in (1, 2, 3, 13):
        for page in pages:
            assert desk.get(f"/programme/{page.format(number)}").status_code == 200, page.format(number)
    for path in ("formations", "formations/3", "outils", "ressources", "partenaires", "impact?cohorte=toutes"):
        assert desk.get(f"/programme/{path}").status_code == 200, path
    own = browser(app, seeded, "referente")
    programme = told(own.get("/e/pont/programme").text)
    assert "Relancer 2 personnes" in programme
    assert "Répondre à une recommandation" in programme
    assert "Envoyer votre premier vrai SMS" not in programme  # its diagnostic holds the text to everybody back
    assert "SMS groupé : en attente" in told(own.get("/e/pont/diagnostic").text)
    assert "1 personne sur 3 a répondu" in told(own.get("/e/pont/diagnostic").text)
    assert "10 places libres sur 15" in told(own.get("/e/pont/formations").text)
    assert "Record : 2 077" in told(own.get("/ressources/tenir-une-assemblee-generale-en-ligne").text)


def test_nothing_of_the_story_may_still_leave(seeded: Database) -> None:
    """The programme's texts and those of live spaces are over, and nobody is about to be reminded of anything."""
    now = utc_now()
    with seeded.snapshot() as session:
        live = select(Space.id).where(Space.carrier_account_sid.is_(None))
        assert set(session.scalars(select(Message.status).where(Message.space_id.in_(live)))) <= FINAL
        states = session.scalars(select(Mailing.state).where(Mailing.space_id.in_(live)))
        assert set(states) == {MailingState.CLOSED}
        assert not reminding.is_due(session, now=now)
        rows = session.scalars(select(Activity.at).order_by(Activity.id)).all()
        assert max(rows) <= now


def test_a_weekend_gives_way_to_a_working_day(database: Database, settings: Settings) -> None:
    saturday = datetime(2026, 11, 28, 12, tzinfo=PARIS)
    story = Story(None, None, settings, saturday, None, None, None)  # type: ignore[arg-type]
    assert (story.day(0), story.day(-1), story.day(1), story.day(2)) == (
        date(2026, 11, 27), date(2026, 11, 27), date(2026, 11, 30), date(2026, 11, 30),
    )  # fmt: skip


def test_the_results_of_past_workshops_are_what_their_rooms_did(seeded: Database, app: Flask) -> None:
    desk = browser(app, seeded, "programme")
    with seeded.snapshot() as session:
        begins = session.scalars(select(Event.starts_at).join(Workshop).where(Workshop.closed_at.is_not(None))).all()
        of_rooms = select(PracticeSpace.space_id)
        left = select(func.sum(Tally.people)).where(Tally.space_id.in_(of_rooms), Tally.reached != Status.FAILED)
        refusals = select(func.count(Activity.id)).where(Activity.verb == OPTED_OUT.verb)
        rows_say = session.scalar(left), session.scalar(refusals.where(Activity.space_id.in_(of_rooms)))
        seats = session.scalars(select(Seat)).all()
        hinted = set(session.scalars(select(Activity.subject_id).where(Activity.verb == HINT_GIVEN.verb)))
        timed = {row.key: row.seconds for row in session.scalars(select(StepTiming))}
        webinar = session.scalar(select(Workshop.id).where(Workshop.kind == Kind.WEBINAR))
    assert "poste occupé" not in told(desk.get(f"/ateliers/{webinar}/salle").text), "nothing to practise on"
    found = Counter[str]()
    for year in {at.astimezone(PARIS).year for at in begins}:
        file = desk.get(f"/ateliers/resultats/ateliers.csv?annee={year}").text.splitlines()
        lines, of_year = list(csv.DictReader(file, delimiter=";")), Counter[str]()
        for line in lines:
            of_year.update({key: int(line[key] or 0) for key in COUNTED})
            of_year["firsts"] += line["Premier vrai SMS"] != ""
            assert (line["Sujet"] == "SMS groupé") is (line["Postes occupés"] == "3"), line
            assert line["Postes occupés"] == "0" or int(line["SMS d'entraînement"]) > 100, line
        page = told(desk.get(f"/ateliers/resultats?annee={year}").text)
        for words, key in zip(("étapes faites", "SMS partis", "STOP respectés"), COUNTED[1:4], strict=True):
            assert f"{words} {' '.join(show_number(of_year[key]).split())} " in page, (year, key)
        found += of_year
    assert (found["SMS d'entraînement"], found["STOP respectés"]) == rows_say
    assert found["Postes occupés"] == len(seats)
    assert found["firsts"] == len([one for one in (*cast.COHORT, *cast.FORMER) if one.first_sms is not None]) == 9
    assert 0.8 < found["Étapes faites"] / found["Étapes prévues"] < 0.95, "most, not all"
    assert hinted == {seat.id for seat in seats if seat.gained == 2}, "who was stuck would not do it again alone"
    assert 0 < len(hinted) < len(seats) / 4
    assert timed["write_one_sms"] > timed["hold_a_phone"] > 60
