"""The programme's pages with fifty cohorts of twenty associations, against the lightest page of the same application.

Each association has both diagnostics settled, three tools on their way and two people who came to three trainings. A
page is asked through the application itself, signed in, and counts until its last byte.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from statistics import quantiles
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Association, Membership, Mode, Role, Space, Staff, User
from app.accounts.principal import TAMBOUR
from app.accounts.signing import signing_in
from app.accounts.web.session_cookie import COOKIE
from app.assembly import create_app
from app.clock import PARIS, utc_now
from app.contacts.models import Contact
from app.database.ids import QuestionnaireId
from app.database.tables import Base
from app.events.models import Answer, Event, EventState, Registration, Shift
from app.programme import seeds
from app.programme.applications.models import Application
from app.programme.applications.states import State as Applied
from app.programme.cohorts.models import AssociationPerson, Cohort, CohortMember, Function
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import rules
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import AgreedAnswer, Diagnostic, DiagnosticMovement, QuestionRow
from app.programme.diagnostic.questionnaire import versions
from app.programme.recommendations.models import Recommendation, RecommendationChange
from app.programme.recommendations.states import LADDER
from app.programme.tools.models import Tool
from app.programme.trainings.models import Training
from app.runtime import Runtime
from bench.ground import ground
from bench.measure import Comparison

COHORTS, ASSOCIATIONS, TRAININGS, APPLIED = 50, 20, 3, 30
OPEN = 3
"""Cohorts that nobody has closed yet: last year's, this year's, the one that is being chosen."""
TURNS = 40
LIGHTEST = "/programme/cohortes/nouvelle"
PAGES = (
    "/programme",
    "/programme/cohortes/{cohort}",
    "/programme/impact?cohorte={cohort}",
    "/programme/impact?cohorte=toutes",
    "/programme/candidatures?cohorte={cohort}",
    "/programme/formations?cohorte={cohort}",
    "/e/association/programme",
    "/outils",
    "/ressources",
)


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with ground(kind, programme_space="programme") as runtime:
        house = _House(runtime)
        yield Comparison(
            unit="ms, p95 of the slowest page",
            value=house.slowest,
            limit=lambda: house.p95(LIGHTEST),
            limit_is=f"the form of a new cohort; every page stays under 150 ms with {COHORTS} x {ASSOCIATIONS}",
            is_time=True,
            also=lambda: {f"{page}: p95 ms": round(took, 1) for page, took in house.took.items()},
        )


class _House:
    def __init__(self, runtime: Runtime) -> None:
        self.app: Flask = create_app(runtime)
        self.took: dict[str, float] = {}
        with runtime.database.transaction() as session:
            seeds.plant(session, now=utc_now())
            self.cohort = _fill(session, now=utc_now())
            self.cookies = {name: _cookie(session, name) for name in ("staff", "member")}
        _settle(runtime)

    def slowest(self) -> float:
        """The p95 of each page, in ms; the highest."""
        self.took = {page: self.p95(page) for page in PAGES}
        return max(self.took.values())

    def p95(self, page: str) -> float:
        client = self.app.test_client()
        client.set_cookie(COOKIE, self.cookies["member" if page.startswith("/e/") else "staff"])
        address, taken = page.format(cohort=self.cohort), []
        for _turn in range(TURNS):
            begun = perf_counter()
            answer = client.get(address)
            taken.append((perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answers {answer.status_code}")
        return quantiles(taken, n=20, method="inclusive")[-1]


def _settle(runtime: Runtime) -> None:
    """What time does to a real house: its database knows its tables, and its process holds nothing of the filling."""
    if not runtime.database.is_sqlite:
        with runtime.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    gc.collect()
    gc.freeze()


def _cookie(session: Session, name: str) -> str:
    user = session.scalars(select(User).where(User.name == name)).one()
    return signing_in.start(session, user, browser="bench", now=utc_now())


def _put(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    session.execute(insert(table), rows)


def _fill(session: Session, *, now: datetime) -> int:
    """All rows; the id of a cohort that is under way."""
    begun = now - timedelta(days=90)
    spaces = [
        {"slug": slug, "name": slug, "mode": Mode.LIVE, "rate_per_s": 1, "created_at": begun}
        for slug in ("programme", "association")
    ]
    _put(session, Space, spaces)
    programme, own = session.scalars(select(Space.id).order_by(Space.id)).all()
    for name, staff in (("staff", Staff.PROGRAMME), ("member", None)):
        session.add(User(email=f"{name}@exemple.fr", name=name, staff=staff, created_at=begun))
    session.flush()
    member = session.scalars(select(User.id).where(User.name == "member")).one()
    session.add(Membership(space_id=own, user_id=member, role=Role.REFERENTE, created_at=begun))
    numbers = count(1)
    for year in range(COHORTS):
        first = (now - timedelta(days=7 * (COHORTS - year) + 30)).astimezone(PARIS).date()
        row = {
            "id": year + 1, "name": f"Cohorte {year}", "folded": f"cohorte {year}", "starts_on": first,
            "ends_on": first + timedelta(days=300), "capacity": ASSOCIATIONS, "applications_open_at": begun,
            "note": "", "created_by": "", "created_at": begun, "updated_at": begun,
            "closed_at": begun if year < COHORTS - OPEN else None,
        }  # fmt: skip
        _put(session, Cohort, [row])
        _cohort(session, year + 1, programme, own, numbers, now=now)
    session.flush()
    return COHORTS


def _cohort(session: Session, cohort: int, programme: int, own: int, numbers: Iterator[int], *, now: datetime) -> None:
    at = now - timedelta(days=20)
    ids = [next(numbers) for _one in range(ASSOCIATIONS)]
    _put(session, Association, [
        {"id": n, "name": f"Association {n}", "folded": f"association {n}", "created_at": at,
         "space_id": own if cohort == COHORTS and n == ids[0] else None}
        for n in ids
    ])  # fmt: skip
    _put(session, CohortMember, [
        {"cohort_id": cohort, "association_id": n, "state": MemberState.INSIDE, "state_at": at, "joined_at": at,
         "reason": "", "contact_name": "", "contact_phone": "", "called_by": "", "created_at": at}
        for n in ids
    ])  # fmt: skip
    _put(session, Contact, [
        {"id": 2 * n + k, "space_id": programme, "phone": f"+336{2 * n + k:08d}", "fingerprint": f"f{2 * n + k}",
         "first_name": f"Prénom {k}", "last_name": f"Nom {n}", "name_key": f"prenom {k}", "sort_key": f"nom {n}",
         "created_at": at, "updated_at": at}
        for n in ids for k in (0, 1)
    ])  # fmt: skip
    _put(session, AssociationPerson, [
        {"association_id": n, "contact_id": 2 * n + k, "function": Function.REFERENT, "created_at": at}
        for n in ids for k in (0, 1)
    ])  # fmt: skip
    _diagnostics(session, cohort, ids, at=at)
    _tools(session, cohort, ids, at=at)
    _trainings(session, cohort, programme, ids, now=now)
    _put(session, Application, [
        {"cohort_id": cohort, "association_name": f"Candidate {n}", "registration": f"{n:09d}", "form_version": 1,
         "state": Applied.FILED, "state_at": at, "rank": n, "number": f"{cohort}-{n}", "filed_at": at,
         "contact_name": "Zoé", "contact_phone": "+33600000000", "asked_fields": [], "written_at": at,
         "written_by": "Zoé", "created_at": at}
        for n in range(1, APPLIED + 1)
    ])  # fmt: skip


def _diagnostics(session: Session, cohort: int, ids: list[int], *, at: datetime) -> None:
    version = session.scalars(select(QuestionRow.questionnaire_id)).first() or QuestionnaireId(0)
    questions = versions.questions(session, version)
    rows = [
        {"id": 2 * n + place, "association_id": n, "cohort_id": cohort, "moment": moment, "questionnaire_id": version,
         "opened_at": at, "agreed_at": at, "opened_by": "", "agreed_by": ""}
        for n in ids for place, moment in enumerate(Moment)
    ]  # fmt: skip
    _put(session, Diagnostic, rows)
    answers = {row["id"]: {each.key: (row["id"] + number) % 4 for number, each in enumerate(questions)} for row in rows}
    _put(session, AgreedAnswer, [
        {"diagnostic_id": one_id, "key": key, "value": value, "written_at": at, "written_by": ""}
        for one_id, given in answers.items() for key, value in given.items()
    ])  # fmt: skip
    moved = {n: rules.moved(questions, questions, answers[2 * n], answers[2 * n + 1]) for n in ids}
    _put(session, DiagnosticMovement, [
        {"diagnostic_id": 2 * n + 1, "axes": rules.shown(axes), "compared": len(questions), "asked": len(questions)}
        for n, axes in moved.items()
    ])  # fmt: skip


def _tools(session: Session, cohort: int, ids: list[int], *, at: datetime) -> None:
    tools = session.scalars(select(Tool.id).order_by(Tool.id).limit(3)).all()
    rows = [
        {"id": 3 * n + place, "association_id": n, "tool_id": tool, "cohort_id": cohort, "state": LADDER[place + 1],
         "state_at": at, "state_by": "", "news_at": at, "created_at": at, "question": "", "why": "", "reason": ""}
        for n in ids for place, tool in enumerate(tools)
    ]  # fmt: skip
    _put(session, Recommendation, rows)
    _put(session, RecommendationChange, [
        {"recommendation_id": row["id"], "before": None, "after": state, "reason": "", "by": "", "at": at}
        for row in rows for state in LADDER[: LADDER.index(row["state"]) + 1]
    ])  # fmt: skip


def _trainings(session: Session, cohort: int, programme: int, ids: list[int], *, now: datetime) -> None:
    for place in range(TRAININGS):
        event, starts_at = TRAININGS * cohort + place, now + timedelta(days=7 * (place - 1), hours=1)
        row = {
            "id": event, "space_id": programme, "title": f"Formation {event}", "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2), "state": EventState.OPEN, "place": "", "link": "",
            "created_by": "", "created_at": now, "updated_at": now,
        }  # fmt: skip
        _put(session, Event, [row])
        _put(session, Shift, [{"space_id": programme, "event_id": event, "seats": 50, "created_at": now}])
        session.add(Training(event_id=event, cohort_id=cohort, created_by=TAMBOUR.name, created_at=now))
        session.flush()
        _put(session, Registration, [
            {"space_id": programme, "event_id": event, "contact_id": 2 * n + k, "answer": Answer.COMING,
             "answered_at": now, "attended": True if place == 0 else None, "created_at": now}
            for n in ids for k in (0, 1)
        ])  # fmt: skip
