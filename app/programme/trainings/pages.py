"""Trainings, as the programme's staff plan, change and call them off."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import PARIS, utc_now
from app.database.ids import CohortId, PartnerId, TrainingId, id_of
from app.errors import Conflict, RuleBroken
from app.events import messages, reminders, telling
from app.events.seats import service as seats
from app.french.language import _, ngettext
from app.programme.cohorts import people as cohort_people
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.programme.files import kinds
from app.programme.home_pages import get_programme
from app.programme.partners import service as partners
from app.programme.partners.models import Subject
from app.programme.trainings import files, leading, opinions, registering, rules, schemas, service
from app.programme.trainings.models import Training
from app.programme.trainings.service import Told
from app.web.problems import errors_of
from app.web.requests import number_argument, runtime, ticked

blueprint = Blueprint("trainings", __name__, url_prefix="/programme/formations")


@blueprint.get("")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    """The trainings of a cohort, of the present one unless another is asked for."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        cohort = _cohort_asked(session)
        rows = service.of_cohort(session, cohort.id) if cohort else ()
        found = seats.of_events(session, get_programme(session).id, [event.id for _one, event in rows]) if rows else {}
        known = cohorts.all_of_them(session)
        there = service.came_of(session, [event.id for _one, event in rows])
        came = sum(service.attended(session, cohort.id).values()) if cohort else 0
        hours = sum(service.hours(session, cohort.id).values()) if cohort else 0
    return render_template(
        "programme/trainings/browse.html",
        cohort=cohort,
        cohorts=[one for one, _inside in known],
        to_come=[row for row in rows if row[1].ends_at > now],
        past=[row for row in reversed(rows) if row[1].ends_at <= now],
        seats=found,
        there=there,
        came=came,
        hours=hours,
    )


@blueprint.get("/nouvelle")
@staff(Staff.PROGRAMME)
def begin() -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        cohort = _cohort_asked(session)
    return _form_page({"cohort_id": cohort.id if cohort else ""}, {})


@blueprint.post("/nouvelle")
@staff(Staff.PROGRAMME)
def make() -> ResponseReturnValue:
    """A new training, its reminder with it."""
    try:
        terms, when = schemas.read(request.form)
        with runtime().database.transaction() as session:
            here = get_programme(session)
            told: Any = {"by": principal(), "now": utc_now()}
            cohort_id = CohortId(_number("cohort_id"))
            training, why_not = service.make(
                session, here, cohort_id, terms, when=when, reminds="reminds" in request.form, **told
            )
            _set_partners(session, training.id, space_id=here.id, **told)
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _form_page(request.form.to_dict(), errors_of(wrong), status=422)
    flash("training-new", "draft-saved")
    flash(_("Formation prévue : les associations de la cohorte peuvent s'y inscrire."), "success")
    if why_not:
        flash(_("Sans rappel pour l'instant : %(why)s", why=why_not), "info")
    return redirect(url_for(".show", training_id=training.id))


@blueprint.get("/<int:training_id>")
@staff(Staff.PROGRAMME)
def show(training_id: TrainingId) -> ResponseReturnValue:
    """Seats, who is registered, who was there, what they say."""
    return training_page(training_id, {}, {})


@blueprint.get("/<int:training_id>/modifier")
@staff(Staff.PROGRAMME)
def edit(training_id: TrainingId) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        training, event = service.get(session, training_id)
        typed = schemas.typed_of(training, event, seats.of_event(session, event).total)
    return _form_page({**typed, "cohort_id": training.cohort_id}, {}, training_id=training_id)


@blueprint.post("/<int:training_id>/modifier")
@staff(Staff.PROGRAMME)
def change(training_id: TrainingId) -> ResponseReturnValue:
    """Other words, seats or another date: registrations stay, and those who know of it are asked again."""
    try:
        terms, when = schemas.read(request.form)
        with runtime().database.transaction() as session:
            training, event = service.get(session, training_id, lock=True)
            here = get_programme(session)
            told: Any = {"by": principal(), "now": utc_now()}
            result = service.change(
                session, here, training, event, terms, when=when, tells="tell" in request.form,
                settings=runtime().settings, **told,
            )  # fmt: skip
            _set_partners(session, training.id, space_id=here.id, **told)
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _form_page(request.form.to_dict(), errors_of(wrong), training_id=training_id, status=422)
    flash(f"training-{training_id}", "draft-saved")
    flash(_("Formation modifiée : ses inscrits, ses rappels et les agendas la suivent."), "success")
    _say_told(result)
    return redirect(url_for(".show", training_id=training_id))


@blueprint.post("/<int:training_id>/annuler")
@staff(Staff.PROGRAMME)
def call_off(training_id: TrainingId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        training, event = service.get(session, training_id, lock=True)
        result = service.call_off(
            session, get_programme(session), training, event, tells="tell" in request.form, settings=runtime().settings,
            by=principal(), now=utc_now(),
        )  # fmt: skip
    flash(_("Formation annulée : aucun rappel ne partira."), "success")
    _say_told(result)
    return redirect(url_for(".show", training_id=training_id))


def _set_partners(session: Session, training_id: TrainingId, **told: Any) -> None:
    chosen = [PartnerId(one) for one in ticked("partners")]
    partners.set_of(session, Subject.TRAINING, training_id, chosen, **told)


def _materials(session: Session, training: Training) -> dict[str, Any]:
    """Its links, its files, and what a browser may choose among."""
    return {
        "materials": rules.read_materials(training.materials),
        "joined": files.of_trainings(session, [training.id]).get(training.id, ()),
        "accept": kinds.ACCEPT,
        "leaders": leading.choices(session),
    }


def training_page(
    training_id: TrainingId, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    """A training as its staff see it; ``typed`` and ``errors`` are of a form sent back."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        training, event = service.get(session, training_id)
        here = get_programme(session)
        on_list = registering.participants(session, training, event)
        coming = {one.contact.id for one in on_list if one.place.answer in ("coming", "waiting")}
        choices = registering.candidates(session, training.cohort_id)
        found = reminders.of_event(session, event.id)
        page = render_template(
            "programme/trainings/show.html",
            training=training,
            event=event,
            cohort=cohorts.get(session, training.cohort_id),
            programme=here,
            seats=seats.of_event(session, event),
            participants=on_list,
            by_association=registering.by_association(on_list),
            choices={one: [who for who in those if who.id not in coming] for one, those in choices.items()},
            is_open=registering.is_open(event, now=now),
            has_begun=event.starts_at <= now and event.state != "cancelled",
            is_over=event.ends_at <= now,
            leaving=messages.leaving(session, here, event, now=now),
            reminders=[(one, reminders.leaves_at(here, one.due_at)) for one in found],
            **_materials(session, training),
            prepares=rules.PREPARES[training.prepares],
            partners=partners.of_subject(session, Subject.TRAINING, training.id),
            result=opinions.of_training(session, training),
            unasked=len(opinions.unasked(session, training, event, now=now)),
            informed=len(telling.informed(session, event, but_declined=True)) if event.starts_at > now else 0,
            functions=cohort_people.WORDS,
            questions=(opinions.GAINED, opinions.READY),
            answers=opinions.ANSWERS,
            typed=typed,
            errors=errors,
        )
    return page, status


def _cohort_asked(session: Session) -> Cohort | None:
    asked = id_of(CohortId, number_argument("cohorte"))
    if asked is not None:
        return cohorts.get(session, asked)
    return cohorts.current(session, today=utc_now().astimezone(PARIS).date())


def _number(name: str) -> int:
    typed = request.form.get(name, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        sentence = _("Choisissez une cohorte.")
        raise RuleBroken("cohort_missing", sentence, fields={name: sentence})
    return int(typed)


def _say_told(result: Told) -> None:
    if result.people:
        sentence = ngettext(
            "%(n)s personne sera prévenue par SMS : vous avez 30 secondes pour arrêter.",
            "%(n)s personnes seront prévenues par SMS : vous avez 30 secondes pour arrêter.",
            result.people,
        )
        flash(sentence, "info")
    elif result.why_not:
        flash(_("Personne n'est prévenu par SMS : %(why)s", why=result.why_not), "info")


def _form_page(
    typed: dict[str, Any], errors: dict[str, str], *, training_id: TrainingId | None = None, status: int = 200
) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        known = [one for one, _inside in cohorts.all_of_them(session) if one.closed_at is None]
        title = service.get(session, training_id)[1].title if training_id is not None else ""
        everyone = partners.everyone(session)
        held = [one.id for one in partners.of_subject(session, Subject.TRAINING, training_id)] if training_id else []
    page = render_template(
        "programme/trainings/form.html",
        typed=typed,
        errors=errors,
        training_id=training_id,
        title=title,
        cohorts=known,
        partners=everyone,
        held=ticked("partners") if request.method == "POST" else held,
        prepares=[(one.value, words[:1].upper() + words[1:]) for one, words in rules.PREPARES.items()],
    )
    return page, status
