"""The people of an association: seen, added, changed, taken off; and those whom it named that the staff answer for."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Association, Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _, ngettext
from app.programme import leaving
from app.programme.cohorts import members, people, requests
from app.programme.cohorts.models import Function
from app.programme.home_pages import get_programme, programme_id
from app.programme.trainings.schemas import PersonForm
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("people", __name__, url_prefix="/programme/associations/<int:association_id>/personnes")


@blueprint.get("")
@staff(Staff.PROGRAMME)
def show(association_id: int) -> ResponseReturnValue:
    """Who is of it, and who it says is."""
    return _page(association_id, {}, {})


@blueprint.post("")
@staff(Staff.PROGRAMME)
def add(association_id: int) -> ResponseReturnValue:
    """Somebody found among the programme's contacts by number and first name, or made."""
    try:
        function, card = PersonForm().load(request.form)
        with runtime().database.transaction() as session:
            _association(session, association_id)
            people.add(
                session, get_programme(session), association_id, function=function, card=card,
                settings=runtime().settings, by=principal(), now=utc_now(),
            )  # fmt: skip
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page(association_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("C'est noté."), "success")
    return _back(association_id)


@blueprint.post("/<int:person_id>/fonction")
@staff(Staff.PROGRAMME)
def change(*, association_id: int, person_id: int) -> ResponseReturnValue:
    """What they do in the association."""
    chosen = request.form.get("function", "")
    if chosen not in list(Function):
        raise RuleBroken("function_unknown", _("Choisissez une fonction de la liste."))
    with runtime().database.transaction() as session:
        people.change(
            session, association_id=association_id, person_id=person_id, function=Function(chosen),
            space_id=programme_id(session), by=principal(), now=utc_now(),
        )  # fmt: skip
    flash(_("C'est noté."), "success")
    return _back(association_id)


@blueprint.post("/<int:person_id>/retirer")
@staff(Staff.PROGRAMME)
def take_off(*, association_id: int, person_id: int) -> ResponseReturnValue:
    """Out of the association, their seats at trainings to come with them; their card stays."""
    with runtime().database.transaction() as session:
        now = utc_now()
        contact_id = people.take_off(
            session, association_id=association_id, person_id=person_id, was_never="never" in request.form,
            space_id=programme_id(session), by=principal(), now=now,
        )  # fmt: skip
        gone = {"association_id": association_id, "person_id": person_id}
        freed = leaving.person_left(session, contact_id, **gone, by=principal(), now=now)
    flash(_("C'est noté : sa fiche reste parmi vos contacts."), "success")
    if freed:
        words = ngettext("%(n)s inscription à venir est annulée.", "%(n)s inscriptions à venir sont annulées.", freed)
        flash(words, "info")
    return _back(association_id)


@blueprint.post("/demandes/<int:request_id>")
@staff(Staff.PROGRAMME)
def answer(*, association_id: int, request_id: int) -> ResponseReturnValue:
    """Whether somebody whom it named is of it."""
    is_theirs = request.form.get("theirs") == "1"
    with runtime().database.transaction() as session:
        contact = requests.answer(
            session,
            get_programme(session),
            association_id=association_id,
            request_id=request_id,
            is_theirs=is_theirs,
            by=principal(),
            now=utc_now(),
        )
        name = contact.name
    flash(
        _("%(name)s est de cette association : elle peut l'inscrire.", name=name) if is_theirs
        else _("%(name)s n'est pas de cette association : rien n'a changé.", name=name),
        "success",
    )  # fmt: skip
    return _back(association_id)


def _association(session: Session, association_id: int) -> Association:
    found = session.get(Association, association_id)
    if found is None:
        raise NotFound("association_unknown", _("Cette association n'existe pas."))
    return found


def _page(
    association_id: int, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        page = render_template(
            "programme/people.html",
            association=_association(session, association_id),
            stays=members.stays(session, association_id),
            people=people.of_association(session, association_id),
            requests=[
                (one, contact, [each.name for _row, each in people.homes_of(session, contact.id)])
                for one, _whose, contact in requests.waiting(session, association_id)
            ],
            functions=people.WORDS,
            typed=typed,
            errors=errors,
        )
    return page, status


def _back(association_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", association_id=association_id))
