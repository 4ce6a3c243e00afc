"""A month after a workshop its practice spaces are empty; what it came to is still read as it was."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.accounts.models import Mode, Space
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.contacts.models import Contact, ContactList, Import
from app.events.models import Event
from app.links.models import Link
from app.messaging.models import Message, Reply
from app.messaging.status import Status
from app.simulator.listener import Listener
from app.simulator.server import Simulator
from app.workshops import service
from app.workshops.alone import service as alone
from app.workshops.models import PracticeSpace, Workshop
from app.workshops.path.pages import KINDS
from app.workshops.phones.client import Handsets
from app.workshops.practice import purging
from app.workshops.practice import service as practice
from app.workshops.real import drafts as import_drafts
from app.workshops.results import feedback
from app.workshops.results import service as results
from app.workshops.results import summary as accounting
from app.workshops.room import service as room_service
from app.workshops.seats import service as seating
from jobs.purging import purge_ended_copies
from tests.conftest import with_settings
from tests.factories import SOMEBODY, make_mailing, make_message, make_space, make_user, sign_in
from tests.simulator.ears import Ears, until
from tests.simulator.sender import Sender

TABLES = (Contact, ContactList, Import, Link, Message, Reply)
TEXT = "Venez samedi, on trie des vêtements."


@pytest.fixture
def runtime(runtime, tmp_path):
    with (
        Ears() as ears,
        Simulator(data_path=tmp_path / "simulator.sqlite3", inbound_url=ears.url("in")) as simulator,
    ):
        listener = Listener(simulator.wsgi)
        yield with_settings(runtime, simulator_url=f"http://127.0.0.1:{listener.start()}")
        listener.stop()


@pytest.fixture
def live(database, opened):
    """The association's own space."""
    with database.transaction() as session:
        space = make_space(session)
        session.get_one(Workshop, opened.id).association_space_id = space.id
        return space


@pytest.fixture
def held(database, opened, live, sit):
    """A workshop with one seat that did things: its browser, and its sitting."""
    browser, sitting = sit(opened, "Amina")
    with database.transaction() as session:
        copy, seat = session.get_one(Space, sitting.space.id), sitting.seat
        campaign = campaigns.draft(session, copy, by=seating.principal_of(seat), now=utc_now(), body=TEXT)
        mailing = make_mailing(session, copy, created_at=utc_now())
        campaign.mailing_id = mailing.id
        for status in (Status.DELIVERED, Status.UNDELIVERED):
            make_message(session, mailing, status=status)
        feedback.keep(session, seat.id, gained=4, ready=3, comment="Très clair")
    return browser, sitting


def close(database, workshop):
    with database.transaction() as session:
        room_service.close(session, service.get(session, workshop.id, lock=True), by=SOMEBODY, now=utc_now())


def tick(runtime, after):
    with time_machine.travel(utc_now() + after):
        purge_ended_copies(runtime)


def rows_left(database, workshop):
    """How many rows the practice spaces of a workshop hold."""
    with database.snapshot() as session:
        copies = select(PracticeSpace.space_id).where(PracticeSpace.workshop_id == workshop.id)
        return sum(session.scalar(select(func.count()).where(table.space_id.in_(copies))) for table in TABLES)


def told(app, database, sitting, live):
    """What the workshop came to, as trainers, the participant and the association read it."""
    kinds = KINDS.of(app)
    with database.snapshot() as session:
        workshop = session.get_one(Workshop, sitting.workshop.id)
        summary = accounting.of_seat(session, workshop, sitting.seat, kinds)
        return (
            results.read(session, [workshop], kinds)[workshop.id],
            (summary.done, summary.texts, summary.imported),
            [harvest.texts for harvest in import_drafts.waiting(session, live)],
        )


def figures_on(room, workshop):
    """What the workshop's own page and the table of all workshops show of it."""
    pages = [room.get(address).text for address in (f"/ateliers/{workshop.id}/salle", "/ateliers/resultats")]
    return [re.findall(r'(?s)<dl class="stats">.*?</dl>', page) for page in pages]


def test_a_month_later_the_rows_are_gone_and_what_it_came_to_reads_the_same(
    app, runtime, database, opened, held, live, room
):
    browser, sitting = held
    close(database, opened)
    full, before = rows_left(database, opened), told(app, database, sitting, live)
    shown = figures_on(room, opened)
    assert ["<dd>2</dd>" in "".join(figures) for figures in shown] == [True, True]
    assert before[0].sent == 2
    assert [(text.body, text.people, text.arrived) for text in before[1][1]] == [(TEXT, 2, 1)]
    assert [[text.body for text in texts] for texts in before[2]] == [[TEXT]]
    tick(runtime, purging.KEPT_FOR - timedelta(hours=1))
    assert rows_left(database, opened) == full
    tick(runtime, purging.KEPT_FOR + timedelta(hours=1))
    assert rows_left(database, opened) == 0
    assert told(app, database, sitting, live) == before
    assert TEXT in browser.get("/atelier/bilan").text
    assert figures_on(room, opened) == shown
    referente = app.test_client()
    with database.transaction() as session:
        sign_in(referente, session, make_user(session, space=live))
    assert TEXT in referente.get(f"/e/{live.slug}/en-vrai").text
    with database.snapshot() as session:
        assert purging.outlived(session, now=utc_now() + 2 * purging.KEPT_FOR) == [], "once is enough"


def test_a_copy_that_started_again_goes_a_month_after_it_was_left(runtime, database, settings, opened, sit):
    _browser, sitting = sit(opened, "Amina")
    with database.transaction() as session:
        found = service.get(session, opened.id, lock=True)
        room_service.reset(session, found, settings=settings, by=SOMEBODY, now=utc_now())
        session.get_one(Event, opened.event_id).ends_at = utc_now() + 2 * purging.KEPT_FOR
    tick(runtime, purging.KEPT_FOR + timedelta(hours=1))
    with database.snapshot() as session:
        fresh = [space.id for space in practice.copies(session, opened)]
        people = select(Contact.space_id).distinct()
        assert sorted(session.scalars(people)) == sorted(fresh)
        assert sitting.space.id not in fresh


def test_a_workshop_that_nobody_closed_is_closed_once_it_is_left_alone(runtime, database, opened, sit):
    _browser, sitting = sit(opened, "Amina")
    with database.transaction() as session:
        seat = session.merge(sitting.seat)
        seat.seen_at = utc_now() + timedelta(days=10)
    tick(runtime, purging.KEPT_FOR + timedelta(days=1))
    with database.snapshot() as session:
        assert session.get_one(Workshop, opened.id).closed_at is None, "somebody came back since"
    tick(runtime, purging.KEPT_FOR + timedelta(days=11))
    with database.snapshot() as session:
        assert session.get_one(Workshop, opened.id).closed_at is not None
        assert seating.find(session, "") is None
    assert rows_left(database, opened) > 0
    tick(runtime, 2 * purging.KEPT_FOR + timedelta(days=12))
    assert rows_left(database, opened) == 0


def test_a_practice_begun_again_leaves_nothing_of_the_one_before(runtime, settings, database):
    words = {"settings": settings, "by": SOMEBODY, "now": utc_now()}
    with database.transaction() as session:
        home = make_space(session, mode=Mode.LIVE)
        user = make_user(session, space=home)
        first = alone.begin(session, home, user, **words)
        campaigns.draft(session, first, by=SOMEBODY, now=utc_now(), body=TEXT)
    account = {"sid": first.carrier_account_sid, "token": first.carrier_auth_token}
    with Handsets(first, runtime.settings) as handsets, Sender(runtime.settings.simulator_url, **account) as carrier:
        carrier.send()
        until(handsets.phones)
        with database.transaction() as session:
            second = alone.begin(session, session.get_one(Space, home.id), user, again=True, **words)
        with database.transaction() as session:
            make_message(session, make_mailing(session, first))  # in a dispatcher's hand meanwhile
        tick(runtime, timedelta())
        assert handsets.phones() == []
    with database.snapshot() as session:
        assert session.scalars(select(Message.id).where(Message.space_id == first.id)).all() == []
    tick(runtime, purging.SETTLED_AFTER + timedelta(minutes=1))
    with database.snapshot() as session:
        practices = select(Space.id).where(Space.mode == Mode.PRACTICE)
        assert session.scalars(practices).all() == [second.id]
        assert session.scalars(select(Campaign.id).where(Campaign.body == TEXT)).all() == [], "as the page says"
        people = select(func.count()).where(Contact.space_id == second.id)
        assert session.scalar(people)
        assert alone.find(session, second.id, user.id)


def test_copies_wait_for_a_simulator_that_does_not_answer(runtime, settings, database, opened):
    close(database, opened)
    full = rows_left(database, opened)
    tick(with_settings(runtime, simulator_url=settings.simulator_url), 2 * purging.KEPT_FOR)
    assert rows_left(database, opened) == full
    tick(runtime, 2 * purging.KEPT_FOR)
    assert rows_left(database, opened) == 0
