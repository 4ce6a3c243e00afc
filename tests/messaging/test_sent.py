"""Everything sent, in one list: whoever owns it, with the same states, each leading to where it is followed."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event as engine_events
from sqlalchemy import insert, select

from app.accounts.models import Role
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.consent.families import Family
from app.events.acts import About
from app.events.models import EventMailing
from app.messaging.following import sent, standing
from app.messaging.models import Mailing, MailingState
from app.messaging.status import Status
from app.workshops.models import RealStart
from tests.contacts.test_pages import Walker
from tests.events.stage import make_event
from tests.factories import (
    NOON,
    make_campaign,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
    sign_in,
)

OLD = timedelta(hours=2)


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


@pytest.fixture
def walker(database, client, space):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space)


def about(session, space, event, word, **words):
    mailing = make_mailing(session, space, **words)
    session.add(EventMailing(space_id=space.id, event_id=event.id, mailing_id=mailing.id, about=word))
    return mailing


def everything(session, space):
    """One sending of each kind; their mailings by kind, the oldest first."""
    zoe = make_contact(session, space, first_name="Zoé", last_name="Petit")
    event = make_event(session, space)
    made = {"campaign": make_mailing(session, space)}
    campaign = {"stage": Stage.FINISHED, "mailing_id": made["campaign"].id, "send_at": NOON}
    make_campaign(session, space, name="Distribution vendredi", **campaign)
    made |= {word.value: about(session, space, event, word) for word in About}
    made["single"], made["first"] = make_mailing(session, space), make_mailing(session, space)
    for name, mailing in made.items():
        theirs = {} if name == "first" else {"contact_id": zoe.id, "is_personal": True}
        message = make_message(session, mailing, status=Status.DELIVERED, **theirs)
        if name == "first":
            session.merge(RealStart(space_id=space.id, message_id=message.id, started_at=NOON))
    make_message(session, make_mailing(session, space))  # a code, a sign-up: nobody's sending
    return made


def lines(page):
    """(title, kind) of each line of the list."""
    return re.findall(r'<th scope="row">\s*<a [^>]*>([^<]*)</a>.*?line-note wide">([^<]*)<', page.text, re.DOTALL)


def addresses(page):
    return re.findall(r'<th scope="row">\s*<a href="/e/[^/"]+([^"]*)"', page.text)


@contextmanager
def counting(database):
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    engine_events.listen(database.engine, "before_cursor_execute", note)
    yield asked
    engine_events.remove(database.engine, "before_cursor_execute", note)


def test_everything_sent_stands_in_one_list_and_leads_to_where_it_is_followed(walker, database, space):
    with database.transaction() as session:
        everything(session, space)
        everything(session, make_space(session))
    page = walker.get("/envoyer")
    assert lines(page) == [
        ("Premier vrai SMS", "Essai"),
        ("Zoé Petit", "À une personne"),
        ("Collecte du samedi", "Avis"),
        ("Collecte du samedi", "Place"),
        ("Collecte du samedi", "Changement"),
        ("Collecte du samedi", "Rappel"),
        ("Collecte du samedi", "Invitation"),
        ("Distribution vendredi", "Envoi"),
    ]
    assert page.words.count("1 arrivé sur 1") == 8
    for address in addresses(page):
        followed = walker.get(address)
        assert (followed.status_code, "Arrivé (pas forcément lu)" in followed.words) == (200, True), address
    home = walker.get("/").words
    assert [kind in home for kind in ("Avis", "Place", "Changement", "À une personne")] == [True] * 4
    with counting(database) as asked:
        walker.get("/envoyer")
    with database.transaction() as session:
        for _number in range(5):
            everything(session, space)
    with counting(database) as asked_of_many:
        assert len(lines(walker.get("/envoyer"))) == 6 * 8 - 5, "a space has one first SMS"
    assert len(asked_of_many) == len(asked), "a query for each line"


KEPT = {
    "envois": ["Envoi"],
    "invitations": ["Invitation"],
    "rappels": ["Rappel"],
    "changements": ["Changement"],
    "places": ["Place"],
    "avis": ["Avis"],
    "une-personne": ["À une personne"],
    "brouillons": [],
    "inconnu": ["Essai", "À une personne", "Avis", "Place", "Changement", "Rappel", "Invitation", "Envoi"],
}


def test_the_list_is_narrowed_to_a_kind_by_a_link(walker, database, space):
    with database.transaction() as session:
        everything(session, space)
        make_campaign(session, space, name="À relire")
    for kind, kept in KEPT.items():
        page = walker.get(f"/envoyer?type={kind}")
        assert [kind for _title, kind in lines(page)] == kept, kind
        assert ("À relire" in page.words) is (kind in ("brouillons", "inconnu")), kind
        assert page.text.count('aria-current="page"') == 2, "the word of the menu, and the filter"


def test_what_waits_for_somebody_stands_before_what_left(walker, database, space):
    with database.transaction() as session:
        event = make_event(session, space)
        everything(session, space)
        stuck = about(session, space, event, About.INVITATION, state=MailingState.PAUSED)
        make_message(session, stuck)
        spent = about(session, space, event, About.REMINDER, state=MailingState.PAUSED)
        make_message(session, spent, status=Status.WITHDRAWN)
        for number in range(5):
            make_campaign(session, space, name=f"Brouillon {number}")
    page = walker.get("/envoyer")
    above = page.words.partition("Distribution vendredi")[0]
    first = above[above.index("À finir") : above.index("Tous les brouillons")]
    assert re.findall(r"Brouillon \d|En pause", first) == ["En pause", "Brouillon 4", "Brouillon 3", "Brouillon 2"]
    followed = walker.get(f"/envois/{stuck.id}").words
    assert ("Reprendre l'envoi" in followed, "Arrêter l'envoi" in followed) == (True, True)
    assert "Arrêter l'envoi" not in walker.get(f"/envois/{spent.id}").words
    assert "Brouillon 0" in walker.get("/envoyer?type=brouillons").words


def test_a_page_looks_at_so_many_and_goes_on_from_there(database, space):
    with database.transaction() as session:
        old = make_message(session, make_mailing(session, space), is_personal=True)
        row = {"space_id": space.id, "sender": "E", "family": Family.SERVICE, "served_at": NOON, "created_at": NOON}
        session.execute(insert(Mailing), [row for _number in range(sent.LOOKED_AT + 1)])
        newer = make_message(session, make_mailing(session, space), is_personal=True)
        first = sent.page(session, space, {}, limit=5)
        assert [one.id for one in first.items] == [newer.mailing_id]
        second = sent.page(session, space, {}, before_id=first.next_id, limit=5)
        assert ([one.id for one in second.items], second.next_id) == ([old.mailing_id], None)


def test_what_was_sent_before_many_codes_stays_within_reach(walker, database, space):
    def codes(session, number):
        row = {"space_id": space.id, "sender": "E", "family": Family.SERVICE, "served_at": NOON, "created_at": NOON}
        session.execute(insert(Mailing), [row] * number)

    with database.transaction() as session:
        make_campaign(session, space, name="Collecte", stage=Stage.FINISHED, mailing_id=make_mailing(session, space).id)
        codes(session, sent.LOOKED_AT + 1)
    assert "Collecte" in walker.get("/envoyer").words
    assert "Collecte" in walker.get("/envoyer?type=envois").words
    with database.transaction() as session:
        codes(session, sent.LOOKED_AT * (sent.LOOKS - 1))
    page = walker.get("/envoyer")
    assert ("Aucun envoi pour l'instant" in page.words, "Rien parmi les envois" in page.words) == (False, True)
    (next_id,) = re.findall(r"avant=(\d+)", page.text)
    assert "Collecte" in walker.get(f"/envoyer?avant={next_id}").words


def test_who_follows_an_invitation_sees_why_it_did_not_arrive_and_mends_it(walker, database, space):
    with database.transaction() as session:
        zoe = make_contact(session, space, first_name="Zoé", last_name="Petit", phone="+33612345670")
        invitation = about(session, space, make_event(session, space), About.INVITATION)
        words = {"phone": zoe.phone, "contact_id": zoe.id, "is_personal": True, "error_code": 30005}
        message = make_message(session, invitation, status=Status.UNDELIVERED, **words)
        make_message(session, invitation, status=Status.DELIVERED)
    page = walker.get(f"/envois/{invitation.id}")
    assert "1 arrivé sur 2" in page.words
    assert f"/sms/{message.id}/reecrire" in page.text
    assert "Voir la mission" in page.words
    with database.snapshot() as session:
        (event_id,) = session.scalars(select(EventMailing.event_id).where(EventMailing.space_id == space.id))
    assert f"/envois/{invitation.id}" in walker.get(f"/dates/{event_id}").text
    failed = walker.get(f"/envois/{invitation.id}?etat=pas-arrives")
    assert (failed.text.count('class="table lines"'), failed.text.count("<tr id=")) == (1, 1)
    assert walker.get("/envois/999999").status_code == 404


def test_a_sending_says_what_nobody_has_heard_of_and_offers_nothing_to_stop(walker, database, space):
    now = utc_now()
    with database.transaction() as session:
        mailing = make_mailing(session, space, served_at=now - OLD)
        make_message(session, mailing, status=Status.DELIVERED)
        make_message(session, mailing, status=Status.SENT)
        campaign = make_campaign(session, space, stage=Stage.SENDING, mailing_id=mailing.id, send_at=now - OLD)
    page = walker.get(f"/envoyer/{campaign.id}").words
    assert ("1 sans nouvelles" in page, "Envoi en cours" in page) == (True, False)
    assert ("Mettre en pause" in page, "Arrêter l'envoi" in page) == (False, False)
    assert "1 sans nouvelles" in walker.get("/envoyer").words
    assert "1 sans nouvelles" in walker.get("/").words
    with database.transaction() as session:
        session.scalars(
            select(Mailing).where(Mailing.space_id == space.id, Mailing.id == mailing.id)
        ).one().served_at = now
        make_message(session, mailing)
    page = walker.get(f"/envoyer/{campaign.id}").words
    assert ("Envoi en cours" in page, "Mettre en pause" in page, "Arrêter l'envoi" in page) == (True, True, True)


@pytest.mark.parametrize(
    ("counts", "state", "ago", "said"),
    [
        ({Status.QUEUED: 1, Status.SENT: 2}, MailingState.OPEN, OLD, "Envoi en cours"),
        ({Status.QUEUED: 1}, MailingState.PAUSED, OLD, "En pause"),
        ({Status.QUEUED: 1}, MailingState.CANCELLED, OLD, "Arrêté"),
        ({Status.UNKNOWN: 1, Status.SENT: 2}, MailingState.CLOSED, OLD, "3 sans nouvelles"),
        ({Status.SENT: 1, Status.DELIVERED: 9}, MailingState.OPEN, timedelta(minutes=1), "Tout est parti"),
        ({Status.WITHDRAWN: 1, Status.DELIVERED: 9}, MailingState.PAUSED, OLD, "Terminé"),
    ],
)
def test_a_mailing_is_where_its_messages_are(counts, state, ago, said):
    mailing = Mailing(state=state, served_at=NOON - ago)
    assert standing.words(mailing, counts, now=NOON, all_stopped=False) == said
    nothing_leaves = standing.ALL_STOPPED if said == "Envoi en cours" else said
    assert standing.words(mailing, counts, now=NOON, all_stopped=True) == nothing_leaves
