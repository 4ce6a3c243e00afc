"""The rows of the programme that the matrix asks about: a cohort with one of everything, for one association."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Association, Space
from app.accounts.principal import USER, Principal
from app.clock import utc_now
from app.database.ids import CohortId
from app.events.models import Registration
from app.programme.applications import versions
from app.programme.applications.models import (
    Application,
    ApplicationDecision,
    ApplicationFile,
    ApplicationFiling,
    ApplicationPublication,
)
from app.programme.applications.states import State
from app.programme.applications.views import Decision
from app.programme.cohorts import members, people
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort, Function, PersonRequest
from app.programme.cohorts.rules import Terms
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import inventory, opening, respondents
from app.programme.diagnostic import seed as questionnaire
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import CodeLicence, KeptAt, Verdict
from app.programme.files.kinds import FileKind
from app.programme.partners import service as partners
from app.programme.partners.models import Kind as PartnerKind
from app.programme.partners.rules import Terms as PartnerTerms
from app.programme.recommendations import moving, table
from app.programme.resources import files as resource_files
from app.programme.resources import seed as guides
from app.programme.resources import service as resources
from app.programme.tools import editing, suggesting
from app.programme.trainings import files as training_files
from app.programme.trainings import rules as training_rules
from app.programme.trainings import service as trainings
from app.programme.trainings.models import Training
from tests.factories import make_contact
from tests.programme.tools.stage import tool_terms

Ids = dict[str, int]


def rows(session: Session, programme: Space, home: Space, year: str) -> Ids:
    """A cohort of a year, with ``home`` as the live space of its association."""
    questionnaire.seed(session, utc_now())
    terms = Terms(name=f"Cohorte {year}", starts_on=utc_now().date(), ends_on=utc_now().date(), capacity=2)
    cohort = cohorts.make(session, terms, **_told())
    association = members.add(session, cohort.id, name=home.name, state=MemberState.INSIDE, **_told())
    session.get_one(Association, association.id).space_id = home.id
    training = _training(session, programme, cohort.id)
    return {
        "cohort_id": cohort.id,
        "association_id": association.id,
        **_application(session, cohort),
        **training,
        **_diagnostic(session, cohort.id, association.id),
        **_tools(session, home, association.id),
        **_resource(session, f"Écrire un SMS en {year}"),
        **_people(session, programme, association.id, training["training_id"]),
    }


def _people(session: Session, programme: Space, association_id: int, training_id: int) -> Ids:
    """Somebody of the association, who came to its training, and somebody whom it names."""
    now = utc_now()
    own, named = make_contact(session, programme), make_contact(session, programme)
    person = people.tie(session, association_id, own.id, Function.BOARD, now=now)
    asked = PersonRequest(
        association_id=association_id, contact_id=named.id, function=Function.BOARD, asked_by="Odile", asked_at=now
    )
    training = session.get_one(Training, training_id)
    came = Registration(
        space_id=programme.id, event_id=training.event_id, contact_id=own.id, attended=True, created_at=now
    )
    session.add_all([asked, came])
    session.flush()
    return {"person_id": person.id, "request_id": asked.id}


def _by() -> Principal:
    return Principal(USER, 1, "Odile")


def _told() -> dict[str, Any]:
    return {"space_id": None, "by": _by(), "now": utc_now()}


def _training(session: Session, programme: Space, cohort_id: CohortId) -> Ids:
    now = utc_now()
    starts_at = now + timedelta(days=9)
    when = {"title": "Les enjeux", "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    training, _why = trainings.make(
        session, programme, cohort_id, training_rules.Terms(), when=when, reminds=False, by=_by(), now=now
    )
    words = {"label": "", "typed_name": "x.pdf", "by": _by(), "now": now}
    file = training_files.add(session, programme, training.id, b"%PDF-1.7 %%EOF", **words)
    return {"training_id": training.id, "training_file_id": file.id}


def _diagnostic(session: Session, cohort_id: CohortId, association_id: int) -> Ids:
    one = opening.open_one(session, association_id, cohort_id, Moment.T0, **_told())
    person = respondents.add(
        session, one, name="Karim", function=Function.BOARD, phone="", foreign_countries="", **_told()
    )
    terms = inventory.Terms("Agenda", "Plannings", 3, None, CodeLicence.NONE, KeptAt.NONE, 3, Verdict.KEEP, "Simple")
    tool = inventory.add(session, association_id, terms, **_told())
    return {"respondent_id": person.id, "item_id": tool.id, "questionnaire_id": one.questionnaire_id}


def _tools(session: Session, home: Space, association_id: int) -> Ids:
    """A tool that is recommended to the association, with everything that speaks of it."""
    tool = editing.make(session, tool_terms(name=f"Outil {home.id}"), **_told())
    [recommendation] = moving.recommend(session, association_id, [moving.Pick(tool.id)], **_told())
    table.add(session, question="M2", tool_id=tool.id, why="", **_told())
    entry = next(row for row, each in table.rows(session) if each.id == tool.id)
    suggestion = suggesting.report(session, tool.id, text="C'est faux.", now=utc_now())
    partner = partners.make(session, PartnerTerms(f"Partenaire {home.id}", PartnerKind.SKILLS), **_told())
    return {
        "tool_id": tool.id,
        "recommendation_id": recommendation.id,
        "entry_id": entry.id,
        "suggestion_id": suggestion.id,
        "partner_id": partner.id,
    }


def _resource(session: Session, title: str) -> Ids:
    content = replace(next(guides.guides()).content, title=title)
    resource = resources.save(session, None, content, seen=0, publishes=True, **_told())
    file = resource_files.add(session, resource.id, label="", typed_name="x.pdf", content=b"%PDF-1.7 %%EOF", **_told())
    return {"resource_id": resource.id, "resource_file_id": file.id, "number": 1}


def _application(session: Session, cohort: Cohort) -> Ids:
    """One that is filed with its piece, its decision prepared, and a publication that was stopped."""
    now = utc_now()
    one = Application(
        cohort_id=cohort.id, association_name="Passerelle", registration="784257164", form_version=1,
        state=State.REVIEW, state_at=now, rank=1, number="2026-001", filed_at=now, contact_name="Zoé",
        contact_phone="+33612345678", asked_fields=[], written_at=now, written_by="Zoé", created_at=now,
    )  # fmt: skip
    session.add(one)
    session.flush()
    piece = ApplicationFile(
        application_id=one.id, field="board_file", kind=FileKind.PDF, size=3, sha256="", content=b"pdf",
        uploaded_by="Zoé", uploaded_at=now, checked_at=now,
    )  # fmt: skip
    session.add(piece)
    session.flush()
    filing = ApplicationFiling(
        application_id=one.id, form_version=1, answers={"board_file": str(piece.id)}, verdicts={},
        is_off_criteria=False, filed_by="Zoé", filed_at=now,
    )  # fmt: skip
    decision = ApplicationDecision(
        application_id=one.id, decision=Decision.REFUSED, reason="x", letter="x {lien}", prepared_by="Odile",
        prepared_at=now,
    )  # fmt: skip
    stopped = ApplicationPublication(cohort_id=cohort.id, asked_by="Odile", asked_at=now, stopped_at=now)
    session.add_all([filing, decision, stopped])
    session.flush()
    form = versions.begin(session, **_told())
    return {"application_id": one.id, "file_id": piece.id, "publication_id": stopped.id, "version": form.number}
