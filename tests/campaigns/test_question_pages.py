"""« Qui vient samedi ? »: asked in five clicks at most, answered by one touch each, read on one page."""

import gzip
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts.models import Mode, Role
from app.campaigns import launching
from app.clock import PARIS, utc_now
from app.events.models import Event, EventState, Registration
from app.links import service as links
from app.messaging.models import Message
from app.messaging.status import Status
from tests.clicks import Browser
from tests.events.stage import make_event
from tests.factories import make_contact, make_list, make_space, make_user, sign_in

LIGHT = 10_000
"""Bytes on the wire of all that a volunteer's page asks for: four seconds of a bad network."""


@pytest.fixture
def space(database):
    with database.transaction() as session:
        space = make_space(
            session, mode=Mode.PRACTICE, hours_hold=False, contact_name="Odile", contact_phone="06 39 98 10 20"
        )
        everyone = make_list(session, space, name="Bénévoles du samedi")
        for name in ("Karim", "Lina", "Paul"):
            make_contact(session, space, on=everyone, first_name=name)
        return space


@pytest.fixture
def browser(client, database, space):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Browser(client)


def launch(database, settings, *, now):
    """What a job does once the thirty seconds are over; each link of the texts."""
    with database.transaction() as session:
        while campaign := launching.claim_due(session, now=now):
            launching.write_batch(session, campaign, limit=50, settings=settings, now=now)
    with database.snapshot() as session:
        texts = session.scalars(select(Message.body).order_by(Message.id)).all()
    return [re.search(r"/r/\w+", one)[0] for one in texts]


def tomorrow():
    return (utc_now().astimezone(PARIS) + timedelta(days=1)).date().isoformat()


def test_who_comes_is_asked_in_five_clicks_and_answered_by_one_touch_each(database, settings, space, browser, app):
    browser.open(f"/e/{space.slug}/")
    browser.press("Demander qui peut venir")
    browser.fill(title="Collecte du samedi", day=tomorrow(), hour="14:00", place="Halle du Pont")
    browser.press("Continuer")
    assert "Réponse ou stop : http" in browser.text
    assert "Halle du Pont" in browser.text
    browser.tick("Bénévoles du samedi")
    browser.press("Relire avant d")
    assert "Le lien demande qui vient : Collecte du samedi" in browser.text
    browser.press("Envoyer à 3 personnes")
    assert browser.clicks <= 5
    for words in ("À la liste « Bénévoles du samedi »", "Personnes prévues", "Prix prévu"):
        assert words in browser.text, "what was confirmed, before anything is written"
    followed = browser.answer.request.path

    addresses = launch(database, settings, now=utc_now() + timedelta(minutes=1))
    for address, word in zip(addresses, ("Je viens", "Je viens", "Je ne peux pas"), strict=True):
        phone = Browser(app.test_client())
        phone.open(address)
        assert "Odile vous demande si vous venez" in phone.text
        assert 'href="tel:0639981020"' in phone.text
        assert phone.text.index("Je viens") < phone.text.index("Ne plus recevoir de SMS"), "the way out is apart"
        phone.press(word)
        assert phone.clicks == 1
        assert "C'est noté" in phone.text

    browser.open(followed)
    shown = " ".join(re.sub(r"<[^>]+>", " ", browser.text).split())
    assert "2 viennent , 1 ne peut pas , 0 n'a pas répondu" in shown
    browser.open(browser.page.links["2 viennent"])
    assert ("Karim" in browser.text, "Paul" in browser.text) == (True, False)
    browser.open(f"/e/{space.slug}/reponses")
    assert browser.text.count("Collecte du samedi</a>") == 3
    assert "ne peut pas venir" in browser.text


def test_those_who_said_nothing_are_asked_again_and_nobody_else(database, settings, space, browser, app):
    browser.open(f"/e/{space.slug}/")
    browser.press("Demander qui peut venir")
    browser.fill(title="Collecte du samedi", day=tomorrow(), hour="14:00", place="Halle du Pont")
    browser.press("Continuer")
    browser.tick("Bénévoles du samedi")
    browser.press("Relire avant d")
    browser.press("Envoyer à 3 personnes")
    with database.snapshot() as session:
        mission = f"/e/{space.slug}/dates/{session.scalars(select(Event.id)).one()}"
    browser.open(mission)
    assert "Relancer" not in browser.text, "their SMS has not left yet"
    first, *_others = launch(database, settings, now=utc_now() + timedelta(minutes=1))
    browser.open(mission)
    assert "Relancer" not in browser.text, "it waits for its turn"
    with database.transaction() as session:
        session.execute(update(Message).values(status=Status.DELIVERED))
    phone = Browser(app.test_client())
    phone.open(first)
    phone.press("Je viens")

    browser.open(mission)
    browser.press("Relancer les 2 qui")
    assert "Vous venez, oui ou non ?" in browser.text
    browser.press("Relire avant d")
    assert "Le lien demande qui vient : Collecte du samedi" in browser.text
    browser.press("Envoyer à 2 personnes")
    assert len(launch(database, settings, now=utc_now() + timedelta(minutes=1))) == 3 + 2
    with database.snapshot() as session:
        assert len(session.scalars(select(Registration)).all()) == 3, "they are put down once"


def test_one_of_the_next_missions_is_asked_about_and_a_text_of_ones_own_is_kept(database, space, browser):
    with database.transaction() as session:
        start = utc_now() + timedelta(days=2)
        make_event(session, space, starts_at=start)
        make_event(session, space, title="Trop tard", starts_at=utc_now() - timedelta(hours=1))
        gone = make_event(session, space, title="Annulée", starts_at=start)
        gone.state = EventState.CANCELLED
    browser.open(f"/e/{space.slug}/envoyer")
    browser.press("Écrire un SMS")
    assert "Nous ajoutons « Stop : »" in browser.text
    browser.fill(body="Coucou {prénom}")
    browser.press("Poser la question")
    assert ("Collecte du samedi" in browser.text, "Trop tard" in browser.text, "Annulée" in browser.text) == (
        True, False, False,
    )  # fmt: skip
    browser.press("Continuer")
    assert "Coucou {prénom}" in browser.text
    assert "Nous ajoutons « Réponse ou stop : »" in browser.text
    browser.press("Insérer le prénom")
    assert "Coucou {prénom}{prénom}" in browser.text
    browser.press("Ne rien demander")
    assert "Nous ajoutons « Stop : »" in browser.text
    with database.snapshot() as session:
        assert session.scalars(select(Registration)).all() == []


def test_what_cannot_be_asked_about_is_said_and_nothing_typed_is_lost(database, space, browser):
    browser.open(f"/e/{space.slug}/")
    browser.press("Demander qui peut venir")
    address = browser.answer.request.path
    past = {"subject": "new", "title": "Maraude", "day": "2020-02-01", "hour": "14:00", "place": "Gare"}
    for wrong, sentence in (
        ({**past, "day": ""}, "Choisissez un jour et une heure"),
        (past, "sont déjà passés"),
        ({**past, "title": " "}, "Donnez un titre"),
        ({**past, "subject": "999"}, "Choisissez une mission à venir"),
    ):
        browser.open(address)
        browser.fill(**wrong)
        browser.press("Continuer", status=422)
        assert sentence in browser.text
        assert 'value="Gare"' in browser.text
    with database.transaction() as session:
        assert session.scalars(select(Event)).all() == [], "what was refused made nothing"
        make_event(session, space, starts_at=utc_now() + timedelta(days=2))
    browser.open(address)
    browser.fill(title="Maraude")
    browser.press("Continuer", status=422)
    assert "Vous avez aussi écrit « Maraude »" in browser.text


def link_to(database, space, purpose, *, subject_id=1, age=timedelta()):
    """The address of a personal link, for a person of the space."""
    token = links.new_token()
    with database.transaction() as session:
        one = make_contact(session, space)
        links.store(
            session,
            [
                links.row(
                    token, now=utc_now() - age, space_id=space.id, purpose=purpose, subject_id=subject_id,
                    contact_id=one.id, fingerprint=one.fingerprint,
                )
            ],
        )  # fmt: skip
    return f"/r/{token}"


def test_what_a_volunteer_opens_weighs_little_and_asks_for_no_font(client, database, space):
    with database.transaction() as session:
        event = make_event(session, space, starts_at=utc_now() + timedelta(days=2))
    pages = [
        link_to(database, space, "event", subject_id=event.id),
        link_to(database, space, "opt_out"),
        link_to(database, space, "opt_out", age=timedelta(days=800)),
    ]
    for page in pages:
        answer = client.get(page)
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text)
        assert [one.rpartition("/")[2] for one in files] == ["personal.css"]
        style = client.get(files[0], buffered=True).text
        assert ("url(" in style, "@import" in style, "@font-face" in style) == (False, False, False)
        assert sum(len(gzip.compress(text.encode())) for text in (answer.text, style)) <= LIGHT
        assert "Ne plus recevoir de SMS" in answer.text


def test_an_answer_too_late_opens_the_page_of_the_mission_and_no_way_into_the_house(client, database, space):
    with database.transaction() as session:
        event = make_event(session, space, starts_at=utc_now() - timedelta(days=2))
    answer = client.post(link_to(database, space, "event", subject_id=event.id), data={"choice": "coming"})
    assert answer.status_code == 409
    assert "n'est plus attendue" in answer.text.replace("’", "'")
    assert "Collecte du samedi" in answer.text
    assert 'href="/"' not in answer.text
