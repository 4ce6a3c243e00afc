"""One switch stops all that leaves, says so everywhere, and tells what it lets go before it does."""

import threading
import time
from collections import Counter
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import func, select

from app.accounts.models import Activity, Role, Staff
from app.accounts.principal import TAMBOUR
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.cli.doctor import checks
from app.cli.main import main
from app.clock import utc_now
from app.errors import RuleBroken
from app.health import stopping
from app.messaging.following import standing
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.status import Status
from app.messaging.web import codes
from jobs.dispatching import Dispatcher
from tests.api.conftest import make_program
from tests.clicks import Browser
from tests.factories import SOMEBODY, make_campaign, make_mailing, make_message, make_space, make_user, sign_in
from tests.stage import standing_stage

WHY = "un envoi est parti par erreur"
RATE = 40
_numbers = count()


@pytest.fixture
def stage(settings, tmp_path):
    with standing_stage(settings, tmp_path) as stage:
        yield stage


def texted(stage):
    """How many texts each phone was sent, by the simulator's own ledger."""
    settings = stage.runtime.settings
    account = (settings.twilio_account_sid, settings.twilio_auth_token)
    answer = requests.get(f"{settings.simulator_url}/_simulator/{account[0]}/ledger", auth=account, timeout=10)
    return Counter({item["to"]: item["count"] for item in answer.json()["items"]})


def write(session, space, people, **words):
    now = utc_now()
    mailing = make_mailing(session, space, served_at=now, **words)
    for _ in range(people):
        at = next(_numbers)
        make_message(
            session, mailing, phone=f"+336{130_000 + at // 80}{at % 80 + 20}",
            not_before=now, not_after=now + timedelta(days=1), created_at=now,
        )  # fmt: skip
    return mailing


def until(true):
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, "it did not become true in time"
        time.sleep(0.02)


def count_of(database, *statuses):
    with database.snapshot() as session:
        return session.scalar(select(func.count(Message.id)).where(Message.status.in_(statuses)))


def press(client, path, words, **typed):
    """Fill the form of a page and press what bears ``words``; the page that follows."""
    browser = Browser(client)
    browser.open(path)
    if typed:
        browser.fill(**typed)
    browser.press(words)
    return browser.text


def stop(database, why=WHY):
    with database.transaction() as session:
        return stopping.stop(session, why=why, by=SOMEBODY, now=utc_now())


def test_no_more_than_one_second_s_worth_leaves_after_the_stop_and_everything_after_the_resume(stage):
    """Counted at the simulator, over real HTTP, by the pace of the sender: never by a clock of the test."""
    database, looks = stage.runtime.database, []
    with database.transaction() as session:
        space = make_space(session, hours_hold=False, rate_per_s=RATE)
        write(session, space, 120)

    def looked():
        looks.append(None)
        return ()

    dispatcher = Dispatcher(stage.runtime, held=looked)
    worker = threading.Thread(target=dispatcher.run)
    worker.start()
    try:
        until(lambda: len(texted(stage)) >= RATE)
        assert stop(database)
        before = len(texted(stage))
        until(lambda: count_of(database, Status.SENDING) == 0)
        with database.transaction() as session:
            write(session, make_space(session, hours_hold=False), 1, priority=1)
        seen = len(looks)
        until(lambda: len(looks) >= seen + 8)
        after = len(texted(stage))
        assert (after - before <= RATE, after < 121) == (True, True)
        until(lambda: count_of(database, Status.DELIVERED) == after)  # what had left is still told of
        assert len(texted(stage)) == after
        with database.transaction() as session:
            assert stopping.resume(session, by=SOMEBODY, now=utc_now()).leaving == 121 - after
        until(lambda: len(texted(stage)) == 121)
    finally:
        dispatcher.stop()
        worker.join()
    assert set(texted(stage).values()) == {1}


def test_the_first_reason_stands_and_both_acts_are_in_the_trail(database):
    assert (stop(database), stop(database, "encore")) == (True, False)
    with database.transaction() as session:
        assert halt.stopped(session).why == WHY
        assert stopping.resume(session, by=SOMEBODY, now=utc_now()).total == 0
        assert stopping.resume(session, by=SOMEBODY, now=utc_now()) is None
        verbs = session.scalars(select(Activity.verb).order_by(Activity.id)).all()
    assert verbs == ["sending.stopped", "sending.resumed"]
    with database.transaction() as session, pytest.raises(RuleBroken, match="pourquoi"):
        stopping.stop(session, why=" \0 ", by=SOMEBODY, now=utc_now())


def test_what_a_restore_holds_and_what_a_person_stopped_end_apart(database, settings):
    with database.transaction() as session:
        halt.halt(session, halt.BACKUP, now=utc_now())
    stop(database)
    finding = checks.jobs(settings)
    assert [word in finding.mend for word in ("resume-sending", "restored")] == [True, True]
    with database.transaction() as session:
        halt.release(session, now=utc_now())
        assert halt.standstill(session).why == WHY
        halt.halt(session, halt.BACKUP, now=utc_now())
        halt.resume(session, by=TAMBOUR, now=utc_now())
        assert halt.standstill(session).by == ""
        assert session.scalar(select(halt.is_halted()))


def late_and_early(session):
    """A campaign with a text past its end, one that was never launched, a reminder too late, and what may leave."""
    now = utc_now()
    space = make_space(session, hours_hold=False)
    old = {"not_before": now - timedelta(hours=5), "not_after": now - timedelta(hours=1)}
    fresh = {"not_before": now - timedelta(hours=1), "not_after": now + timedelta(hours=5)}
    ids = []
    for windows in ((old, fresh), (fresh,)):
        mailing = make_mailing(session, space)
        for window in windows:
            make_message(session, mailing, **window)
        campaign = make_campaign(
            session, space, stage=Stage.SENDING, mailing_id=mailing.id, send_at=now - timedelta(minutes=1)
        )
        ids.append(campaign.id)
    missed = make_campaign(
        session, space, stage=Stage.SCHEDULED, mailing_id=make_mailing(session, space).id,
        send_at=now - timedelta(hours=5), not_after=now - timedelta(hours=1),
    )  # fmt: skip
    make_message(session, make_mailing(session, space), **old)
    over = make_mailing(session, space, expires_at=now - timedelta(hours=1))
    make_message(session, over, **fresh)
    make_campaign(session, space, stage=Stage.SENDING, mailing_id=over.id, send_at=now - timedelta(days=1))
    make_message(session, make_mailing(session, space, state=MailingState.PAUSED), **fresh)
    make_message(session, make_mailing(session, space), **fresh | {"not_before": now + timedelta(hours=1)})
    return [*ids, missed.id]


def test_what_is_late_stays_and_a_late_campaign_waits_for_its_people(database):
    with database.transaction() as session:
        late, well, missed = late_and_early(session)
        stopping.stop(session, why=WHY, by=SOMEBODY, now=utc_now() - timedelta(minutes=10))
        told = stopping.waiting(session, halt.stopped(session), now=utc_now())
        assert (told.leaving, told.later, told.late, told.kept) == (1, 0, 2, 2)
        assert (set(told.held), told.passed, told.total) == ({late, missed}, 2, 5)
        assert stopping.resume(session, by=SOMEBODY, now=utc_now()) == told
    with database.snapshot() as session:
        stages = {one.id: one.stage for one in session.scalars(select(Campaign))}
        assert [stages[one] for one in (late, well, missed)] == [Stage.PAUSED, Stage.SENDING, Stage.PAUSED]
        mailing = session.get_one(Mailing, session.get_one(Campaign, late).mailing_id)
        assert (mailing.state, "Son heure est passée" in mailing.pause_reason) == (MailingState.PAUSED, True)


def test_what_waits_for_its_hours_is_told_apart(database):
    with database.transaction() as session:
        mailing = make_mailing(session, make_space(session))
        now = utc_now().replace(hour=23, minute=30)  # night in Paris, whatever the season
        make_message(session, mailing, not_before=now - timedelta(hours=4), not_after=now + timedelta(hours=20))
        stopping.stop(session, why=WHY, by=SOMEBODY, now=now)
        told = stopping.waiting(session, halt.stopped(session), now=now)
    assert (told.leaving, told.later, told.late) == (0, 1, 0)


def test_everybody_who_sends_reads_it_and_the_programme_s_staff_alone_ends_it(client, database, settings):
    with database.transaction() as session:
        space = make_space(session)
        people = {
            kind: make_user(session, staff=kind, space=space if kind is None else None, role=Role.LECTRICE)
            for kind in (Staff.PROGRAMME, Staff.TRAINER, None)
        }
        mailing, _alone = write(session, space, 1), write(session, space, 2)
        campaign = make_campaign(session, space, stage=Stage.SENDING, mailing_id=mailing.id, send_at=utc_now())

    def enter(kind):
        with database.transaction() as session:
            sign_in(client, session, people[kind])

    enter(Staff.TRAINER)
    assert client.get("/sante").status_code == 404
    enter(Staff.PROGRAMME)
    press(client, "/sante", "Tout arrêter maintenant", why=WHY)
    page = client.get("/sante").text
    assert ("Reprendre les envois" in page, "Tout arrêter maintenant" in page) == (True, False)
    assert "tambour_sending_stopped 1.0" in client.get("/metrics?token=a+token+for+the+metrics").text
    assert WHY in checks.jobs(settings).wrong
    enter(None)
    for path in ("", f"/envoyer/{campaign.id}", "/benevoles"):
        page = client.get(f"/e/{space.slug}{path}", follow_redirects=True).text
        assert "Les envois sont arrêtés pour tous depuis" in page
        assert f"{WHY}. Ce qui attend repartira, sauf" in page, "some of it will not"
    part = client.get(f"/e/{space.slug}/envoyer/{campaign.id}?part=1").text
    assert "Les envois sont arrêtés pour tous" in part
    for path in ("", "/envoyer", f"/envoyer/{campaign.id}"):
        page = client.get(f"/e/{space.slug}{path}", follow_redirects=True).text
        assert (standing.ALL_STOPPED in page, "Envoi en cours" in page) == (True, False), path
    assert client.get("/sante/reprendre").status_code == 404
    enter(Staff.PROGRAMME)
    assert "SMS qui attendent" in client.get("/sante/reprendre").text
    press(client, "/sante/reprendre", "Laisser repartir les envois")
    assert "Les envois sont arrêtés pour tous" not in client.get("/sante").text
    assert client.get("/sante/reprendre").status_code == 302


def test_who_ends_it_is_told_what_a_restore_still_holds(client, database, settings, monkeypatch):
    """« Les envois repartent » would send them home while nothing leaves."""
    command_line_of(settings, monkeypatch)
    with database.transaction() as session:
        sign_in(client, session, make_user(session, staff=Staff.PROGRAMME))
        halt.halt(session, halt.BACKUP, now=utc_now())
    with database.transaction() as session:
        write(session, make_space(session, hours_hold=False), 3)
    stop(database)
    before = client.get("/sante/reprendre").text
    assert ("Partent tout de suite" in before, "Rien ne part avant" in before) == (False, True)
    told = press(client, "/sante/reprendre", "Lever")
    assert ("Les envois repartent" in told, "Rien ne part avant" in told) == (False, True)
    stop(database)
    lines = CliRunner().invoke(main, ["resume-sending", "--yes"]).output.splitlines()
    assert lines[0] == "3 SMS attendent."
    assert not any("tout de suite" in line for line in lines)
    assert lines[-1].startswith("Une sauvegarde vient d'être restaurée")
    assert lines[-1].endswith("Lancez « tambour restored ».")
    stop(database)
    asked = CliRunner().invoke(main, ["resume-sending"], input="n\n").output
    assert ("Les envois repartent" in asked, "sans que rien ne parte" in asked) == (False, True)


def test_programs_read_it_in_a_sentence(app, database):
    program = make_program(app, database, zone="Indian/Reunion")
    campaign = program.post("/campaigns", {"name": "Braderie", "body": "Bonjour"})
    assert (program.get("/space")["sending_stopped"], campaign["sending_stopped"]) == ("", "")
    stop(database)
    with database.transaction() as session:
        text = make_message(session, make_mailing(session, program.space))
        theirs = halt.said(session, now=utc_now(), zone=ZoneInfo("Indian/Reunion"))
    paths = ("/space", f"/campaigns/{campaign['id']}", f"/messages/{text.id}")
    assert theirs.startswith("Les envois sont arrêtés pour tous depuis")
    assert [program.get(path)["sending_stopped"] for path in paths] == [theirs] * 3, "at the hour of their clocks"


def test_nobody_waits_for_a_code_that_does_not_leave(client, app, database, settings):
    stop(database)
    assert "Les envois sont arrêtés pour tous" in client.get("/mot-de-passe-oublie").text
    assert "Les envois sont arrêtés pour tous" not in client.get("/connexion").text
    with database.transaction() as session:
        make_space(session, slug=settings.programme_space)
    with app.test_request_context(), database.transaction() as session, pytest.raises(RuleBroken, match="aucun code"):
        codes.send_code(session, "+33612345678", "123456", utc_now())


def command_line_of(settings, monkeypatch):
    for name in (
        "data_dir", "database_url", "secret_key", "fingerprint_key", "twilio_account_sid", "twilio_auth_token",
        "carrier_url", "simulator_url", "public_url",
    ):  # fmt: skip
        monkeypatch.setenv(f"TAMBOUR_{name.upper()}", str(getattr(settings, name)))


def test_the_command_line_stops_asks_and_resumes(runtime, database, settings, monkeypatch):
    command_line_of(settings, monkeypatch)
    run = CliRunner().invoke
    assert "Personne" in run(main, ["resume-sending"]).output
    assert "d'ici une seconde" in run(main, ["stop-sending", WHY]).output
    assert WHY in run(main, ["stop-sending", "encore"]).output
    with database.transaction() as session:
        late_and_early(session)
    refused = run(main, ["resume-sending"], input="n\n")
    assert (refused.exit_code, "5 SMS attendent." in refused.output) == (1, True)
    assert "ne partent pas" in refused.output
    with database.snapshot() as session:
        assert halt.stopped(session) is not None
    assert "Les envois repartent." in run(main, ["resume-sending", "--yes"]).output
