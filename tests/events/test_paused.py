"""An invitation, a reminder or a single message that an error stopped is shown, resumed or ended by a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.clock import utc_now
from app.consent.families import Family
from app.events import inviting, service
from app.events.models import Registration
from app.messaging import mailings, settling
from app.messaging.afterthought import AFTERTHOUGHT
from app.messaging.models import Mailing, MailingState
from app.messaging.singles import service as singles
from tests.events.stage import make_event
from tests.factories import SOMEBODY, make_campaign, make_contact, make_mailing, make_space, make_user, sign_in
from tests.messaging.desk import claim

REASON = "L'expéditeur n'est pas encore accepté."


def invitation(session, space, person, settings, now):
    event = make_event(session, space, starts_at=now + timedelta(days=3))
    service.invite(session, event, [person], by=SOMEBODY, now=now)
    inviting.send(session, space, event, body="Venez {lien}", by=SOMEBODY, settings=settings, now=now)
    return f"/e/{space.slug}/dates/{event.id}"


def single(session, space, person, settings, now):
    singles.send(session, space, person, body="Bonjour", family=Family.SERVICE, by=SOMEBODY, settings=settings, now=now)
    return f"/e/{space.slug}/benevoles/{person.id}"


@pytest.fixture(params=[invitation, single])
def stopped(request, app, database, settings):
    """A browser, the page of what was stopped, and the address of its mailing."""
    now = utc_now()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        person = make_contact(session, space, phone="+33612345600")
        page = request.param(session, space, person, settings, now)
        settling.pause(session, {1: REASON})
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return client, page, f"/e/{space.slug}/envois/1"


def state(database):
    with database.snapshot() as session:
        return session.get_one(Mailing, 1).state


def test_its_page_says_that_it_is_paused_and_why(stopped):
    client, page, _address = stopped
    assert "n’est pas encore accepté" in client.get(page).text.replace("'", "’").replace("&#39;", "’")
    assert "Reprendre l" in client.get(page).text


def test_resumed_it_leaves(database, settings, stopped):
    client, page, address = stopped
    assert claim(database, settings, now=utc_now()) == []
    answer = client.post(f"{address}/reprendre")
    assert answer.status_code == 302
    assert answer.location.endswith(page)
    assert len(claim(database, settings, now=utc_now() + AFTERTHOUGHT)) == 1


def test_ended_it_never_leaves_and_nothing_waits(database, settings, stopped):
    client, page, address = stopped
    assert client.post(f"{address}/arreter").status_code == 302
    assert state(database) is MailingState.CANCELLED
    with database.transaction() as session:
        assert set(session.scalars(select(Registration.mailing_id))) <= {None}, "invited by nothing, and may be again"
        assert mailings.withdraw_cancelled(session, limit=9, now=utc_now()) == 1
    assert "Reprendre l" not in client.get(page).text


def test_the_mailing_of_a_campaign_or_of_another_space_is_not_touched_here(app, database):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        space = make_space(session)
        own = make_mailing(session, space, state=MailingState.PAUSED)
        make_campaign(session, space, mailing_id=own.id)
        other = make_mailing(session, state=MailingState.PAUSED)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    for mailing_id in (own.id, other.id):
        assert client.post(f"/e/{space.slug}/envois/{mailing_id}/reprendre").status_code == 404
