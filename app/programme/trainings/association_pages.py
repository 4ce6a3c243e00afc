"""Trainings as an association sees them in its own space: what comes next, who of it is registered, seats left."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts import associations
from app.accounts.models import Association, Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import service as contacts
from app.database.ids import TrainingId
from app.errors import Conflict, NotFound, RuleBroken
from app.events.models import Event
from app.events.seats import service as seats
from app.french.language import _
from app.programme.cohorts import people, requests
from app.programme.cohorts.models import Cohort
from app.programme.home_pages import get_programme
from app.programme.partners import service as partners
from app.programme.partners.models import Subject
from app.programme.trainings import files, registering, rules, service
from app.programme.trainings.models import Training
from app.programme.trainings.people_pages import chosen_person, freed_sentence, say_registered
from app.programme.trainings.schemas import PersonForm
from app.web.edge import download
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("own_trainings", __name__, url_prefix="/e/<slug>/formations")


@blueprint.get("")
@needs(Role.LECTRICE)
def show() -> ResponseReturnValue:
    """The trainings of its cohort to come, and who of it goes; then those that have been."""
    return _page({}, {})


@blueprint.get("/<int:training_id>/fichiers/<int:training_file_id>")
@needs(Role.LECTRICE)
def take(training_id: TrainingId, training_file_id: int) -> ResponseReturnValue:
    """A file of a training that somebody of the association has a seat in, or came to."""
    with runtime().database.snapshot() as session:
        association, _training, _event = _own(session, training_id, lock=False)
        if not files.given_to(session, association.id, [training_id]):
            raise NotFound("file_unknown", _("Ce fichier est pour les associations inscrites à la formation."))
        file = files.get(session, training_id, training_file_id)
    return download(file.content, file_name=file.file_name, mimetype=file.mimetype)


@blueprint.post("/<int:training_id>/inscriptions")
@needs(Role.REFERENTE)
def register(training_id: TrainingId) -> ResponseReturnValue:
    """One of its people."""
    try:
        with runtime().database.transaction() as session:
            association, training, event = _own(session, training_id)
            result = registering.register(
                session, get_programme(session), training, event, chosen_person(),
                association_id=association.id, settings=runtime().settings, by=principal(), now=utc_now(),
            )  # fmt: skip
    except (RuleBroken, Conflict) as wrong:
        return _page(request.form.to_dict(), {"contact_id": wrong.sentence}, status=422)
    say_registered(result)
    return _back(training_id)


@blueprint.post("/<int:training_id>/inscriptions/annuler")
@needs(Role.REFERENTE)
def unregister(training_id: TrainingId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        association, training, event = _own(session, training_id)
        freed = registering.unregister(
            session, get_programme(session), training, event, chosen_person(),
            association_id=association.id, by=principal(), now=utc_now(),
        )  # fmt: skip
        name = contacts.get(session, event.space_id, chosen_person()).name
    flash(freed_sentence(freed, name, names_heir=False), "success")
    return _back(training_id)


@blueprint.post("/<int:training_id>/personnes")
@needs(Role.REFERENTE)
def add(training_id: TrainingId) -> ResponseReturnValue:
    """Somebody of the association whom the programme does not know yet, registered at once."""
    try:
        with runtime().database.transaction() as session:
            association, training, event = _own(session, training_id)
            function, card = PersonForm().load(request.form)
            here = get_programme(session)
            words: Any = {"settings": runtime().settings, "by": principal(), "now": utc_now()}
            person = requests.name_own(session, here, association.id, function=function, card=card, **words)
            if person is not None:
                result = registering.register(
                    session, here, training, event, person.contact_id, association_id=association.id, **words
                )
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page({**request.form.to_dict(), "training": str(training_id)}, errors_of(wrong), status=422)
    if person is None:
        flash(_("L'équipe du programme confirme d'abord cette personne : inscrivez-la ensuite, dans la liste."), "info")
    else:
        say_registered(result)
    return _back(training_id)


def _own(session: Session, training_id: TrainingId, *, lock: bool = True) -> tuple[Association, Training, Event]:
    """The space's association, and a training of a cohort that it is inside of; held with ``lock``. Raises NotFound."""
    association = associations.of_space(session, space().id)
    training, event = service.get(session, training_id, lock=lock)
    mine = [one.id for one in registering.cohorts_of(session, association.id)] if association is not None else []
    if association is None or training.cohort_id not in mine:
        raise NotFound("training_unknown", _("Cette formation n'existe pas."))
    return association, training, event


def _page(typed: dict[str, str], errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        association = associations.of_space(session, space().id)
        mine: Sequence[Cohort] = registering.cohorts_of(session, association.id) if association is not None else ()
        rows = registering.trainings_of(session, association.id, now=now) if association is not None else ()
        own = [contact for _person, contact in people.of_association(session, association.id)] if association else []
        ids = [event.id for _training, event in rows]
        places = registering.answers_of(session, ids, [one.id for one in own])
        page = render_template(
            "programme/trainings/own.html",
            association=association,
            cohorts=mine,
            to_come=[row for row in rows if row[1].ends_at > now and row[1].state != "cancelled"],
            past=[row for row in reversed(rows) if row[1].ends_at <= now and row[1].state != "cancelled"],
            off=[row for row in rows if row[1].ends_at > now and row[1].state == "cancelled"],
            people=own,
            places=places,
            ranks={key: seats.rank(session, one) for key, one in places.items() if one.answer == "waiting"},
            seats=seats.of_events(session, get_programme(session).id, ids) if rows else {},
            files=files.of_trainings(session, [one.id for one, _event in rows]),
            given=files.given_to(session, association.id, [one.id for one, _event in rows]) if association else (),
            materials={one.id: rules.read_materials(one.materials) for one, _event in rows},
            prepares=rules.PREPARES,
            partners=partners.of_subjects(session, Subject.TRAINING, [one.id for one, _event in rows]),
            functions=people.WORDS,
            typed=typed,
            errors=errors,
            now=now,
        )
    return page, status


def _back(training_id: TrainingId) -> ResponseReturnValue:
    return redirect(url_for(".show", slug=space().slug) + f"#formation-{training_id}")
