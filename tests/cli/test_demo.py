"""What a newcomer finds: the demonstration's spaces, people and past."""

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import spaces, team
from app.accounts.models import Mode, Role, Space
from app.accounts.signing import signing_in
from app.campaigns.models import Campaign, Stage
from app.cli import sign_ins
from app.cli.demonstration import seeding
from app.cli.main import main
from app.clock import utc_now
from app.contacts import lists
from app.contacts.models import Contact, Import, ImportStatus
from app.contacts.profile.models import ContactField, ContactValue
from app.contacts.profile.reading import SKILLS
from app.database.engine import Database
from app.messaging import tallies
from app.messaging.body.rules import check_body
from app.messaging.inbox import replies
from app.messaging.models import Message, Receipt
from app.messaging.status import Status
from app.settings import read_settings
from app.workshops.models import PracticeSpace
from app.workshops.practice import contents
from app.workshops.practice import people as pretend_people
from app.workshops.service import led_by

WENT_REAL = 9
"""Associations of the story that have a space of their own, two of them last year's, beside the three one enters."""


def demo_of(session: Session) -> Space:
    return spaces.get(session, "demo")


def test_the_three_spaces_and_who_enters_them(seeded: Database) -> None:
    now = utc_now()
    with seeded.snapshot() as session:
        assert not seeding.is_empty(session)
        demo, pont, programme = (spaces.get(session, slug) for slug in ("demo", "pont", "programme"))
        assert (demo.mode, demo.two_way, pont.mode, pont.sender) == (Mode.PRACTICE, True, Mode.LIVE, "")
        assert spaces.checked_sender(demo.sender) == demo.sender
        users = {name: signing_in.find_user(session, f"{name}@demo.example") for name in
                 ("programme", "referente", "formatrice")}  # fmt: skip
        can = {
            name: {
                one.slug: spaces.role_in(session, user, one, led=led_by(user), now=now)
                for one in (demo, pont, programme)
            }
            for name, user in users.items()
            if user
        }
        assert can == {
            "programme": {"demo": Role.REFERENTE, "pont": None, "programme": Role.LECTRICE},
            "referente": {"demo": Role.REFERENTE, "pont": Role.REFERENTE, "programme": None},
            "formatrice": {"demo": Role.REFERENTE, "pont": None, "programme": None},
        }
        assert len(team.members(session, demo.id)) == 2


def test_everybody_is_invented(seeded: Database) -> None:
    with seeded.snapshot() as session:
        demo = demo_of(session)
        phones = list(session.scalars(select(Contact.phone).where(Contact.space_id == demo.id)))
        assert len(phones) == pretend_people.PEOPLE + pretend_people.COUPLES
        assert all("+33639980000" <= phone <= "+33639984999" for phone in phones)
        fates = Counter(phone[-2:] for phone in phones)
        assert all(fates[f"0{digit}"] for digit in range(8))
        assert sum(fates[f"0{digit}"] for digit in range(8)) < len(phones) / 10
        elsewhere = session.scalars(select(Contact.phone).where(Contact.space_id != demo.id)).all()
        assert all("+33639985000" <= phone <= "+33639989999" and phone[-2:] >= "10" for phone in elsewhere)
        assert len(set(elsewhere)) == len(elsewhere) > 0


def test_people_are_on_lists_and_have_skills(seeded: Database) -> None:
    with seeded.snapshot() as session:
        demo = demo_of(session)
        counted = {one.name: one.people for one in lists.counted(session, demo.id)}
        assert set(counted) == {contents.IMPORTED, *pretend_people.LISTS}
        assert min(counted.values()) >= 20
        able = func.count(ContactValue.contact_id)
        query = select(ContactValue.text, able).join(ContactField).where(ContactField.space_id == demo.id)
        rows = session.execute(query.where(ContactField.name == SKILLS).group_by(ContactValue.text))
        skills = {row[0]: row[1] for row in rows}
        assert skills == {
            "permis B": counted["Conducteurs"], "permis remorque": 19, "cuisine": 36, "bricolage": 30,
            "informatique": 25, "accueil": 32,
        }  # fmt: skip
        brought = session.scalars(select(Import).where(Import.space_id == demo.id)).one()
        assert (brought.status, brought.refused, brought.duplicates) == (ImportStatus.FINISHED, 3, 0)


def test_the_past_message_met_every_fate_and_its_figures_agree(seeded: Database) -> None:
    with seeded.snapshot() as session:
        finished = select(Campaign).where(Campaign.space_id == demo_of(session).id, Campaign.stage == Stage.FINISHED)
        campaign = session.scalars(finished).one()
        messages = session.scalars(select(Message).where(Message.mailing_id == campaign.mailing_id)).all()
        progress = tallies.progress(session, campaign.mailing_id or 0)
        assert progress.counts == Counter(message.status for message in messages)
        costly = [one for one in messages if one.status is not Status.FAILED]
        assert progress.price_micros == sum(one.price_micros for one in costly)
        by_fate = {message.phone[-2:]: message for message in messages}
        assert by_fate["00"].error_code == 30003
        assert by_fate["02"].error_code == 21614
        assert by_fate["05"].status is Status.SENT
        assert len({message.status for message in messages}) == 4
        assert progress.counts[Status.DELIVERED] > 0.9 * len(messages)
        reported = select(func.count()).where(Receipt.message_id == by_fate["07"].id)
        assert session.scalar(reported) == 4
        assert campaign.finished_at is not None
        assert campaign.finished_at < utc_now()
        check_body(campaign.body, two_way=True)


def test_answers_wait_to_be_read(seeded: Database) -> None:
    with seeded.snapshot() as session:
        demo = demo_of(session)
        assert replies.waiting(session, demo.id) == 2
        meanings = [reply.meaning for reply in replies.page(session, demo.id, before_id=None, limit=50)]
        assert meanings.count("stop") == 1


def test_the_command_keeps_the_data_and_the_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMBOUR_DATA_DIR", str(tmp_path / "var"))
    assert CliRunner().invoke(main, ["demo"]).exit_code == 0
    found = sign_ins.read(tmp_path / "var")
    assert [one.email for one in found] == [
        "programme@demo.example",
        "referente@demo.example",
        "formatrice@demo.example",
    ]
    assert (tmp_path / "var" / sign_ins.FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert CliRunner().invoke(main, ["demo", "--port", "9100"]).exit_code == 0
    assert sign_ins.read(tmp_path / "var") == found
    database = Database(read_settings().database_url)
    with database.snapshot() as session:
        of_rooms = select(PracticeSpace.space_id)
        assert session.scalar(select(func.count(Space.id)).where(Space.id.not_in(of_rooms))) == 3 + WENT_REAL
        for one in found:
            assert signing_in.check_password(session, one.email, one.password)
    database.close()


def test_two_folders_have_other_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    for name in ("one", "other"):
        monkeypatch.setenv("TAMBOUR_DATA_DIR", str(tmp_path / name))
        assert CliRunner().invoke(main, ["demo"]).exit_code == 0
        seen |= {one.password for one in sign_ins.read(tmp_path / name)}
    assert len(seen) == 6


def test_the_table_lines_up() -> None:
    found = [
        sign_ins.SignIn("Référente", "r@demo.example", "abcd"),
        sign_ins.SignIn("Programme", "p@demo.example", "é"),
    ]
    lines = list(sign_ins.table(found))
    assert lines[0] == "Qui        Adresse         Mot de passe"
    assert lines[2] == "Référente  r@demo.example  abcd"
    assert sign_ins.read(Path("/nowhere")) == []
