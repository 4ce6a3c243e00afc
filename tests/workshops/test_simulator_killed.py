"""The simulator killed in the middle of a sending: the wall says so and comes back, and every text arrives once."""

import re
import threading
import time
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.assembly import build_runtime
from app.campaigns import service as campaigns
from app.clock import utc_now
from app.contacts.models import ContactList
from app.messaging import tallies
from app.messaging.status import Status
from app.simulator.listener import Listener
from app.workshops.phones.client import Handsets
from jobs.dispatching import Dispatcher
from jobs.launching import follow_campaigns, launch_due_campaigns
from jobs.reconciling import reconcile
from tests.applications import lent_app
from tests.factories import SOMEBODY, make_contact, make_list
from tests.simulator.ears import until
from tests.simulator.program import Program

pytestmark = pytest.mark.slow
PEOPLE = [f"+336399844{at:02d}" for at in range(10, 50)]
SILENT = "Les téléphones sont coupés un instant"
QUARTER = "Tout le quartier"
BEFORE, MEANWHILE = "Avant la panne", "Pendant la panne"


@pytest.fixture
def web():
    """Where the carrier finds us: its address, and a list whose last application answers there."""
    apps = []
    listener = Listener(lambda environ, start: apps[-1](environ, start))  # noqa: PLW0108 - built after its port is known
    yield f"http://127.0.0.1:{listener.start()}", apps
    listener.stop()


@pytest.fixture
def simulator(web, tmp_path):
    with Program(tmp_path / "simulator.sqlite3", inbound_url=f"{web[0]}/webhooks/twilio/inbound") as program:
        program.start()
        yield program


@pytest.fixture
def runtime(settings, web, simulator):
    """Patience cut short, so that what the kill leaves in doubt is settled within seconds."""
    addresses = {"public_url": web[0], "carrier_url": simulator.address, "simulator_url": simulator.address}
    patience = {"carrier_timeout_s": 2.0, "doubt_after_s": 3.0, "doubt_again_s": 1.0}
    runtime = build_runtime(replace(settings, **addresses, **patience))
    yield runtime
    runtime.database.close()


@pytest.fixture
def app(runtime, web):
    with lent_app(runtime) as app:
        web[1].append(app)
        yield app


@pytest.fixture
def dispatcher(runtime, app):
    dispatcher = Dispatcher(runtime)
    thread = threading.Thread(target=dispatcher.run)
    thread.start()
    yield dispatcher
    dispatcher.stop()
    thread.join(30)


@pytest.fixture
def space(opened, database):
    """The room's demonstration copy, which the wall shows, with a list of people whose phones all ring."""
    with database.transaction() as session:
        space = session.get_one(Space, opened.model_space_id)
        space.rate_per_s = 10  # so that a kill comes in the middle
        on = make_list(session, space, name=QUARTER)
        for phone in PEOPLE:
            make_contact(session, space, on=on, phone=phone)
        return space


def send(runtime, space, body):
    """A text to everybody of the list, now; the id of its mailing."""
    with runtime.database.transaction() as session:
        one_list = session.scalars(
            select(ContactList.id).where(ContactList.space_id == space.id, ContactList.name == QUARTER)
        ).one()
        words = {"by": SOMEBODY, "now": utc_now()}
        audience = {"lists": [one_list], "contacts": [], "except": []}
        draft = campaigns.draft(session, space, body=body, audience=audience, **words)
        campaigns.schedule_at_once(session, space, draft, at=utc_now(), settings=runtime.settings, **words)
        mailing_id = draft.mailing_id
    launch_due_campaigns(runtime)
    return mailing_id


def counts(runtime, mailing_id):
    with runtime.database.snapshot() as session:
        return tallies.progress(session, mailing_id).counts


def landed(runtime, space):
    """Which of the two texts each phone of the list shows, as often as it shows it."""
    with Handsets(space, runtime.settings) as handsets:
        shown = {phone: [text.body for text in handsets.conversation(phone, limit=50).texts] for phone in PEOPLE}
    return {phone: Counter(body.partition("\n")[0] for body in bodies) for phone, bodies in shown.items()}


def test_the_wall_says_so_and_comes_back_and_every_text_arrives_once(
    runtime, simulator, dispatcher, opened, room, space
):
    page = f"/ateliers/{opened.id}/mur?part=1"

    def look(address=page):
        """What the wall's poll is answered; and the address of its next one."""
        answer = room.get(address)
        again = re.search(r'hx-get="([^"]+)"', answer.text)
        return answer, again[1].replace("&amp;", "&") if again else address

    with Handsets(space, runtime.settings) as handsets:
        handsets.set_faults({"latency_ms": 500})
    first = send(runtime, space, BEFORE)
    until(lambda: counts(runtime, first).get(Status.DELIVERED, 0) >= 5, within_s=30)
    shown, again = look()
    assert SILENT not in shown.text
    assert BEFORE in shown.text

    simulator.kill()
    assert counts(runtime, first).get(Status.DELIVERED, 0) < len(PEOPLE), "killed in the middle of it"
    shown, _again = look(again)
    assert shown.status_code == 200
    assert SILENT in shown.text
    assert BEFORE in shown.text, "what has landed stays on the wall"
    until(lambda: counts(runtime, first).get(Status.UNKNOWN, 0) > 0)  # those it had in hand may have left
    second = send(runtime, space, MEANWHILE)
    time.sleep(3)  # longer than a refused message waits: it is tried, and waits again
    waiting = counts(runtime, second)
    assert set(waiting) <= {Status.QUEUED, Status.SENDING}
    assert SILENT in look()[0].text

    simulator.start()
    until(lambda: SILENT not in look()[0].text)
    with Handsets(space, runtime.settings) as handsets:
        handsets.set_faults({})

    def all_arrived():
        follow_campaigns(runtime)
        reconcile(runtime)
        return all(counts(runtime, one) == {Status.DELIVERED: len(PEOPLE)} for one in (first, second))

    until(all_arrived, within_s=60)
    assert landed(runtime, space) == {phone: {BEFORE: 1, MEANWHILE: 1} for phone in PEOPLE}
    assert MEANWHILE in look()[0].text
