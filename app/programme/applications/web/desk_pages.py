"""« Candidatures », for the programme's staff: the pile, its filters, one application open, its files, the table."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Space, Staff
from app.accounts.web.guards import staff, user
from app.clock import utc_now
from app.contacts.importing.formulas import as_csv
from app.database.ids import ApplicationId, CohortId, id_of
from app.french.language import _
from app.programme import home_pages
from app.programme.applications import (
    files,
    filing,
    funnel,
    listing,
    publishing,
    questions,
    rules,
    service,
    states,
    table,
    telling,
    versions,
)
from app.programme.applications.questions import Kind
from app.programme.applications.views import DECISIONS, VIEWS
from app.programme.applications.web import desk
from app.programme.applications.web.desk import Pile
from app.programme.applications.wordings import Letter
from app.programme.cohorts import service as cohorts
from app.web.edge import download
from app.web.requests import number_argument, runtime

blueprint = Blueprint("applications", __name__, url_prefix="/programme/candidatures")


@blueprint.get("")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    """The pile of a cohort: the one asked for, or the one that applications are about."""
    with runtime().database.snapshot() as session:
        cohort = desk.choose(session, id_of(CohortId, number_argument("cohorte")), now=utc_now())
        others = [one for one, _inside in cohorts.all_of_them(session)]
        if cohort is None:
            return render_template("programme/applications/none.html")
        pile = desk.pile(session, cohort, request.args.get("filtre", ""), user().id)
        counted = funnel.read(session, [cohort.id], with_medians=True)
        leaving = publishing.under_way(session, cohort.id)
    return render_template(
        "programme/applications/pile.html",
        **words_of(pile),
        others=others,
        funnel=counted,
        leaving=leaving,
        public=f"{runtime().settings.public_url.rstrip('/')}{url_for('apply.begin')}",
    )


@blueprint.get("/<int:application_id>")
@staff(Staff.PROGRAMME)
def show(application_id: ApplicationId) -> ResponseReturnValue:
    """One application, beside the pile where there is room for both."""
    return application_page(application_id)


@blueprint.get("/<int:application_id>/fichiers/<int:file_id>")
@staff(Staff.PROGRAMME)
def fetch(application_id: ApplicationId, file_id: int) -> ResponseReturnValue:
    """A file that was filed with this application, once it was looked through; to keep, never opened in the page."""
    with runtime().database.snapshot() as session:
        found = files.filed(session, service.get(session, application_id).id, file_id)
    return download(found.content, file_name=files.name_of(found), mimetype=found.kind.mimetype)


@blueprint.get("/candidatures.csv")
@staff(Staff.PROGRAMME)
def as_table() -> ResponseReturnValue:
    """All of a cohort, drafts without their text."""
    with runtime().database.snapshot() as session:
        cohort = desk.choose(session, id_of(CohortId, number_argument("cohorte")), now=utc_now())
        found = listing.rows(session, cohort.id) if cohort else []
        known = versions.published(session)
    name = f"candidatures-{cohort.id if cohort else 0}.csv"
    return download(as_csv(table.lines(found, known)), file_name=name, mimetype="text/csv")


def programme_of(session: Session) -> Space | None:
    """The programme's own live space, whose journal tells what is done here."""
    return home_pages.find_programme(session)


def words_of(pile: Pile) -> dict[str, object]:
    """What the pile's template names."""
    return {
        "pile": pile,
        "cohort": pile.cohort,
        "labels": listing.LABELS,
        "short": rules.SHORT,
        "state_words": states.WORDS,
        "decision_words": DECISIONS,
        "sample": telling.sample(runtime().settings),
        "said": Letter.SAID.value,
    }


def application_page(
    application_id: ApplicationId,
    errors: Mapping[str, str] | None = None,
    *,
    link: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page of one application; ``link`` is shown this once, to be given by hand."""
    with runtime().database.snapshot() as session:
        application = service.get(session, application_id)
        one = desk.dossier(session, application, programme_of(session), user().id)
        pile = desk.pile(session, one.cohort, request.args.get("filtre", ""), user().id)
        latest = versions.published(session).latest
    before, after = pile.beside(application_id)
    page = render_template(
        "programme/applications/application.html", **words_of(pile), one=one, application=application,
        errors=errors or {}, typed=typed or {}, link=link, before=before, after=after, views=VIEWS,
        condition_words=rules.CONDITIONS, sections=questions.SECTIONS,
        fields=one.sheet.form.fields if one.sheet else (),
        shown=questions.shown, asked=rules.asked, label_of=filing.label_of, states=states.State,
        kinds=Kind, now=utc_now(), latest_form=latest.number,
        title=application.association_name or _("Candidature"),
    )  # fmt: skip
    return page, status
