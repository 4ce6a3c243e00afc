"""What the workshops of a year came to, for those who answer for it: a page, and the same as a spreadsheet."""

from collections import Counter
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import staff, user
from app.clock import PARIS, utc_now
from app.contacts.importing.formulas import as_csv
from app.database.ids import WorkshopId
from app.french.language import _
from app.web.edge import download
from app.web.requests import number_argument, runtime
from app.workshops import kinds
from app.workshops.path import pages as scenario_pages
from app.workshops.planning import trainers as training
from app.workshops.results import feedback
from app.workshops.results import firsts as firsts_of
from app.workshops.results import service as results
from app.workshops.results.service import Result

blueprint = Blueprint("results", __name__, url_prefix="/ateliers/resultats")

COLUMNS = (
    _("Date"), _("Association"), _("Sujet"), _("Lieu"), _("Mené par"), _("Invités"), _("Venus"), _("Postes occupés"),
    _("Étapes faites"), _("Étapes prévues"), _("SMS d'entraînement"), _("STOP respectés"), _("Premier vrai SMS"),
)  # fmt: skip


@blueprint.get("")
@staff()
def show() -> ResponseReturnValue:
    """Totals, opinions, and a line for each workshop: a trainer's own, or everybody's for the programme."""
    year, all_years, found, trainers = _read()
    firsts = _firsts(found)
    return render_template(
        "workshops/results.html",
        year=year,
        years=all_years,
        results=found,
        firsts=firsts,
        first_count=firsts_of.counted([one.workshop for one in found], firsts),
        total=results.total(found),
        associations=results.association_count(found),
        unnoted=len([one for one in found if one.figures.came is None and one.figures.invited]),
        trainers=trainers,
        kinds=kinds.WORDS,
        answers=feedback.ANSWERS,
        questions=(feedback.GAINED, feedback.READY),
    )


@blueprint.get("/ateliers.csv")
@staff()
def table() -> ResponseReturnValue:
    """The lines of the page, each opinion counted in a column of its own."""
    year, _years, found, trainers = _read()
    firsts = _firsts(found)
    questions = (feedback.GAINED, feedback.READY)
    opinions = [f"{question} : {answer}" for question in questions for _value, answer in feedback.ANSWERS]
    content = as_csv(
        [[*COLUMNS, *opinions], *(_line(one, trainers[one.workshop.id], firsts[one.workshop.id]) for one in found)]
    )
    return download(content, file_name=f"ateliers-{year}.csv", mimetype="text/csv")


def _read() -> tuple[int, list[int], list[Result], dict[int, list[str]]]:
    """The year asked for (this one unless another is known), all of them, its workshops, and who ran each."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        all_years = results.years(session, user(), now=now)
        asked = number_argument("annee")
        year = asked if asked in all_years else all_years[0]
        found = results.of_year(session, user(), year, scenario_pages.KINDS.read(), now=now)
        return year, all_years, found, training.names(session, [one.workshop.id for one in found])


def _firsts(found: list[Result]) -> dict[WorkshopId, datetime | None]:
    with runtime().database.snapshot() as session:
        return firsts_of.by_workshop(session, [one.workshop for one in found])


def _line(one: Result, trainers: list[str], first: datetime | None) -> list[str]:
    figures = one.figures
    return [
        one.event.starts_at.astimezone(PARIS).strftime("%d/%m/%Y"),
        one.workshop.association,
        kinds.WORDS[one.workshop.kind],
        one.event.place or (_("En ligne") if one.event.link else ""),
        ", ".join(trainers),
        str(figures.invited),
        "" if figures.came is None else str(figures.came),
        *map(str, (figures.seats, figures.steps_done, figures.steps_asked, figures.sent, figures.stops)),
        first.astimezone(PARIS).strftime("%d/%m/%Y") if first else "",
        *_counts(figures.gained),
        *_counts(figures.ready),
    ]


def _counts(tally: Counter[int]) -> list[str]:
    return [str(tally[value]) for value, _words in feedback.ANSWERS]
