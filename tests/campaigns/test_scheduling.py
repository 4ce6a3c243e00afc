"""What is rehearsed before anybody waits for it is what is planned, or nothing is."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from app.accounts.models import Mode, Role
from app.campaigns import readiness, service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts.models import Contact, ListMember
from app.errors import Conflict, RuleBroken
from app.messaging.models import Mailing
from tests.api.conftest import make_program
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space, make_user, sign_in

PART = 75_000
MANY = 520
"""More than a batch of people, so that whoever reads them asks twice."""


def make_crowd(session, space, people):
    """A list of so many people."""
    everyone = make_list(session, space)
    make_contact(session, space, on=everyone)
    words = {"space_id": space.id, "created_at": NOON, "updated_at": NOON}
    crowd = [
        Contact(phone=f"+3361{number:07d}", fingerprint=f"{number:064d}", first_name="Zoé", **words)
        for number in range(1, people)
    ]
    session.add_all(crowd)
    session.flush()
    session.add_all(ListMember(list_id=everyone.id, contact_id=one.id) for one in crowd)
    return {"lists": [everyone.id], "contacts": [], "except": []}


@contextmanager
def asked_while_writing(database):
    """The statements of every transaction that may write."""
    asked = []

    def note(connection, _cursor, statement, *_said):
        if not {"tambour_reading", "postgresql_readonly"} & connection.get_execution_options().keys():
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def version_on(page):
    return page.text.partition('name="version" value="')[2].partition('"')[0]


def read_version(walker, campaign):
    return version_on(walker.get(f"/envoyer/{campaign.id}/relire"))


def confirm(walker, campaign, version):
    home = f"/envoyer/{campaign.id}"
    return walker.post(f"{home}/programmer", _from=f"{home}/relire", version=version, when="now")


def stage_of(database, campaign):
    with database.snapshot() as session:
        return session.get_one(Campaign, campaign.id).stage


def plan_as_before(session, space, campaign, settings):
    """As a program did that promised nothing."""
    now = utc_now()
    when = {"at": now + timedelta(days=1), "now": now}
    service.schedule_at_once(session, space, campaign, by=SOMEBODY, settings=settings, **when)
    session.execute(update(Mailing).where(Mailing.id == campaign.mailing_id).values(promised_micros=None))


def by_page(app, runtime, people):
    """Confirm on the page; the campaign, and what was asked while others had to wait."""
    database, client = runtime.database, app.test_client()
    with database.transaction() as session:
        space = make_space(session, budget_micros=10**9)
        audience = make_crowd(session, space, people)
        plan_as_before(session, space, make_campaign(session, space, audience=audience), runtime.settings)
        campaign = make_campaign(session, space, audience=audience)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker = Walker(client, space)
    version = read_version(walker, campaign)
    with asked_while_writing(database) as asked:
        confirm(walker, campaign, version)
    return campaign, asked


def by_program(app, runtime, people):
    database = runtime.database
    program = make_program(app, database)
    with database.transaction() as session:
        campaign = make_campaign(session, program.space, audience=make_crowd(session, program.space, people))
    with asked_while_writing(database) as asked:
        program.post(f"/campaigns/{campaign.id}/schedule", {}, status=202)
    return campaign, asked


@pytest.mark.parametrize("way", [by_page, by_program])
def test_nobody_waits_longer_for_the_writer_when_more_people_are_texted(app, runtime, database, way):
    few, asked_for_few = way(app, runtime, 2)
    many, asked_for_many = way(app, runtime, MANY)
    assert (stage_of(database, few), stage_of(database, many)) == (Stage.SCHEDULED, Stage.SCHEDULED)
    assert asked_for_many == asked_for_few
    assert not [one for one in asked_for_many if "contacts.first_name," in one], "no name is read, so none is rendered"


def joins(session, space, person, everyone):
    make_contact(session, space, on=everyone)


def leaves(session, space, person, everyone):
    session.delete(session.get_one(ListMember, (everyone.id, person.id)))


def is_swapped(session, space, person, everyone):
    leaves(session, space, person, everyone)
    joins(session, space, person, everyone)


def is_renamed(session, space, person, everyone):
    session.get_one(Contact, person.id).first_name = "Marie-Antoinette"


def may_be_texted_again(session, space, person, everyone):
    consent.restore(session, space.id, person.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON)


def objects(session, space, person, everyone):
    consent.object_to(session, space.id, person.fingerprint, channel=Channel.SMS, by=SOMEBODY, now=NOON)


CHANGES = [joins, leaves, is_swapped, is_renamed, may_be_texted_again]


def read_over(database):
    """A space, somebody on its list, the list, and a draft to it."""
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        everyone = make_list(session, space)
        person, other, _third = (make_contact(session, space, on=everyone) for _ in range(3))
        objects(session, space, other, everyone)
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        return space, person, everyone, make_campaign(session, space, audience=audience)


@pytest.mark.parametrize("change", CHANGES)
def test_people_who_changed_since_the_page_was_read_are_read_over_again(client, database, change):
    space, person, everyone, campaign = read_over(database)
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker = Walker(client, space)
    version = read_version(walker, campaign)
    with database.transaction() as session:
        change(session, space, person, everyone)
    answer = confirm(walker, campaign, version)
    assert answer.status_code == 409
    assert "a changé entre-temps" in answer.words
    assert stage_of(database, campaign) is Stage.DRAFT
    confirm(walker, campaign, version_on(answer))
    assert stage_of(database, campaign) is Stage.SCHEDULED


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_between_the_rehearsal_and_the_writer_s_turn_plans_nothing(database, settings, change):
    space, person, everyone, campaign = read_over(database)
    when = {"at": NOON, "settings": settings, "now": NOON}
    with database.snapshot() as session:
        rehearsal = readiness.rehearse(session, space, service.get(session, space.id, campaign.id), **when)
    with database.transaction() as session:
        change(session, space, person, everyone)
    with pytest.raises(Conflict, match="a changé entre-temps"), database.transaction() as session:
        found = service.get(session, space.id, campaign.id, lock=True)
        service.schedule(session, space, found, rehearsal, by=SOMEBODY, **when)
    assert stage_of(database, campaign) is Stage.DRAFT
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Mailing)) == 0


def test_a_stop_that_comes_meanwhile_holds_nobody_else_up(database, settings):
    space, person, everyone, campaign = read_over(database)
    when = {"at": NOON, "settings": settings, "now": NOON}
    with database.snapshot() as session:
        rehearsal = readiness.rehearse(session, space, service.get(session, space.id, campaign.id), **when)
    with database.transaction() as session:
        objects(session, space, person, everyone)
    with database.transaction() as session:
        found = service.get(session, space.id, campaign.id, lock=True)
        service.schedule(session, space, found, rehearsal, by=SOMEBODY, **when)
    assert stage_of(database, campaign) is Stage.SCHEDULED


def test_a_campaign_planned_by_a_program_of_before_keeps_its_money(database, settings):
    when = {"at": NOON, "settings": settings, "now": NOON}
    with database.transaction() as session:
        space = make_space(session, budget_micros=PART * 5)
        audience = make_crowd(session, space, 3)
        campaign = make_campaign(session, space, audience=audience)
        unseen = make_campaign(session, space, audience=audience)
    with database.snapshot() as session:
        rehearsal = readiness.rehearse(session, space, campaign, **when)
    with database.transaction() as session:
        plan_as_before(session, space, service.get(session, space.id, unseen.id), settings)
    with pytest.raises(Conflict), database.transaction() as session:
        service.schedule(session, space, campaign, rehearsal, by=SOMEBODY, **when)
    with database.snapshot() as session, pytest.raises(RuleBroken) as refusal:
        readiness.rehearse(session, space, service.get(session, space.id, campaign.id), **when)
    assert refusal.value.code == "over_monthly_budget"


def test_money_promised_between_the_rehearsal_and_the_writer_s_turn_is_no_longer_there(database, settings):
    when = {"at": NOON, "settings": settings, "now": NOON}
    with database.transaction() as session:
        space = make_space(session, budget_micros=PART * 5)
        audience = make_crowd(session, space, 3)
        first, second = (make_campaign(session, space, audience=audience) for _ in range(2))
    with database.snapshot() as session:
        both = [readiness.rehearse(session, space, one, **when) for one in (first, second)]
    with database.transaction() as session:
        service.schedule(session, space, service.get(session, space.id, first.id), both[0], by=SOMEBODY, **when)
    with pytest.raises(RuleBroken) as refusal, database.transaction() as session:
        service.schedule(session, space, service.get(session, space.id, second.id), both[1], by=SOMEBODY, **when)
    assert refusal.value.code == "over_monthly_budget"
