"""The people of a training: registered by the staff, noted when they were there, asked what they think."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.contacts import service as contacts
from app.database.ids import ContactId, MailingId, TrainingId
from app.errors import Conflict, NotFound, RuleBroken
from app.events import attendance, inviting
from app.events.schemas import read_presences
from app.events.web.invite_pages import say_stopped
from app.french.language import _, ngettext
from app.programme.cohorts import people
from app.programme.home_pages import get_programme
from app.programme.trainings import opinions, registering, service
from app.programme.trainings.pages import training_page
from app.programme.trainings.registering import Freed, Registered
from app.programme.trainings.schemas import PersonForm
from app.web.problems import errors_of
from app.web.requests import number_field, runtime

blueprint = Blueprint("training_people", __name__, url_prefix="/programme/formations/<int:training_id>")


@blueprint.post("/inscriptions")
@staff(Staff.PROGRAMME)
def register(training_id: TrainingId) -> ResponseReturnValue:
    """Somebody of the cohort's associations, chosen in the list."""
    try:
        with runtime().database.transaction() as session:
            training, event = service.get(session, training_id, lock=True)
            result = registering.register(
                session, get_programme(session), training, event, chosen_person(),
                settings=runtime().settings, by=principal(), now=utc_now(),
            )  # fmt: skip
    except (RuleBroken, Conflict, NotFound) as wrong:
        sentence = {"contact_id": wrong.sentence}
        return training_page(training_id, request.form.to_dict(), sentence, status=422)
    say_registered(result)
    return _back(training_id, "inscrits")


@blueprint.post("/personnes")
@staff(Staff.PROGRAMME)
def add(training_id: TrainingId) -> ResponseReturnValue:
    """Somebody whom the programme does not know yet, of one of its associations; registered at once."""
    try:
        function, card = PersonForm().load(request.form)
        with runtime().database.transaction() as session:
            training, event = service.get(session, training_id, lock=True)
            here, association_id = get_programme(session), number_field("association_id") or 0
            if association_id not in [one.id for one in registering.candidates(session, training.cohort_id)]:
                sentence = _("Choisissez une association de la cohorte.")
                raise RuleBroken("association_missing", sentence, fields={"association_id": sentence})
            words: Any = {"settings": runtime().settings, "by": principal(), "now": utc_now()}
            person = people.add(session, here, association_id, function=function, card=card, **words)
            result = registering.register(session, here, training, event, person.contact_id, **words)
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return training_page(training_id, request.form.to_dict(), errors_of(wrong), status=422)
    say_registered(result)
    return _back(training_id, "inscrits")


@blueprint.post("/inscriptions/<int:contact_id>/annuler")
@staff(Staff.PROGRAMME)
def unregister(training_id: TrainingId, contact_id: ContactId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        training, event = service.get(session, training_id, lock=True)
        freed = registering.unregister(
            session, get_programme(session), training, event, contact_id, by=principal(), now=utc_now()
        )
        name = contacts.get(session, event.space_id, contact_id).name
        flash(freed_sentence(freed, name), "success")
    return _back(training_id, "inscrits")


@blueprint.post("/presences")
@staff(Staff.PROGRAMME)
def attend(training_id: TrainingId) -> ResponseReturnValue:
    """Who was there: one by one, or everybody who said so in one press."""
    noted, all_coming = read_presences(request.form), request.form.get("all") == "came"
    with runtime().database.transaction() as session:
        _training, event = service.get(session, training_id, lock=True)
        if event.starts_at > utc_now():
            raise Conflict("training_not_begun", _("Les présences se notent le jour de la formation, ou après."))
        attendance.note(session, event, noted, all_coming=all_coming, by=principal(), now=utc_now())
    flash(_("Les présences sont notées."), "success")
    return _back(training_id, "presences")


@blueprint.post("/avis")
@staff(Staff.PROGRAMME)
def ask(training_id: TrainingId) -> ResponseReturnValue:
    """Two questions by SMS to those who came."""
    try:
        with runtime().database.transaction() as session:
            training, event = service.get(session, training_id, lock=True)
            asked = opinions.ask(
                session,
                get_programme(session),
                training,
                event,
                settings=runtime().settings,
                by=principal(),
                now=utc_now(),
            )
    except RuleBroken as wrong:
        return training_page(training_id, {}, errors_of(wrong), status=422)
    sentence = ngettext(
        "Demande prête : %(n)s SMS part dans 30 secondes.",
        "Demandes prêtes : %(n)s SMS partent dans 30 secondes.",
        asked,
    )
    flash(sentence, "success")
    return _back(training_id, "avis")


@blueprint.post("/avis/<int:contact_id>/ne-plus-citer")
@staff(Staff.PROGRAMME)
def stop_quoting(training_id: TrainingId, contact_id: ContactId) -> ResponseReturnValue:
    """Words that name somebody, or that had better not be read by those who pay for the programme."""
    with runtime().database.transaction() as session:
        training, event = service.get(session, training_id, lock=True)
        opinions.stop_quoting(session, training, event, contact_id, by=principal(), now=utc_now())
    flash(_("C'est noté : cet avis n'est plus cité."), "success")
    return _back(training_id, "avis")


@blueprint.post("/envois/<int:mailing_id>/arreter")
@staff(Staff.PROGRAMME)
def stop(training_id: TrainingId, mailing_id: MailingId) -> ResponseReturnValue:
    """« Arrêter », in the thirty seconds: what has not left does not leave."""
    with runtime().database.transaction() as session:
        _training, event = service.get(session, training_id, lock=True)
        in_time = inviting.stop(session, get_programme(session), event, mailing_id, by=principal(), now=utc_now())
    say_stopped(in_time)
    return _back(training_id, "")


def freed_sentence(freed: Freed, name: str, *, names_heir: bool = True) -> str:
    """What became of the seat that ``name`` gave back; an association is not told who of another has it."""
    if freed.waited:
        return _("C'est noté : %(name)s n'attend plus.", name=name or _("cette personne"))
    if freed.to is None:
        return _("C'est noté : la place est libre.") if names_heir else _("C'est noté : la place est rendue.")
    if not names_heir:
        return _("C'est noté : la place passe à la première personne qui attendait.")
    return _("C'est noté : la place passe à %(name)s, que le programme prévient par SMS.", name=freed.to.name)


def chosen_person() -> ContactId:
    """Whom the form names. Raises RuleBroken for nobody."""
    found = number_field("contact_id")
    if found is None:
        sentence = _("Choisissez une personne.")
        raise RuleBroken("person_missing", sentence, fields={"contact_id": sentence})
    return ContactId(found)


def say_registered(result: Registered) -> None:
    """A seat or a rank, and the link to give where no SMS could leave."""
    if result.rank:
        flash(_("C'est complet : n° %(rank)s sur la liste d'attente.", rank=result.rank), "info")
    else:
        flash(_("Inscription notée."), "success")
    if result.why_not:
        words = {"why": result.why_not, "link": result.link}
        flash(_("Le SMS n'est pas parti : %(why)s Voici le lien à donner : %(link)s", **words), "info")


def _back(training_id: TrainingId, part: str) -> ResponseReturnValue:
    return redirect(url_for("trainings.show", training_id=training_id) + (f"#{part}" if part else ""))
