"""The pages of a space show its own hours: those of an association overseas say no hour of Paris."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine

from app.accounts import access_grants, invitations, keys
from app.accounts.models import Association, Role, Staff
from app.campaigns.rules import Stage
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts.importing.uploads import read_upload, start_import
from app.events import service as events
from app.events.models import Answer
from app.links import service as links
from app.messaging.models import Receipt, Reply
from app.messaging.status import Status
from app.programme.diagnostic import opening, seed
from app.programme.diagnostic.axes import Moment
from app.programme.recommendations import moving
from app.programme.recommendations.moving import Pick
from app.programme.trainings import service as trainings
from app.programme.trainings.rules import Terms
from tests.contacts.test_pages import plain
from tests.factories import (
    SOMEBODY,
    make_campaign,
    make_contact,
    make_delivery,
    make_hook,
    make_list,
    make_mailing,
    make_message,
    make_space,
    make_user,
    sign_in,
)
from tests.programme.conftest import make_cohort, programme, put_in
from tests.programme.tools.stage import make_tool
from tests.test_house import ROOT

__all__ = ["programme"]
NOW = datetime(2027, 2, 3, 20, 37, tzinfo=UTC)
"""In Paris it is twenty-three minutes to ten in the evening; overseas, east of it, the next day has begun."""
PARIS = re.compile(r"21 ?h ?37|21:37|\b3 févr|2027-02-03(?!T)|03/02/2027")


@pytest.fixture(params=["Indian/Reunion", "Pacific/Noumea"])
def space(request, database):
    with time_machine.travel(NOW, tick=False), database.transaction() as session:
        space = make_space(session, slug="ailleurs", zone=request.param)
        staff = make_user(session, staff=Staff.PROGRAMME)
        act = {"by": SOMEBODY, "now": NOW}
        access_grants.open_to(session, space, staff.id, lasts=timedelta(days=1), reason="Aider", **act)
        invitations.invite(session, space, email="a@exemple.fr", name="Anne", role=Role.LECTRICE, **act)
        keys.make(session, space, name="Site", role=Role.LECTRICE, **act)
        hook = make_hook(session, space, failing_since=NOW, failures=3, created_at=NOW)
        make_delivery(session, hook, created_at=NOW, next_at=NOW)
        upload = read_upload(b"Nom;Portable\nMartin;06 39 98 51 41\n", file_name="liste.csv")
        for _again in range(2):
            start_import(session, space.id, upload, **act)
        return space


@pytest.fixture
def people(database, space):
    """Two cards: the first was sent a text that failed, and answered; the second said no."""
    act = {"by": SOMEBODY, "now": NOW}
    with database.transaction() as session:
        everyone = make_list(session, space, created_at=NOW)
        first, second = (make_contact(session, space, on=everyone, created_at=NOW) for _each in range(2))
        consent.object_to(session, space.id, second.fingerprint, contact_id=second.id, channel=Channel.SPOKEN, **act)
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        make_campaign(session, space, audience=audience, created_at=NOW, updated_at=NOW)
        mailing = make_mailing(session, space, created_at=NOW, served_at=NOW)
        make_campaign(
            session, space, audience=audience, mailing_id=mailing.id, stage=Stage.FINISHED, created_at=NOW,
            updated_at=NOW, send_at=NOW,
        )  # fmt: skip
        lost = make_message(
            session, mailing, contact_id=first.id, phone=first.phone, status=Status.FAILED, error_code=30003,
            created_at=NOW, not_before=NOW,
        )  # fmt: skip
        session.add(Receipt(message_id=lost.id, word="failed", carrier_sid="SM1", error_code=30003, at=NOW))
        session.add(
            Reply(
                space_id=space.id,
                account_sid="AC1",
                carrier_sid="SM2",
                contact_id=first.id,
                phone=first.phone,
                body="Qui ?",
                at=NOW,
            )
        )
        return first, second


@pytest.fixture
def date(database, space, people):
    """A mission at the hour of now, in two days, and the token by which the first card reads it."""
    with database.transaction() as session:
        act = {"by": SOMEBODY, "now": NOW}
        later = NOW + timedelta(days=2)
        words = {"title": "Collecte", "place": "", "starts_at": later, "ends_at": later + timedelta(hours=2)}
        event = events.make(session, space.id, **words, **act)
        events.invite(session, event, people, **act)
        events.answer(session, event.id, people[0].id, Answer.COMING, **act)
        token = links.new_token()
        its = {"space_id": space.id, "purpose": "event", "subject_id": event.id, "contact_id": people[0].id}
        links.store(session, [links.row(token, now=NOW, fingerprint=people[0].fingerprint, **its)])
        return token


@pytest.fixture
def followed(database, space, programme):
    """The association is in a cohort, with a diagnostic, a tool and a training."""
    act = {"by": SOMEBODY, "now": NOW}
    with time_machine.travel(NOW, tick=False), database.transaction() as session:
        seed.seed(session, NOW)
        cohort = make_cohort(session)
        association = put_in(session, cohort, "Ailleurs")
        session.get_one(Association, association.id).space_id = space.id
        opening.open_one(session, association.id, cohort.id, Moment.T0, space_id=space.id, **act)
        moving.recommend(session, association.id, [Pick(make_tool(session, name="Galette").id)], space_id=None, **act)
        later = NOW + timedelta(days=2)
        when = {"title": "Les enjeux", "starts_at": later, "ends_at": later + timedelta(hours=2)}
        trainings.make(session, programme, cohort.id, Terms(seats=3), when=when, reminds=False, **act)


def pages(client, home):
    """{address: page} of whatever the links of a space lead to, from its home on."""
    found, ahead = {}, [home]
    while ahead:
        address = ahead.pop()
        answer = client.get(address, follow_redirects=True)
        found[address] = answer.text if answer.mimetype == "text/html" else ""
        if answer.status_code != 200:
            continue
        for link in map(unescape, re.findall(r'href="(/[^"#]*)', found[address])):
            if link not in found and link not in ahead and (link.startswith((home, "/profil"))):
                ahead.append(link)
    return found


def test_no_page_of_a_space_overseas_shows_an_hour_of_paris(app, database, space, people, date, followed):
    client = app.test_client()
    with time_machine.travel(NOW, tick=False):
        with database.transaction() as session:
            user = make_user(session, space=space, second_factor_at=NOW)
            sign_in(client, session, user)
        found = pages(client, "/e/ailleurs/")
        found[f"/r/{date}"] = client.get(f"/r/{date}").text
        wrong = {
            address: [text[max(0, one.start() - 60) : one.end() + 20] for one in PARIS.finditer(text)]
            for address, text in ((a, plain(t)) for a, t in found.items())
            if PARIS.search(text)
        }
        assert wrong == {}
        own = NOW.astimezone(ZoneInfo(space.zone))
        hour = re.compile(rf"\b{own.hour} h {own:%M}|\b4 févr")
        told = {address for address, text in found.items() if hour.search(plain(text))}
    assert len(found) > 60, sorted(found)
    assert len(told) > 12, sorted(told)


STAFF = ("app/cli/", "app/health/", "app/programme/", "app/workshops/planning/", "app/workshops/results/",
         "app/workshops/room/", "app/workshops/service.py")  # fmt: skip
"""What the programme's people and whoever keeps the server read: they speak of one place."""
NAME_PARIS = {
    "app/accounts/quotas.py": "the day of a quota",
    "app/accounts/team.py": "a user of no space",
    "app/campaigns/api_schemas.py": "the contract says so of a time without offset",
    "app/campaigns/schemas.py": "until the page gives its own",
    "app/contacts/importing/births.py": "the year of an age",
    "app/contacts/options.py": "the year of an age",
    "app/contacts/rules.py": "the year of an age",
    "app/dashboard/cost_pages.py": "the month of the accounts",
    "app/dashboard/navigation.py": "a page of no space",
    "app/events/schemas.py": "until the page gives its own",
    "app/messaging/archive/choosing.py": "the month of an archive",
    "app/messaging/budget.py": "the month of the accounts",
    "app/web/zones.py": "a page of no space",
    "app/workshops/practice/service.py": "a workshop for an association without space",
    "app/workshops/real/points.py": "an hour of a rule, the same everywhere",
}


def test_what_a_space_reads_names_no_zone_of_its_own_accord():
    """A filter takes no zone and a function that writes an hour asks for one: what is left is to name Paris."""
    naming = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in ROOT.glob("app/**/*.py")
        if re.search(r"^from app\.clock import .*\bPARIS\b", path.read_text(encoding="utf-8"), re.M)
    }
    assert {path for path in naming if not path.startswith(STAFF)} == set(NAME_PARIS)
    assert [path for path, text in naming.items() if 'url_prefix="/e/<slug>' in text] == []
