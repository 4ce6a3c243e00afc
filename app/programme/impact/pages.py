"""« Impact »: what the programme has changed, each figure with the rows behind it; the same as a file."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.guards import staff
from app.clock import PARIS, utc_now
from app.contacts.importing.formulas import as_csv
from app.programme.applications import funnel
from app.programme.cohorts.models import Function
from app.programme.diagnostic.axes import LONG
from app.programme.impact import figures, reading, scope_pages, shared, table
from app.programme.impact.paths import WORDS, Path
from app.programme.impact.scope_pages import ALL, Scope
from app.programme.partners import service as partners
from app.programme.partners.rules import KINDS_OF_MANY
from app.programme.progress.reading_pages import WORKSHOPS
from app.programme.recommendations import service as recommendations
from app.programme.sharing.rules import BANDS
from app.programme.trainings import opinions
from app.web.edge import download
from app.web.requests import runtime

blueprint = Blueprint("impact", __name__, url_prefix="/programme")

CIRCLES_MAX = 24
"""Above, one bar says what a circle each would."""
QUOTES_MAX = 3
MONTHS_MAX = 12


@blueprint.get("/impact")
@staff(Staff.PROGRAMME)
def show() -> ResponseReturnValue:
    """The figures of one cohort, or of all."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        asked = scope_pages.read(session, now=now)
        if not asked.counted:
            return render_template("programme/impact/show.html", scope=asked, counted=None)
        counted = reading.read(session, asked.counted, WORKSHOPS.read(), now=now)
        words = {
            "spent": reading.spent(session, counted),
            "over_all": None if asked.chosen is None else _over_all(session, asked),
            "funnel": funnel.read(session, asked.ids),
            "quotes": opinions.quotes(session, asked.ids, most=QUOTES_MAX),
            "partner_kinds": KINDS_OF_MANY,
            "partners": partners.by_kind(session, today=now.astimezone(PARIS).date())[0],
        }
    inside = [one for one in counted.paths if one.is_inside]
    return render_template(
        "programme/impact/show.html",
        scope=asked,
        counted=counted,
        share=figures.share(counted.paths),
        circles=len(counted.paths) <= CIRCLES_MAX,
        inside=len(inside),
        firsts=sum(one.first_sent_at is not None for one in inside),
        to_note=len(counted.to_note),
        steps=figures.steps(inside),
        step_words=WORDS,
        ages=shared.ages(one.months for one in inside),
        band_words=BANDS,
        agreed=sum(one.is_sharing for one in inside),
        directors=counted.answering[Function.DIRECTOR],
        boards=counted.answering[Function.BOARD],
        now=now,
        **words,
        **_diagnostics(inside),
        **_since_workshop(inside),
    )


def _diagnostics(inside: Sequence[Path]) -> Mapping[str, object]:
    """The axes, over the associations that have both diagnostics."""
    return {
        "axes": figures.axes(inside, list(LONG)),
        "axis_words": LONG,
        "asked": figures.asked(inside),
        "ends": figures.ends(inside),
    }


def _since_workshop(inside: Sequence[Path]) -> Mapping[str, object]:
    """SMS and places that they share, each from its own workshop on."""
    some = [one.since_workshop for one in inside if one.since_workshop]
    return {
        "since": min((months[0].month for months in some), default=None),
        "months": shared.months(some)[-MONTHS_MAX:],
        "texts": shared.add(one.figures.texts for months in some for one in months),
        "places": shared.add(one.figures.places for months in some for one in months),
        "sharing": len(some),
    }


@blueprint.get("/impact.csv")
@staff(Staff.PROGRAMME)
def file() -> ResponseReturnValue:
    """A line an association."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        asked = scope_pages.read(session, now=now)
        counted = reading.read(session, asked.counted, WORKSHOPS.read(), now=now)
    return download(as_csv(table.lines(counted.paths)), file_name=f"impact-{asked.argument}.csv", mimetype="text/csv")


def _over_all(session: Session, asked: Scope) -> Mapping[str, object] | None:
    """The same share over every cohort, where there are several."""
    if len(asked.cohorts) < 2:
        return None
    return {"share": recommendations.of_cohort(session, None), "href": url_for("impact.show", cohorte=ALL)}
