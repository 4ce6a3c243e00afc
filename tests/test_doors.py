"""Every door of a practice space, tried: nothing leaves it for anybody but the simulator, and live texts no fiction.

A server stands outside, where the settings say that the real carrier is. Whatever it hears would have been sent.
"""

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Role, Space
from app.assembly import build_runtime
from app.campaigns import service as campaigns
from app.cli.folder import prepare_folder
from app.cli.main import main
from app.clock import utc_now
from app.consent.families import Family
from app.contacts.models import Contact
from app.events import inviting
from app.events import service as events
from app.messaging import notices
from app.messaging.models import Message
from app.messaging.singles import service as singles
from app.messaging.status import Status
from app.simulator.listener import Listener
from jobs.dispatching import Dispatcher
from jobs.reconciling import reconcile
from tests.api.conftest import Program, make_program
from tests.factories import SOMEBODY, make_contact, make_mailing, make_message, make_space, make_user, sign_in
from tests.stage import Stage, standing_stage

REAL = "+33612345678"
FICTION = "+33639980142"
SHEET = b"Nom;Portable\nMartin;06 12 34 56 78\nPetit;06 39 98 01 42\n"
NOT_LEFT = {Status.WITHDRAWN, Status.FAILED, Status.QUEUED}


@dataclass
class Outside:
    """Answers as the real carrier would, and remembers whom it was asked to text or asked about."""

    port: int = 0
    heard: list[str] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        form = parse_qs(environ["wsgi.input"].read().decode())
        self.heard.append(form.get("To", [environ["PATH_INFO"]])[0])
        start_response("201 Created", [("Content-Type", "application/json")])
        return [json.dumps({"sid": "SM" + "0" * 32, "status": "queued"}).encode()]


@pytest.fixture
def outside() -> Iterator[Outside]:
    outside = Outside()
    listener = Listener(outside)
    outside.port = listener.start()
    yield outside
    listener.stop()


@pytest.fixture
def stage(settings: Any, tmp_path: Path, outside: Outside) -> Iterator[Stage]:
    with standing_stage(settings, tmp_path, outside=f"http://127.0.0.1:{outside.port}") as stage:
        stage.app.config["WTF_CSRF_ENABLED"] = False
        yield stage


@pytest.fixture
def practice(stage: Stage) -> Space:
    with stage.runtime.database.transaction() as session:
        return make_space(session, mode=Mode.PRACTICE, slug="quai")


@dataclass
class Inside:
    """Somebody in a space, who tries a door to a number."""

    stage: Stage
    space: Space
    monkeypatch: pytest.MonkeyPatch

    def write_to_everybody(self) -> None:
        """A campaign to all the space's people, as jobs launch it."""
        with self.stage.runtime.database.transaction() as session:
            people = session.scalars(select(Contact.id).where(Contact.space_id == self.space.id)).all()
            if not people:
                return
            audience = {"lists": [], "contacts": list(people), "except": []}
            words = {"by": SOMEBODY, "now": utc_now()}
            draft = campaigns.draft(session, self.space, body="Bonjour", audience=audience, **words)
            settings = self.stage.runtime.settings
            campaigns.schedule_at_once(session, self.space, draft, at=utc_now(), settings=settings, **words)

    def page(self, phone: str) -> None:
        """Type it on the page that adds somebody."""
        client = self.stage.app.test_client()
        with self.stage.runtime.database.transaction() as session:
            sign_in(client, session, make_user(session, space=self.space, role=Role.REFERENTE))
        client.post(f"/e/{self.space.slug}/benevoles/ajouter", data={"last_name": "Martin", "phone": phone})

    def imported(self, _phone: str) -> None:
        """Upload it in a spreadsheet, which jobs read."""
        data = {"file": (io.BytesIO(SHEET), "benevoles.csv"), "list": "Tous"}
        assert self._program().ask("POST", "/imports", data=data).status_code == 202

    def api(self, phone: str) -> None:
        """Add it with a key."""
        self._program().ask("POST", "/contacts", {"last_name": "Martin", "phone": phone})

    def command_line(self, _phone: str) -> None:
        """Import it from the shell."""
        folder = self.stage.runtime.settings.data_dir
        (folder / "liste.csv").write_bytes(SHEET)
        prepare_folder(folder, port=8000, lan=False)
        self.monkeypatch.setenv("TAMBOUR_DATA_DIR", str(folder))
        self.monkeypatch.setenv("TAMBOUR_DATABASE_URL", self.stage.runtime.settings.database_url)
        answer = CliRunner().invoke(main, ["import", str(folder / "liste.csv"), "--space", self.space.slug])
        assert answer.exit_code == 0, answer.output

    def single(self, phone: str) -> None:
        """One message to one person, whose row was smuggled in."""
        with self._session() as session:
            somebody = make_contact(session, self.space, phone=phone)
            words = {"by": SOMEBODY, "settings": self.stage.runtime.settings, "now": utc_now()}
            singles.send(session, self.space, somebody, body="Bonjour", family=Family.SERVICE, **words)

    def invitation(self, phone: str) -> None:
        """An invitation to a date."""
        now = utc_now()
        with self._session() as session:
            words = {"starts_at": now + timedelta(days=2), "ends_at": now + timedelta(days=2, hours=1)}
            event = events.make(session, self.space.id, title="Collecte", place="", by=SOMEBODY, now=now, **words)
            events.invite(session, event, [make_contact(session, self.space, phone=phone)], by=SOMEBODY, now=now)
            settings = self.stage.runtime.settings
            inviting.send(
                session, self.space, event, body="Venez le {jour} : {lien}", by=SOMEBODY, settings=settings, now=now
            )

    def code(self, phone: str) -> None:
        """A code for a lost password."""
        with self._session() as session:
            settings = self.stage.runtime.settings
            notices.send_code(session, self.space, phone=phone, body="Code 123456", settings=settings, now=utc_now())

    def message(self, phone: str) -> None:
        """A message written into the database by hand, due now."""
        now = utc_now()
        with self._session() as session:
            words = {"not_before": now, "not_after": now + timedelta(hours=1)}
            make_message(session, make_mailing(session, self.space), phone=phone, **words)

    def doubt(self, phone: str) -> None:
        """A message whose fate is unknown: jobs ask the carrier about it."""
        with self._session() as session:
            long_ago = utc_now() - timedelta(minutes=10)
            words = {"status": Status.SENDING, "claimed_at": long_ago, "not_after": utc_now() + timedelta(hours=1)}
            make_message(session, make_mailing(session, self.space), phone=phone, **words)

    def _session(self) -> Any:
        return self.stage.runtime.database.transaction()

    def _program(self) -> Program:
        return make_program(self.stage.app, self.stage.runtime.database, space=self.space, role=Role.EQUIPIERE)


DOORS: list[Callable[[Inside, str], None]] = [
    Inside.page,
    Inside.imported,
    Inside.api,
    Inside.command_line,
    Inside.single,
    Inside.invitation,
    Inside.code,
    Inside.message,
    Inside.doubt,
]
every_door = pytest.mark.parametrize("target", DOORS, ids=lambda target: target.__name__)


def go_through(target: Callable[[Inside, str], None], inside: Inside, phone: str) -> None:
    """Try a door, write to everybody it let in, and let jobs do all they would."""
    target(inside, phone)
    inside.stage.work()
    inside.write_to_everybody()
    inside.stage.work()
    reconcile(inside.stage.runtime)


def left(stage: Stage, phone: str) -> list[Message]:
    """The messages to a number that may have gone somewhere."""
    with stage.runtime.database.snapshot() as session:
        return [one for one in _messages(session) if one.phone == phone and one.status not in NOT_LEFT]


def _messages(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


@every_door
def test_no_door_of_practice_opens_to_somebodys_phone(target, stage, practice, outside, monkeypatch):
    go_through(target, Inside(stage, practice, monkeypatch), REAL)
    assert outside.heard == []
    phones = {row["to"] for row in stage.simulator(practice, "GET", "ledger")["items"]}
    assert all(phone.startswith("+3363998") for phone in phones)
    if target is not Inside.doubt:  # the doubt was said to have left before anybody here could refuse
        assert left(stage, REAL) == []


@every_door
def test_every_door_of_practice_leads_to_the_simulator(target, stage, practice, outside, monkeypatch):
    """The same doors with a pretend number: had they been shut altogether, the test above would say nothing."""
    go_through(target, Inside(stage, practice, monkeypatch), FICTION)
    assert outside.heard == []
    assert left(stage, FICTION), target.__doc__
    if target is not Inside.doubt:
        assert FICTION in {row["to"] for row in stage.simulator(practice, "GET", "ledger")["items"]}


@pytest.mark.parametrize("target", [Inside.single, Inside.invitation, Inside.code, Inside.message, Inside.doubt],
                         ids=lambda target: target.__name__)  # fmt: skip
def test_a_live_space_never_texts_a_pretend_person(target, stage, outside, monkeypatch):
    with stage.runtime.database.transaction() as session:
        live = make_space(session, slug="pont", hours_hold=False)
    go_through(target, Inside(stage, live, monkeypatch), FICTION)
    assert FICTION not in outside.heard


def test_the_server_outside_hears_what_a_live_space_sends(stage, outside, monkeypatch):
    with stage.runtime.database.transaction() as session:
        live = make_space(session, slug="pont", hours_hold=False)
    go_through(Inside.message, Inside(stage, live, monkeypatch), REAL)
    assert outside.heard == [REAL]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "api.twilio.com"])
def test_no_setting_leads_practice_outside(host, stage, practice, outside, monkeypatch):
    """The simulator's address led elsewhere; the practice account given the real one's name and token."""
    settings = stage.runtime.settings
    words = {"simulator_url": f"http://{host}:{outside.port}"} if host != "127.0.0.1" else {}
    changed = build_runtime(replace(settings, **words))
    with changed.database.transaction() as session:
        space = session.get_one(Space, practice.id)
        space.carrier_account_sid, space.carrier_auth_token = settings.twilio_account_sid, settings.twilio_auth_token
    Inside(Stage(changed, stage.app), practice, monkeypatch).message(FICTION)
    asyncio.run(Dispatcher(changed).drain())
    changed.database.close()
    assert outside.heard == []


def test_the_mode_of_a_space_never_changes(stage, practice):
    client = stage.app.test_client()
    with stage.runtime.database.transaction() as session:
        sign_in(client, session, make_user(session, space=practice, role=Role.REFERENTE))
    client.post("/e/quai/reglages", data={"name": "Quai", "mode": "live"})
    make_program(stage.app, stage.runtime.database, space=practice, role=Role.REFERENTE).ask(
        "PATCH", "/space", {"mode": "live"}
    )
    with stage.runtime.database.transaction() as session:
        space = session.get_one(Space, practice.id)
        assert space.mode is Mode.PRACTICE
        with pytest.raises(ValueError, match="never changes"):
            space.mode = Mode.LIVE
