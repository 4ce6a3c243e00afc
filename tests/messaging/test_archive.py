"""`tambour archive`: the months that are over leave for files, whole and once, and what they counted stays."""

import csv
import json
from datetime import timedelta
from itertools import count

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from app.accounts.models import Association, Mode
from app.campaigns.rules import Stage
from app.cli.main import main
from app.errors import RuleBroken
from app.messaging import tallies
from app.messaging.archive import choosing, files, redacting, service
from app.messaging.models import Mailing, MailingState, Message, Receipt
from app.messaging.sharing.models import MessageSharer
from app.messaging.status import Status
from app.workshops.results import firsts
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

LATER = NOON + timedelta(days=420)
MARCH = "2026-03"
CLOSED = {"state": MailingState.CLOSED, "created_at": NOON}


def make_past(session, space, *, people=3, **words):
    """A closed mailing of NOON's month: all arrived but the first."""
    mailing = make_mailing(session, space, **{**CLOSED, **words})
    for number in range(people):
        status = Status.UNDELIVERED if number == 0 else Status.DELIVERED
        code, at = 30003 if number == 0 else None, mailing.created_at
        message = make_message(session, mailing, status=status, error_code=code, created_at=at)
        session.add(Receipt(message_id=message.id, word=status.value, carrier_sid="SM", at=NOON))
    return mailing


def archive(database, folder, *, until=MARCH, stop=lambda: False):
    folder.mkdir(exist_ok=True)
    return list(service.take(database, folder, until=until, now=LATER, stop=stop))


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def left(database):
    """How many messages, and how many receipts."""
    with database.snapshot() as session:
        return tuple(session.scalar(select(func.count()).select_from(one)) for one in (Message, Receipt))


def test_a_month_leaves_and_its_counts_stay(app, database, tmp_path):
    client = app.test_client()
    with database.transaction() as session:
        space = make_space(session)
        mailing = make_past(session, space)
        contact = make_contact(session, space)
        first = session.scalars(select(Message).where(Message.mailing_id == mailing.id)).first()
        session.add(MessageSharer(message_id=first.id, contact_id=contact.id, space_id=space.id))
        said_by = {"name": "Collecte", "stage": Stage.FINISHED, "mailing_id": mailing.id, "send_at": NOON}
        campaign = make_campaign(session, space, **said_by)
        association = Association(name="Quai", folded="quai", space_id=space.id, created_at=NOON)
        session.add(association)
        sign_in(client, session, make_user(session, space=space))
        before = tallies.progress(session, mailing.id)
        said = [*session.scalars(select(Message.phone)), *session.scalars(select(Message.body)), first.fingerprint]
    [month] = archive(database, tmp_path / "out")
    assert (month.month, month.mailings, month.messages, month.changed) == (MARCH, 1, 3, 0)
    assert left(database) == (0, 0)
    place = tmp_path / "out" / MARCH
    written = rows(place / "messages.csv")
    assert [(one["status"], one["error_code"], one["price_micros"]) for one in written] == [
        ("undelivered", "30003", "75000"),
        ("delivered", "", "75000"),
        ("delivered", "", "75000"),
    ]
    assert [one["word"] for one in rows(place / "receipts.csv")] == ["undelivered", "delivered", "delivered"]
    [its] = rows(place / "mailings.csv")
    assert (its["space"], its["delivered"], its["undelivered"], its["price_micros"]) == (space.slug, "2", "1", "225000")
    everything = "".join(one.read_text(encoding="utf-8") for one in place.iterdir())
    assert not [word for word in said if word in everything], "no number, no text, nothing made from a number"
    with database.snapshot() as session:
        assert tallies.progress(session, mailing.id) == before
        assert session.get_one(Mailing, mailing.id).archived_at == LATER
        first = firsts.by_association(session, [association.id])
    assert first == {association.id: NOON}, "since when they send is known all the same"
    page = client.get(f"/e/{space.slug}/envoyer/{campaign.id}").text.replace("\xa0", " ").replace("\u202f", " ")
    assert "SMS arrivés : 2 sur 3" in page
    assert "Archivé le" in page
    assert client.get(f"/e/{space.slug}/envoyer/{campaign.id}?etat=pas-arrives").status_code == 200
    assert client.get(f"/e/{space.slug}/envoyer").status_code == 200
    assert archive(database, tmp_path / "out") == [], "nothing is archived twice"


def test_what_is_not_over_stays(database, tmp_path):
    with database.transaction() as session:
        space = make_space(session)
        make_past(session, space, state=MailingState.OPEN)
        make_past(session, space, state=MailingState.PAUSED)
        make_past(session, space, expires_at=LATER)  # of a date still to come
        make_past(session, space, created_at=NOON + timedelta(days=40))  # of April
        make_past(session, make_space(session, mode=Mode.PRACTICE))
        make_message(session, make_past(session, space), created_at=LATER, status=Status.DELIVERED)
        make_message(session, make_past(session, space), status=Status.UNKNOWN)
        make_mailing(session, space, **CLOSED)
    before = left(database)
    assert archive(database, tmp_path / "out") == []
    assert left(database) == before


def test_a_command_killed_at_any_step_goes_on(database, tmp_path, monkeypatch):
    monkeypatch.setattr(service, "REMOVED", 2)
    with database.transaction() as session:
        space = make_space(session)
        for _mailing in range(2):
            make_past(session, space, people=5)
    for steps in range(20):
        turns = count()
        archive(database, tmp_path / "out", stop=lambda turns=turns, steps=steps: next(turns) > steps % 5)
        if left(database) == (0, 0):
            break
    archive(database, tmp_path / "out")
    assert left(database) == (0, 0)
    assert steps > 1, "it was stopped on the way"
    [place] = (tmp_path / "out").glob("2026-*")
    assert len({one["id"] for one in rows(place / "messages.csv")}) == 10
    assert len(rows(place / "messages.csv")) == 10
    assert files.unfinished(tmp_path / "out") == []


def test_files_that_nothing_seals_are_written_again(database, tmp_path):
    """As a kill leaves them while they are written."""
    place = tmp_path / "out" / MARCH
    place.mkdir(parents=True)
    (place / "messages.csv").write_text("mailing_id,id\n7,8")
    (place / "archive.json.part").write_text("{")
    with database.transaction() as session:
        make_past(session, make_space(session))
    archive(database, tmp_path / "out")
    assert len(rows(place / "messages.csv")) == 3
    assert json.loads((place / "removed.json").read_text())["mailings_that_changed_and_stay"] == 0


def test_nothing_leaves_that_the_files_do_not_hold(database, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with database.transaction() as session:
        mailings = [make_past(session, make_space(session)) for _number in range(2)]
    limit = choosing.first_of(choosing.following(MARCH))
    place = service.write(database, out, MARCH, until=limit, now=LATER)
    with database.transaction() as session:  # a receipt comes after the files were written
        message = session.scalars(select(Message).where(Message.mailing_id == mailings[0].id)).first()
        session.add(Receipt(message_id=message.id, word="delivered", carrier_sid="SM", at=LATER))
    month = service.remove(database, place, now=LATER, stop=lambda: False)
    assert month.changed == 1
    assert left(database) == (3, 4)
    [again] = archive(database, out)
    assert again.place.name == f"{MARCH}-2"
    assert left(database) == (0, 0)


def test_a_file_that_was_changed_takes_no_row_away(database, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with database.transaction() as session:
        make_past(session, make_space(session))
    limit = choosing.first_of(choosing.following(MARCH))
    place = service.write(database, out, MARCH, until=limit, now=LATER)
    about = json.loads((place / "archive.json").read_text())
    (place / "messages.csv").write_text("")
    with pytest.raises(RuleBroken, match="n'est plus le fichier"):
        archive(database, out)
    assert left(database) == (3, 3)
    about["key"] = "0000beef"
    files.conclude(place, files.ABOUT, {**about, "files": {}})
    with pytest.raises(RuleBroken, match="autre base"):
        archive(database, out)
    assert left(database) == (3, 3)


def test_an_archive_of_another_installation_s_rows_takes_none(database, tmp_path):
    """Ids are alike in two databases; the space and the instant of a mailing are not."""
    out = tmp_path / "out"
    out.mkdir()
    with database.transaction() as session:
        mailing = make_past(session, make_space(session))
    place = service.write(database, out, MARCH, until=choosing.first_of("2026-04"), now=LATER)
    with database.transaction() as session:
        session.execute(update(Mailing).where(Mailing.id == mailing.id).values(created_at=NOON + timedelta(seconds=1)))
    assert service.remove(database, place, now=LATER, stop=lambda: False).changed == 1
    assert left(database) == (3, 3)


def test_the_command_says_what_it_did_and_refuses_what_is_too_near(database, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("TAMBOUR_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TAMBOUR_DATABASE_URL", database.url.render_as_string(hide_password=False))
    for name in ("secret_key", "fingerprint_key", "twilio_account_sid", "twilio_auth_token", "public_url"):
        monkeypatch.setenv(f"TAMBOUR_{name.upper()}", getattr(settings, name))
    with database.transaction() as session:
        make_past(session, make_space(session), created_at=NOON - timedelta(days=700))
    ask = CliRunner().invoke
    refused = ask(main, ["archive", str(tmp_path / "nowhere")])
    assert refused.exit_code == 1, refused.output
    assert "créez-le d'abord" in refused.output
    assert "Trop récent" in ask(main, ["archive", str(tmp_path), "--until", "2199-01"]).output
    assert ask(main, ["archive", str(tmp_path), "--until", "mars"]).exit_code == 2
    said = ask(main, ["archive", str(tmp_path)])
    assert said.exit_code == 0, said.output
    assert "2024-04 : 3 SMS de 1 envois" in said.output
    assert "Rien à archiver" in ask(main, ["archive", str(tmp_path)]).output


def test_a_text_that_its_carrier_is_still_asked_about_keeps_its_words_however_long_it_had_waited(database):
    """Without them it would be asked about by nothing, and never found."""
    with database.transaction() as session:
        space = make_space(session)
        words = {"status": Status.UNKNOWN, "created_at": NOON - timedelta(days=9), "body": "Bonjour"}
        for hours in (1, 24 * 8):
            make_message(session, make_mailing(session, space), claimed_at=NOON - timedelta(hours=hours), **words)
        ids = session.scalars(select(Mailing.id)).all()
        redacting.redact(session, space.id, ids, now=NOON)
        assert session.scalars(select(Message.body).order_by(Message.id)).all() == ["Bonjour", ""]
