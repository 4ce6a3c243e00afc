"""« Impact »: what the programme has changed, each figure with the associations behind it; the same as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.guards import staff
from app.clock import PARIS, utc_now
from app.contacts.importing.formulas import as_csv
from app.database.ids import CohortId, id_of
from app.errors import NotFound
from app.french.language import _
from app.programme.applications import funnel
from app.programme.applications.listing import Filter
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.programme.diagnostic.axes import LONG
from app.programme.impact import behind, figures, reading, shared, table
from app.programme.impact.paths import WORDS, Path, Step
from app.programme.partners import service as partners
from app.programme.partners.rules import KINDS_OF_MANY
from app.programme.progress.reading_pages import WORKSHOPS
from app.programme.recommendations import service as recommendations
from app.programme.sharing.rules import BANDS, LEAST
from app.programme.trainings import opinions
from app.web.edge import download
from app.web.requests import number_argument, runtime

blueprint = Blueprint("impact", __name__, url_prefix="/programme")

ALL = "toutes"
CIRCLES_MAX = 24
"""Above, one bar says what a circle each would."""
QUOTES_MAX = 3
MONTHS_MAX = 12


@dataclass(frozen=True)
class Scope:
    """Which cohorts are counted: one of them, or all."""

    cohorts: Sequence[Cohort]
    chosen: Cohort | None

    @property
    def counted(self) -> Sequence[Cohort]:
        return [self.chosen] if self.chosen is not None else self.cohorts

    @property
    def argument(self) -> str:
        """As an address says it."""
        return str(self.chosen.id) if self.chosen is not None else ALL


@blueprint.get("/impact")
@staff(Staff.PROGRAMME)
def show() -> ResponseReturnValue:
    """The figures of one cohort, or of all."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        scope = _scope(session, now=now)
        if not scope.counted:
            return render_template("programme/impact/show.html", scope=scope, counted=None)
        counted = reading.read(session, scope.counted, WORKSHOPS.read(), now=now)
        words = {
            "spent": reading.spent(session, counted),
            "over_all": None if scope.chosen is None else _over_all(session, scope),
            "funnel": funnel.read(session, [one.id for one in scope.counted]),
            "quotes": opinions.quotes(session, [one.id for one in scope.counted], most=QUOTES_MAX),
            "partner_kinds": KINDS_OF_MANY,
            "partners": partners.by_kind(session, today=now.astimezone(PARIS).date())[0],
        }
    inside = [one for one in counted.paths if one.is_inside]
    return render_template(
        "programme/impact/show.html",
        scope=scope,
        counted=counted,
        share=figures.share(counted.paths),
        circles=len(counted.paths) <= CIRCLES_MAX,
        inside=len(inside),
        firsts=sum(one.first_sent_at is not None for one in inside),
        unnoted=sum(one.unnoted for one in inside),
        steps=figures.steps(inside),
        step_words=WORDS,
        ages=shared.ages(one.months for one in inside),
        band_words=BANDS,
        filters=Filter,
        few=LEAST,
        agreed=sum(one.is_sharing for one in inside),
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


@blueprint.get("/impact/associations")
@staff(Staff.PROGRAMME)
def rows() -> ResponseReturnValue:
    """The associations behind one figure; all of them where the address names none."""
    which = behind.find(request.args.get("chiffre", Step.KEPT.value))
    if which is None:
        raise NotFound("figure_unknown", _("Ce chiffre n'existe pas."))
    now = utc_now()
    with runtime().database.snapshot() as session:
        scope = _scope(session, now=now)
        counted = reading.read(session, scope.counted, WORKSHOPS.read(), now=now)
        paths = reading.with_presence(session, counted) if which.key in behind.OF_PRESENCE else counted.paths
    return render_template("programme/impact/rows.html", scope=scope, figure=which, rows=which.rows(paths))


@blueprint.get("/impact.csv")
@staff(Staff.PROGRAMME)
def file() -> ResponseReturnValue:
    """A line an association."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        scope = _scope(session, now=now)
        counted = reading.read(session, scope.counted, WORKSHOPS.read(), now=now)
        paths = reading.with_presence(session, counted)
    return download(as_csv(table.lines(paths)), file_name=f"impact-{scope.argument}.csv", mimetype="text/csv")


def _scope(session: Session, *, now: datetime) -> Scope:
    """The cohort asked for, all of them, or that of this week. Raises NotFound for an address that names none."""
    every = [cohort for cohort, _inside in cohorts.all_of_them(session)]
    asked = request.args.get("cohorte", "")
    if asked == ALL:
        return Scope(every, None)
    if asked:
        return Scope(every, cohorts.get(session, id_of(CohortId, number_argument("cohorte")) or CohortId(0)))
    return Scope(every, cohorts.current(session, today=now.astimezone(PARIS).date()) or (every[0] if every else None))


def _over_all(session: Session, scope: Scope) -> Mapping[str, object] | None:
    """The same share over every cohort, where there are several."""
    if len(scope.cohorts) < 2:
        return None
    return {"share": recommendations.of_cohort(session, None), "href": url_for("impact.show", cohorte=ALL)}
