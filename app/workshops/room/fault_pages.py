"""« Simuler une panne »: what the trainer presses so that things go wrong, to learn what happens."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import activity
from app.accounts.activity import Act
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import WorkshopId
from app.french.language import _, ngettext
from app.messaging import rates
from app.web.requests import runtime
from app.workshops import acts, guards
from app.workshops.phones import faults
from app.workshops.phones.client import Handsets, SimulatorSilent
from app.workshops.practice import service as practice
from app.workshops.room import incidents

blueprint = Blueprint("weather", __name__, url_prefix="/ateliers/<int:workshop_id>/temps")


@blueprint.post("")
@staff()
def change(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Other faults in every copy, and in those still to come."""
    chosen = faults.find(request.form.get("weather", ""))
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id)
        spaces = practice.copies(session, workshop)
        faults.note(session, workshop, chosen, by=principal(), now=utc_now())
    try:
        faults.set_everywhere(spaces, chosen, runtime().settings)
    except SimulatorSilent:
        _say_silent()
    else:
        flash(_("%(name)s : %(lesson)s", name=chosen.name, lesson=chosen.lesson), "success")
        if not chosen.is_of_the_day and _lift_limit(workshop_id):
            flash(_("La limite du jour est levée : ce qui attendait part maintenant."), "info")
    return _back(workshop_id)


@blueprint.post("/reponses")
@staff()
def storm(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Several phones of each copy answer what they received, all at once."""
    with runtime().database.snapshot() as session:
        workshop = guards.own_workshop(session, workshop_id)
        answering = [
            (space, incidents.who_answers(session, workshop, space)) for space in practice.copies(session, workshop)
        ]
    said = 0
    try:
        for space, phones in answering:
            if phones:
                with Handsets(space, runtime().settings) as handsets:
                    said += incidents.raise_replies(handsets, space, phones)
    except SimulatorSilent:
        _say_silent()
        return _back(workshop_id)
    if said:
        _note(workshop_id, acts.REPLIES_STORMED, said)
        flash(ngettext("%(n)s réponse arrive.", "%(n)s réponses arrivent : qui les lit ?", said), "success")
    elif not any(space.two_way for space, _phones in answering):
        flash(_("On ne répond pas à un nom : autorisez d'abord les réponses par SMS."), "warning")
    else:
        flash(_("Aucun téléphone n'a reçu de SMS auquel répondre : envoyez d'abord un texte."), "warning")
    return _back(workshop_id)


@blueprint.post("/mauvais-numeros")
@staff()
def spoil(workshop_id: WorkshopId) -> ResponseReturnValue:
    """People whose numbers are no good come onto every list: the next sending shows who it misses."""
    now, key, came = utc_now(), runtime().settings.fingerprint_key, 0
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        for space in practice.copies(session, workshop):
            came = max(came, incidents.add_bad_numbers(session, space, key=key, now=now))
    if came:
        _note(workshop_id, acts.NUMBERS_SPOILT, came)
        flash(_("%(n)s personnes aux mauvais numéros sont venues dans chaque liste.", n=came), "success")
    else:
        flash(_("Les mauvais numéros sont déjà dans les listes."), "info")
    return _back(workshop_id)


def _lift_limit(workshop_id: WorkshopId) -> bool:
    """Whether anything waited for tomorrow. Once the simulator knows: what leaves must not meet the old limit."""
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id)
        lifted = [rates.lift_day_limit(session, one.id, now=utc_now()) for one in practice.copies(session, workshop)]
    return any(lifted)


def _note(workshop_id: WorkshopId, act: Act, count: int) -> None:
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id)
        activity.record(
            session, workshop.space_id, act, by=principal(), now=utc_now(), subject_id=workshop.id, count=count
        )


def _say_silent() -> None:
    flash(_("Le simulateur ne répond pas : réessayez dans un instant."), "warning")


def _back(workshop_id: WorkshopId) -> ResponseReturnValue:
    return redirect(url_for("room.show", workshop_id=workshop_id, _anchor="temps"))
