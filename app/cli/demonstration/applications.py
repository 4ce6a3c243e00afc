"""Applications: those that are being read for the next cohort, and those that the cohort under way came from."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import update

from app.cli.demonstration import cast
from app.cli.demonstration.applicants import ACTIVITY, APPLICANTS, Applicant
from app.cli.demonstration.cohorts import BEGINS
from app.cli.demonstration.story import Story
from app.database.ids import CohortId
from app.programme.applications import answering, files, filing, reviewing, starting
from app.programme.applications import service as applications
from app.programme.applications.answering import Typed
from app.programme.applications.models import (
    Application,
    ApplicationDecision,
    ApplicationFiling,
    ApplicationLetter,
    ApplicationPublication,
)
from app.programme.applications.questions import FIRST
from app.programme.applications.states import State, Who
from app.programme.applications.views import Decision
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort, Function

_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Size 4/Root 1 0 R>>\n%%EOF\n"
)
"""A blank page."""
REFUSED = (
    ("Club de Pétanque du Vimeu", True), ("Les Amis des Orgues", True), ("Réseau Parents Oise", False),
    ("Bibliothèque Mobile 80", True), ("Jeunes en Scène", True), ("Comité des Fêtes de Nesle", True),
)  # fmt: skip
"""What was refused for the cohort under way, and whether a condition was missing."""


def tell(story: Story, cohort_id: CohortId) -> None:
    """For the next one: nothing is published yet."""
    cohort = cohorts.get(story.session, cohort_id)
    for place, one in enumerate(APPLICANTS):
        _apply(story, cohort, one, place)


def _apply(story: Story, cohort: Cohort, one: Applicant, place: int) -> None:
    """Begun, filled in, filed, read and prepared, as far as it came. Nobody is texted: no number is anybody's."""
    session = story.session
    phone, begun = story.phone(), story.at(one.begun, 10)
    application = starting.begin(
        session, cohort, association=one.association, registration=f"W{place + 1:09d}", name=one.who, phone=phone,
        programme=None, settings=story.settings, now=begun,
    ).application  # fmt: skip
    written = begun + timedelta(hours=5)
    answers = {key: value for key, value in _answers(one).items() if value}
    chosen = dict(list(answers.items())[: one.filled])
    typed = {key: Typed(value.split() if key == "field" else [value], 0) for key, value in chosen.items()}
    known = {key: held.version for key, held in applications.sheet(session, application).answers.items()}
    typed = {key: Typed(each.words, known.get(key, 0)) for key, each in typed.items()}
    answering.save(session, application, cohort, typed, name=one.who, now=written)
    if one.board and one.filled is None:
        file = files.add(
            session, application, cohort, "board_file", _PDF, name=one.who, space_id=story.programme.id, now=written
        )
        files.check(session, file, limit=1, settings=story.settings, now=written + timedelta(minutes=1))
    if one.filed is None:
        application.told_unfiled_at = story.now if one.filled is None else None
        return
    _file(story, application, cohort, one)


def _answers(one: Applicant) -> Mapping[str, str]:
    """In the order of the pages."""
    email = "".join(sign for sign in one.association.lower() if sign.isascii() and sign.isalnum())
    return {
        "association": one.association, "town": one.town, "contact_name": one.who, "contact_function": one.function,
        "contact_email": f"{email}@demo.example", "activity": ACTIVITY, "need": one.need, "field": one.field,
        "field_why": one.field_why, "employees": one.employees, "employees_why": one.employees_why,
        "board_on": "2026-01-15" if one.board else "", "time": one.time, "who": f"{one.who}, et une salariée",
        "time_why": one.time_why,
    }  # fmt: skip


def _file(story: Story, application: Application, cohort: Cohort, one: Applicant) -> None:
    session, space_id, by = story.session, story.programme.id, story.by
    filed = story.at(one.filed or 0, 17, 40)
    filing.file(session, application, cohort, name=one.who, programme=None, settings=story.settings, now=filed)
    letters = update(ApplicationLetter).where(ApplicationLetter.application_id == application.id)
    session.execute(letters.values(problem=""))
    read = filed + timedelta(days=2)
    for number, ((view, words), user) in enumerate(zip(one.opinions, (story.staff, story.colleague), strict=False)):
        reviewing.give_opinion(
            session, application, user, view=view, words=words, space_id=space_id, by=by,
            now=min(read + timedelta(days=number), story.now),
        )  # fmt: skip
    if one.decision is not None:
        reviewing.prepare(
            session, application, one.decision, reason=one.why, space_id=space_id, by=by, now=story.at(-4, 11)
        )
    if one.withdrawn:
        filing.withdraw(
            session, application, cohort, who=Who.APPLICANT, reason=one.withdrawn, space_id=space_id, by=by,
            now=filed + timedelta(days=9),
        )  # fmt: skip


def tell_before(story: Story, cohort_id: CohortId) -> None:
    """Those of the cohort under way, once decided: their rows as a publication leaves them."""
    published = story.at(BEGINS - 5, 18)
    made = ApplicationPublication(
        cohort_id=cohort_id, asked_by_id=story.staff.id, asked_by=story.staff.name, asked_at=published,
        done_at=published,
    )  # fmt: skip
    story.session.add(made)
    story.session.flush()
    names = [(role.name, Decision.KEPT, False) for role in (*cast.COHORT, cast.GONE)]
    names += [(name, Decision.REFUSED, is_off) for name, is_off in REFUSED]
    for place, (name, decision, is_off) in enumerate(names):
        _decided(story, cohort_id, made.id, place, name, decision, is_off)
    for place in range(3):
        _draft(story, cohort_id, place)
    story.session.flush()


def _decided(
    story: Story, cohort_id: CohortId, publication_id: int, place: int, name: str, decision: Decision, is_off: bool
) -> None:
    session, filed, published = story.session, story.at(BEGINS - 55 + place, 17), story.at(BEGINS - 5, 18)
    rank, known = place + 1, story.known.get(name)
    contact = story.contact(name, Function.REFERENT) if known else None
    who = contact.name if contact else "Camille Dupré-Lointain"
    year = cohorts.get(session, cohort_id).starts_on.year
    why = "Une condition manque." if is_off else "D'autres candidatures étaient plus avancées."
    reason = "" if decision is Decision.KEPT else why
    application = Application(
        cohort_id=cohort_id, association_name=name, registration=f"W9{place + 1:08d}", form_version=FIRST.number,
        state=decision.state, state_at=published, reason=reason, rank=rank, number=f"{year}-{rank:03d}",
        filed_at=filed, contact_name=who, contact_phone=contact.phone if contact else story.phone(),
        association_id=known.id if known else None, asked_fields=[], written_at=filed, written_by=who,
        created_at=filed - timedelta(days=6),
    )  # fmt: skip
    session.add(application)
    session.flush()
    answers = {
        "association": name, "contact_name": who, "activity": ACTIVITY, "employees": "3" if is_off else "9",
        "field": "solidarity", "time": "half",
    }  # fmt: skip
    verdicts = {"field": "met", "employees": "missed" if is_off else "met", "board": "open", "time": "met"}
    session.add(ApplicationFiling(
        application_id=application.id, form_version=FIRST.number, answers=answers, verdicts=verdicts,
        is_off_criteria=is_off, filed_by=who, filed_at=filed,
    ))  # fmt: skip
    session.add(ApplicationDecision(
        application_id=application.id, decision=decision, reason=reason, letter="", prepared_by=story.staff.name,
        prepared_at=published, publication_id=publication_id, published_at=published,
    ))  # fmt: skip


def _draft(story: Story, cohort_id: CohortId, place: int) -> None:
    """One that was begun and never filed, long since thrown away: a number among those begun."""
    at = story.at(BEGINS - 60 + place, 12)
    story.session.add(Application(
        cohort_id=cohort_id, association_name="", form_version=FIRST.number, state=State.DRAFT, state_at=at,
        contact_name="", contact_phone="", asked_fields=[], written_at=at, written_by="", created_at=at,
        purged_at=story.at(BEGINS + 60, 3),
    ))  # fmt: skip
