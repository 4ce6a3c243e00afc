"""The SMS of the day of follow-up: to the referents, once a day chosen, within the hours."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.clock import PARIS, utc_now
from app.messaging.models import Mailing, Message
from app.programme.cohorts import members, people
from app.programme.cohorts.models import Function
from app.programme.cohorts.states import MemberState
from app.programme.recommendations import moving, reminding
from app.programme.recommendations.models import Recommendation
from app.programme.recommendations.moving import Note
from app.programme.recommendations.states import State
from jobs.programme.following_up import ask_follow_ups
from tests.factories import SOMEBODY, make_space
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in, today
from tests.programme.recommendations.test_recommendations import go, recommend

REFERENT, BOARD = "+33612345678", "+33612345679"


@pytest.fixture
def started(database, programme, settings):
    """A tool started by an association with a referent and a board member; its day of follow-up is today."""
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session, name="Les Amis du Quai", slug="amis")
        cohort = make_cohort(session)
        association = put_in(session, cohort, space.name)
        desk = session.get_one(Space, programme.id)
        for function, phone in ((Function.REFERENT, REFERENT), (Function.BOARD, BOARD)):
            card = {"first_name": "Odile", "last_name": "Vasseur", "phone": phone}
            people.add(
                session, desk, association.id, function=function, card=card, settings=settings, by=SOMEBODY, now=now
            )
        one = recommend(session, association.id, "Clairon", up_to=State.STARTED, now=now)
        one.follow_up_on = today()
        return one.id


def messages(runtime, database):
    ask_follow_ups(runtime)
    with database.snapshot() as session:
        return session.scalars(select(Message).order_by(Message.id)).all()


def test_the_referents_are_asked_once_for_each_day_chosen(client, runtime, database, started):
    (message,) = messages(runtime, database)
    assert message.phone == REFERENT
    assert message.body.startswith("Programme numérique et bénévolat : où en est Clairon chez vous ? Dites-le ici : ")
    assert message.parts == 1
    link = re.search(r"/r/\w+", message.body)[0]
    page = client.get(link)
    assert "Où en est Clairon" in told(page.text)
    assert 'href="/e/amis/recommandations"' in page.text
    assert client.get(f"{link}/sms").status_code == 200, "the way out stands beside"
    with database.snapshot() as session:
        mailing = session.get_one(Mailing, message.mailing_id)
        assert mailing.exception_window is None
        assert session.get_one(Space, mailing.space_id).hours_hold, "the hours hold it like any other"
    assert len(messages(runtime, database)) == 1, "asked again, the day is over"
    with database.transaction() as session:
        one = session.get_one(Recommendation, started)
        ids = {"association_id": one.association_id, "recommendation_id": one.id}
        words = {"space_id": None, "by": SOMEBODY}
        moving.note(session, Note(follow_up_on=today() + timedelta(days=1)), **ids, **words, now=utc_now())
        assert not reminding.is_due(session, now=utc_now())
        tomorrow = utc_now().astimezone(PARIS) + timedelta(days=1)  # of 23 or 25 hours, twice a year
        assert reminding.is_due(session, now=tomorrow), "another day asks again"
        assert not reminding.is_due(session, now=utc_now() + timedelta(days=10)), "a day long past stays unsaid"
        go(session, one, State.DEPLOYED, now=utc_now())
        assert one.follow_up_on is None, "there is nothing to ask of a tool in use"


@pytest.mark.parametrize("missing", ["sender", "space", "budget", "cohort"])
def test_where_nothing_may_leave_the_day_is_over_all_the_same(runtime, database, programme, started, missing):
    with database.transaction() as session:
        one, space = session.get_one(Recommendation, started), session.get_one(Space, programme.id)
        if missing == "sender":
            space.sender = ""
        elif missing == "space":
            space.slug = "ailleurs"
        elif missing == "budget":
            space.budget_micros = 0
        else:
            words = {"to": MemberState.LEFT, "reason": "Fermée.", "space_id": None, "by": SOMEBODY, "now": utc_now()}
            members.move(session, one.cohort_id, one.association_id, **words)
    assert messages(runtime, database) == []
    with database.snapshot() as session:
        assert not reminding.is_due(session, now=utc_now())
