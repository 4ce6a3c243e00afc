"""One SMS asks about all the tools of a day of follow-up, and does not leave once it asks what is known."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.clock import utc_now
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.applications.kept import places
from app.programme.applications.models import Application
from app.programme.cohorts import people
from app.programme.cohorts.models import Cohort, Function
from app.programme.recommendations import moving
from app.programme.recommendations.models import Recommendation
from app.programme.recommendations.moving import Note
from app.programme.recommendations.states import State
from app.programme.tools.models import Tool
from jobs.programme.following_up import ask_follow_ups
from tests.factories import SOMEBODY, make_space, next_phone
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in, today
from tests.programme.recommendations.test_recommendations import go, recommend

NAMES = ("Clairon", "Framadate", "Loomio")


@dataclass(frozen=True)
class Asked:
    """An association with three tools started, their day of follow-up today; its referents, and a cohort."""

    association: int
    cohort: int
    tools: dict[str, int]
    """{name: its recommendation}"""
    people: list[int]


@pytest.fixture
def asked(database, programme, settings):
    now = utc_now()
    with database.transaction() as session:
        make_space(session, name="Les Amis du Quai", slug="amis")
        cohort = make_cohort(session)
        association = put_in(session, cohort, "Les Amis du Quai")
        words = {"function": Function.REFERENT, "settings": settings, "by": SOMEBODY, "now": now}
        desk = session.get_one(Space, programme.id)
        who = [
            people.add(session, desk, association.id, card={"first_name": name, "phone": next_phone()}, **words)
            for name in ("Odile", "Rachid")
        ]
        made = [recommend(session, association.id, name, up_to=State.STARTED, now=now) for name in NAMES]
        for one in made:
            one.follow_up_on = today()
        return Asked(
            association.id, cohort.id, dict(zip(NAMES, [one.id for one in made], strict=True)), [one.id for one in who]
        )


def waiting(runtime, database):
    """The texts that have not left once the tick has gone by, each once."""
    ask_follow_ups(runtime)
    with database.snapshot() as session:
        rows = session.scalars(select(Message).where(Message.status == Status.QUEUED).order_by(Message.id)).all()
    return [re.sub(r" https?://\S+", "", one.body) for one in rows]


def deploy(database, asked, name):
    with database.transaction() as session:
        go(session, session.get_one(Recommendation, asked.tools[name]), State.DEPLOYED, now=utc_now())


def test_three_tools_of_one_day_are_one_sms_that_names_them_and_its_link_shows_them(client, runtime, database, asked):
    assert (
        waiting(runtime, database)
        == ["Programme numérique et bénévolat : où en sont Clairon, Framadate et Loomio ?"] * 2
    ), "one for each referent"
    with database.snapshot() as session:
        [first, *_second] = session.scalars(select(Message).order_by(Message.id))
    page = told(client.get(re.search(r"/r/\w+", first.body)[0]).text)
    assert "Où en sont ces outils" in page
    assert all(name in page for name in NAMES)


def test_while_it_waits_a_tool_deployed_leaves_the_question_and_the_others_stay(runtime, database, asked):
    waiting(runtime, database)
    deploy(database, asked, "Framadate")
    rest = "Programme numérique et bénévolat : où en sont Clairon et Loomio ?"
    assert waiting(runtime, database) == [rest] * 2
    with database.transaction() as session:
        ids = {"association_id": asked.association, "recommendation_id": asked.tools["Loomio"]}
        later = Note(follow_up_on=today() + timedelta(days=9))
        moving.note(session, later, **ids, space_id=None, by=SOMEBODY, now=utc_now())
    last = "Programme numérique et bénévolat : où en est Clairon chez vous ? Dites-le ici :"
    assert waiting(runtime, database) == [last] * 2, "asked on another day"
    deploy(database, asked, "Clairon")
    assert waiting(runtime, database) == []


@pytest.mark.parametrize("left", [1, 2])
def test_once_it_has_left_nobody_is_asked_a_second_time(runtime, database, asked, left):
    waiting(runtime, database)
    with database.transaction() as session:
        for one in session.scalars(select(Message).order_by(Message.id).limit(left)):
            one.status = Status.SENT
    deploy(database, asked, "Framadate")
    assert waiting(runtime, database) == []
    with database.snapshot() as session:
        found = session.scalars(select(Message.status).order_by(Message.id)).all()
    assert found == [Status.SENT] * left + [Status.WITHDRAWN] * (2 - left)


def test_a_tool_withdrawn_is_asked_about_no_more_and_the_others_stay(desk, runtime, database, asked):
    waiting(runtime, database)
    with database.snapshot() as session:
        tool = session.scalars(select(Tool).where(Tool.name == "Loomio")).one()
    page = f"/programme/outils/{tool.id}"
    assert desk.post(f"{page}/retirer", data={"reason": "Il a fermé."}).status_code == 302
    assert waiting(runtime, database) == ["Programme numérique et bénévolat : où en sont Clairon et Framadate ?"] * 2


def test_who_leaves_the_cohort_or_the_association_is_asked_nothing(desk, runtime, database, asked):
    waiting(runtime, database)
    own = f"/programme/associations/{asked.association}/personnes/{asked.people[0]}/retirer"
    assert desk.post(own).status_code == 302
    assert len(waiting(runtime, database)) == 1, "the other referent is"
    leave = f"/programme/cohortes/{asked.cohort}/associations/{asked.association}"
    assert desk.post(f"{leave}/etat", data={"to": "left", "reason": "Fermée."}).status_code == 302
    assert waiting(runtime, database) == []


def test_one_that_was_kept_and_withdraws_its_application_is_asked_nothing(runtime, database, asked):
    waiting(runtime, database)
    with database.transaction() as session:
        kept = Application(association_id=asked.association, reason="Nous n'avons plus le temps.")
        cohort = session.get_one(Cohort, asked.cohort)
        places.leave(session, kept, cohort, space_id=None, by=SOMEBODY, now=utc_now())
    assert waiting(runtime, database) == []
