"""One association of a cohort: whom to call, what is new, where it stands."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts import team
from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import PARIS, utc_now
from app.contacts import service as contacts
from app.database.ids import CohortId, SpaceId, id_of
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _, ngettext
from app.programme import leaving
from app.programme.applications import service as applications
from app.programme.cohorts import calling, homes, members, service, states
from app.programme.cohorts.schemas import ContactForm, MoveForm
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import service as diagnostics
from app.programme.diagnostic.axes import Moment
from app.programme.home_pages import programme_id
from app.programme.progress import stages
from app.programme.recommendations import service as recommendations
from app.programme.recommendations.path import path
from app.programme.staff.glance_pages import glance_at
from app.web.problems import errors_of
from app.web.requests import number_field, runtime

blueprint = Blueprint(
    "members", __name__, url_prefix="/programme/cohortes/<int:cohort_id>/associations/<int:association_id>"
)


@blueprint.get("")
@staff(Staff.PROGRAMME)
def show(cohort_id: CohortId, association_id: int) -> ResponseReturnValue:
    """Names and numbers first: that is what one comes for."""
    return _page(cohort_id, association_id, {}, {})


@blueprint.post("/appel")
@staff(Staff.PROGRAMME)
def note_call(cohort_id: CohortId, association_id: int) -> ResponseReturnValue:
    """« Noter l'appel »: it leaves the list of the silent for three weeks."""
    with runtime().database.transaction() as session:
        members.note_call(
            session, cohort_id, association_id, space_id=programme_id(session), by=principal(), now=utc_now()
        )
    flash(_("Appel noté : elle quitte la liste des silencieuses pour trois semaines."), "success")
    return _back(cohort_id, association_id)


@blueprint.post("/contact")
@staff(Staff.PROGRAMME)
def choose_contact(cohort_id: CohortId, association_id: int) -> ResponseReturnValue:
    try:
        parsed = ContactForm().load(request.form)
        with runtime().database.transaction() as session:
            members.choose_contact(
                session,
                cohort_id,
                association_id,
                **parsed,
                space_id=programme_id(session),
                by=principal(),
                now=utc_now(),
            )
    except (ValidationError, RuleBroken) as wrong:
        return _page(cohort_id, association_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("C'est noté."), "success")
    return _back(cohort_id, association_id)


@blueprint.post("/etat")
@staff(Staff.PROGRAMME)
def move(cohort_id: CohortId, association_id: int) -> ResponseReturnValue:
    """Invited, inside or out: one of the changes that its state allows."""
    try:
        parsed = MoveForm().load(request.form)
        with runtime().database.transaction() as session:
            members.move(
                session,
                cohort_id,
                association_id,
                **parsed,
                space_id=programme_id(session),
                by=principal(),
                now=utc_now(),
            )
            freed = 0
            if parsed["to"] is MemberState.LEFT:
                freed = leaving.association_left(session, cohort_id, association_id, by=principal(), now=utc_now())
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page(cohort_id, association_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("C'est noté."), "success")
    if freed:
        flash(
            ngettext(
                "Son inscription à une formation à venir est annulée : qui attendait y va, et reçoit un SMS.",
                "Ses %(n)s inscriptions à des formations à venir sont annulées : qui attendait y va, et reçoit un SMS.",
                freed,
            ),
            "info",
        )
    return _back(cohort_id, association_id)


@blueprint.post("/espace")
@staff(Staff.PROGRAMME)
def choose_space(cohort_id: CohortId, association_id: int) -> ResponseReturnValue:
    """Whether a live space of its name is its own, or it gets a new one."""
    chosen = id_of(SpaceId, number_field("space_id"))
    with runtime().database.transaction() as session:
        home = homes.choose(
            session, cohort_id, association_id, chosen, programme_id=programme_id(session),
            settings=runtime().settings, by=principal(), now=utc_now(),
        )  # fmt: skip
        name = home.name
    flash(_("C'est noté : l'espace de l'association est « %(name)s ».", name=name), "success")
    return _back(cohort_id, association_id)


def _back(cohort_id: CohortId, association_id: int) -> ResponseReturnValue:
    return redirect(url_for("members.show", cohort_id=cohort_id, association_id=association_id))


def _page(
    cohort_id: CohortId, association_id: int, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        glance = glance_at(session, service.get(session, cohort_id))
        standing = next((one for one in glance.standings if one.association.id == association_id), None)
        if standing is None:
            raise NotFound("member_unknown", _("Cette association n'est pas dans la cohorte."))
        people = calling.people(session, standing.member, standing.association)
        first = diagnostics.of_association(session, association_id, cohort_id).get(Moment.T0)
        agreed = first.agreed_at.astimezone(PARIS).date() if first is not None and first.agreed_at else None
        way = path(recommendations.of_association(session, association_id), diagnosed_on=agreed, zone=PARIS)
        application = applications.find_kept(session, association_id)
        likes = []
        if standing.member.space_asked_at is not None:
            found = homes.named_like(session, standing.association, programme_id=programme_id(session))
            likes = [(one, contacts.count(session, one.id), len(team.members(session, one.id))) for one in found]
    page = render_template(
        "programme/member.html",
        cohort=glance.cohort,
        one=standing,
        people=people,
        stages=way,
        application=application,
        likes=likes,
        typed=typed,
        errors=errors,
        news=stages.last_news(standing.signs),
        words=stages.WORDS,
        states=states.WORDS,
        changes=states.following(standing.member.state),
        now=utc_now(),
    )
    return page, status
