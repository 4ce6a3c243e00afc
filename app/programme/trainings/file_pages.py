"""Trainings as files: those of a cohort and the people of one for a spreadsheet, one for an agenda."""

from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.accounts.models import Staff
from app.accounts.web.guards import staff
from app.clock import PARIS, utc_now
from app.contacts.importing.formulas import as_csv
from app.database.ids import CohortId, TrainingId
from app.events import calendars
from app.events.models import Answer, EventState, Presence
from app.events.seats import service as seats
from app.french.language import _
from app.programme.cohorts import service as cohorts
from app.programme.home_pages import get_programme
from app.programme.trainings import opinions, registering, rules, service
from app.web.edge import download
from app.web.requests import runtime

blueprint = Blueprint("training_files", __name__, url_prefix="/programme")

COLUMNS = (
    _("Formation"), _("Date"), _("Heure"), _("Durée en minutes"), _("Où"), _("Avec"), _("Prépare"), _("État"),
    _("Places"), _("Minimum"), _("Inscrits"), _("En attente"), _("Venus"), _("Avis"), _("Avis « j'ai appris » oui"),
    _("Avis « nous allons nous en servir » oui"),
)  # fmt: skip
PEOPLE_COLUMNS = (_("Association"), _("Prénom"), _("Nom"), _("Réponse"), _("Rang"), _("Présence"))
_STATES = {EventState.CANCELLED: _("annulée"), EventState.HELD: _("tenue")}
_ANSWERS = {
    Answer.INVITED: _("invité"),
    Answer.COMING: _("inscrit"),
    Answer.WAITING: _("en attente"),
    Answer.NOT_COMING: _("désinscrit"),
}
_PRESENCES = {
    Presence.UNNOTED: _("non noté"),
    Presence.CAME: _("venu"),
    Presence.EXCUSED: _("excusé"),
    Presence.ABSENT: _("absent"),
}


@blueprint.get("/cohortes/<int:cohort_id>/formations.csv")
@staff(Staff.PROGRAMME)
def table(cohort_id: CohortId) -> ResponseReturnValue:
    """A line a training, those called off among them."""
    now, lines = utc_now(), []
    with runtime().database.snapshot() as session:
        rows = service.of_cohort(session, cohorts.get(session, cohort_id).id)
        found = seats.of_events(session, get_programme(session).id, [event.id for _one, event in rows]) if rows else {}
        for training, event in rows:
            local, its = event.starts_at.astimezone(PARIS), found[event.id]
            result = opinions.of_training(session, training)
            lines.append([
                event.title, local.strftime("%d/%m/%Y"), local.strftime("%H:%M"),
                str(round((event.ends_at - event.starts_at).total_seconds() / 60)), event.place, training.expert,
                rules.PREPARES[training.prepares] if training.prepares else "", _state(event.state, event.ends_at, now),
                _count(its.total), _count(training.min_seats), str(its.taken), str(its.waiting), str(result.came),
                str(len(result.said)), str(result.gained[4] + result.gained[3]), str(result.ready[4] + result.ready[3]),
            ])  # fmt: skip
    return download(as_csv([COLUMNS, *lines]), file_name=f"formations-{cohort_id}.csv", mimetype="text/csv")


@blueprint.get("/formations/<int:training_id>/inscrits.csv")
@staff(Staff.PROGRAMME)
def people(training_id: TrainingId) -> ResponseReturnValue:
    """A line a person of its list; no phone."""
    with runtime().database.snapshot() as session:
        training, event = service.get(session, training_id)
        lines = [
            [
                one.association.name if one.association else "",
                one.contact.first_name,
                one.contact.last_name,
                _ANSWERS[one.place.answer],
                _count(one.rank),
                _PRESENCES[one.place.presence],
            ]
            for one in registering.participants(session, training, event)
        ]
    return download(as_csv([PEOPLE_COLUMNS, *lines]), file_name=f"inscrits-{training_id}.csv", mimetype="text/csv")


@blueprint.get("/formations/<int:training_id>/agenda.ics")
@staff(Staff.PROGRAMME)
def agenda(training_id: TrainingId) -> ResponseReturnValue:
    """The same entry as the participants'."""
    with runtime().database.snapshot() as session:
        _training, event = service.get(session, training_id)
        file = calendars.as_file(event, get_programme(session), settings=runtime().settings, now=utc_now())
    return download(file, file_name=f"formation-{training_id}.ics", mimetype="text/calendar")


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _state(state: EventState, ends_at: datetime, now: datetime) -> str:
    return _STATES.get(state, _("tenue") if ends_at <= now else _("ouverte"))
