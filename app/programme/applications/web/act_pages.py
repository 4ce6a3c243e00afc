"""What the staff do with one application: opinion, decision, correction, state, number, term, a link to give."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space, Staff
from app.accounts.web.guards import principal, staff, user
from app.clock import utc_now
from app.database.ids import ApplicationId
from app.errors import Conflict, RuleBroken
from app.french.language import _, ngettext
from app.programme.applications import (
    acts,
    correcting,
    filing,
    retention,
    reviewing,
    service,
    starting,
    telling,
)
from app.programme.applications.kept import entering
from app.programme.applications.models import Application
from app.programme.applications.states import DECIDED, State, Who
from app.programme.applications.web import desk
from app.programme.applications.web.desk_pages import application_page, programme_of
from app.programme.applications.web.schemas import (
    CorrectionForm,
    DecisionForm,
    MoveForm,
    OpinionForm,
    PhoneForm,
    TermForm,
)
from app.programme.cohorts.models import Cohort
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("application_acts", __name__, url_prefix="/programme/candidatures/<int:application_id>")
Do = Callable[[Session, Application, Cohort, Space | None], object]


def _act(application_id: ApplicationId, do: Do, done: str, *, draft: str = "") -> ResponseReturnValue:
    """Do it with the application and its cohort held; what is refused comes back with what was typed.

    ``draft`` is the key under which the browser kept the form until now.
    """
    try:
        with runtime().database.transaction() as session:
            application, cohort = service.locked(session, service.get(session, application_id))
            do(session, application, cohort, programme_of(session))
    except (ValidationError, RuleBroken, Conflict) as wrong:
        status = 409 if isinstance(wrong, Conflict) else 422
        return application_page(application_id, errors_of(wrong), typed=request.form.to_dict(), status=status)
    if draft:
        flash(draft, "draft-saved")
    flash(done, "success")
    return redirect(_address(application_id))


def _address(application_id: ApplicationId) -> str:
    return url_for("applications.show", application_id=application_id, filtre=request.args.get("filtre") or None)


def _words(programme: Space | None) -> dict[str, Any]:
    return {"space_id": programme.id if programme else None, "by": principal(), "now": utc_now()}


def _now() -> dict[str, Any]:
    return {"settings": runtime().settings, "now": utc_now()}


@blueprint.post("/avis")
@staff(Staff.PROGRAMME)
def give_opinion(application_id: ApplicationId) -> ResponseReturnValue:
    """One's own, before the others' are shown."""

    def do(session: Session, application: Application, _cohort: Cohort, programme: Space | None) -> None:
        typed = OpinionForm().load(request.form)
        reviewing.give_opinion(session, application, user(), **typed, **_words(programme))

    done = _("Votre avis est noté, ceux des autres s'affichent.")
    return _act(application_id, do, done, draft=f"opinion-{application_id}-{user().id}")


@blueprint.post("/decision")
@staff(Staff.PROGRAMME)
def prepare(application_id: ApplicationId) -> ResponseReturnValue:
    """« Préparer la décision »: nothing leaves before « Publier »; the next one opens."""
    try:
        typed = DecisionForm().load(request.form)
        with runtime().database.transaction() as session:
            application, cohort = service.locked(session, service.get(session, application_id))
            reviewing.prepare(session, application, **typed, **_words(programme_of(session)))
            ready = len(reviewing.prepared(session, cohort.id))
            pile = desk.pile(session, cohort, request.args.get("filtre", ""), user().id)
    except (ValidationError, RuleBroken, Conflict) as wrong:
        status = 409 if isinstance(wrong, Conflict) else 422
        return application_page(application_id, errors_of(wrong), typed=request.form.to_dict(), status=status)
    flash(f"decision-{application_id}", "draft-saved")
    if typed["decision"] is None:
        flash(_("Aucune décision n'est préparée pour cette candidature."), "success")
        return redirect(_address(application_id))
    flash(ngettext("Préparée. %(n)s est prête.", "Préparée. %(n)s sont prêtes.", ready), "success")
    _before, after = pile.beside(application_id)
    return redirect(_address(after or application_id))


@blueprint.post("/correction")
@staff(Staff.PROGRAMME)
def ask_correction(application_id: ApplicationId) -> ResponseReturnValue:
    """These fields, by a day of their own."""

    def do(session: Session, application: Application, _cohort: Cohort, programme: Space | None) -> None:
        typed = CorrectionForm().load(request.form)
        correcting.ask_correction(
            session, application, fields=request.form.getlist("fields"), words=typed["words"], until=typed["until"],
            programme=programme, by=principal(), **_now(),
        )  # fmt: skip

    done = _("Correction demandée. Les lettres disent si le SMS est parti.")
    return _act(application_id, do, done, draft=f"correction-{application_id}")


@blueprint.post("/etat")
@staff(Staff.PROGRAMME)
def move(application_id: ApplicationId) -> ResponseReturnValue:
    """One of the changes that its state allows."""

    def do(session: Session, application: Application, cohort: Cohort, programme: Space | None) -> None:
        typed = MoveForm().load(request.form)
        if typed["to"] is State.WITHDRAWN:
            filing.withdraw(
                session, application, cohort, who=Who.STAFF, reason=typed["reason"], **_words(programme)
            )  # fmt: skip
            correcting.tell_withdrawn(session, application, programme=programme, **_now())
        elif typed["to"] is State.DRAFT and application.state is not State.WITHDRAWN:
            correcting.give_back(
                session, application, cohort, reason=typed["reason"], programme=programme, by=principal(), **_now()
            )  # fmt: skip
        else:
            service.move(
                session, application, typed["to"], who=Who.STAFF, reason=typed["reason"], **_words(programme)
            )  # fmt: skip

    return _act(application_id, do, _("C'est noté."))


@blueprint.post("/numero")
@staff(Staff.PROGRAMME)
def change_phone(application_id: ApplicationId) -> ResponseReturnValue:
    """Another number on file, by somebody who says how they know it; the contact's card follows."""
    problems: list[str] = []

    def do(session: Session, application: Application, _cohort: Cohort, programme: Space | None) -> None:
        typed, before = PhoneForm().load(request.form), application.contact_phone
        phone = starting.checked_phone(typed["phone"], runtime().settings)
        told: Any = {"programme": programme, "by": principal(), **_now()}
        starting.change_phone(session, application, phone, reason=typed["reason"], **told)
        entering.end_invitations(session, application, by=principal(), now=utc_now())
        problems.append(entering.follow_number(session, application, before, **told))

    done = _(
        "Le numéro est changé : un nouveau lien y part, ceux d'avant n'ouvrent plus rien. Les lettres disent s'il part."
    )
    answer = _act(application_id, do, done)
    for problem in filter(None, problems):
        flash(problem, "warning")
    return answer


@blueprint.post("/garder")
@staff(Staff.PROGRAMME)
def keep_longer(application_id: ApplicationId) -> ResponseReturnValue:
    """A longer term for an idle draft."""

    def do(session: Session, application: Application, _cohort: Cohort, programme: Space | None) -> None:
        until = TermForm().load(request.form)["until"]
        retention.keep_longer(session, application, until=until, **_words(programme))

    return _act(application_id, do, _("Ce brouillon est gardé : l'avis donné ne compte plus."))


@blueprint.post("/prevenue")
@staff(Staff.PROGRAMME)
def told_by_hand(application_id: ApplicationId) -> ResponseReturnValue:
    """« C'est dit »: where no SMS could tell a decision, or that a draft will be thrown away."""

    def do(session: Session, application: Application, _cohort: Cohort, programme: Space | None) -> None:
        if application.state in DECIDED:
            reviewing.said_by_hand(session, application, **_words(programme))
        else:
            retention.told_by_hand(session, application, **_words(programme))

    return _act(application_id, do, _("C'est noté : cette association le sait."))


@blueprint.post("/lien")
@staff(Staff.PROGRAMME)
def make_link(application_id: ApplicationId) -> ResponseReturnValue:
    """A link to give by hand, shown this once."""
    with runtime().database.transaction() as session:
        application = service.get(session, application_id, lock=True)
        word = telling.new_link(session, application, name=application.contact_name, now=utc_now())
        told: Any = {"by": principal(), "now": utc_now(), "note": application.association_name}
        programme = programme_of(session)
        space_id = programme.id if programme else None
        activity.record(session, space_id, acts.LINK_MADE, subject_id=application.id, **told)
    return application_page(application_id, link=telling.address(runtime().settings, word))
