"""Who answers a diagnostic: asked, given their link by SMS or by hand, taken off."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import principal
from app.clock import utc_now
from app.database.ids import RespondentId
from app.errors import Conflict, RuleBroken, TooMany
from app.french.language import _
from app.programme.diagnostic import respondents, service, texting
from app.programme.diagnostic.axes import MOMENTS
from app.programme.diagnostic.models import Diagnostic, Respondent
from app.programme.diagnostic.overview_pages import overview
from app.programme.diagnostic.place_pages import Place, Route, programme_space
from app.programme.diagnostic.schemas import RespondentForm
from app.web.problems import errors_of
from app.web.requests import number_field, runtime


def ask(at: Place, moment: str) -> ResponseReturnValue:
    """Somebody typed, or one of the people known here; their link leaves, or is shown."""
    words: dict[str, Any] = {
        "foreign_countries": runtime().settings.foreign_countries, "space_id": at.journal_id, "by": principal(),
        "now": utc_now(),
    }  # fmt: skip
    person_id = number_field("person_id")
    try:
        parsed = RespondentForm().load(request.form) if person_id is None else {}
        with runtime().database.transaction() as session:
            one = _diagnostic(session, at, moment)
            if person_id is not None:
                made = respondents.add_known(session, one, person_id, **words)
            else:
                made = respondents.add(session, one, **parsed, **words)
            return _hand_over(session, at, one, made, texts=bool(made.phone))
    except (ValidationError, RuleBroken, Conflict) as wrong:
        if isinstance(wrong, Conflict):
            raise
        return overview(at, request.form.to_dict(), errors_of(wrong), status=422)


def link(at: Place, moment: str, respondent_id: RespondentId) -> ResponseReturnValue:
    """A new link; the one before ends. « sms » sends it where a number is known."""
    with runtime().database.transaction() as session:
        one = _diagnostic(session, at, moment)
        found = respondents.get(session, one, respondent_id)
        return _hand_over(session, at, one, found, texts=bool(found.phone) and request.form.get("by") == "sms")


def remove(at: Place, moment: str, respondent_id: RespondentId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        one = _diagnostic(session, at, moment)
        respondents.remove(session, one, respondent_id, space_id=at.journal_id, by=principal(), now=utc_now())
    flash(_("Cette personne ne répond plus, et ses réponses sont effacées."), "success")
    return redirect(at.href("show"))


def _hand_over(session: Session, at: Place, one: Diagnostic, found: Respondent, *, texts: bool) -> ResponseReturnValue:
    """The link by SMS; shown in this answer alone where it has not left, for it is kept nowhere."""
    now, settings = utc_now(), runtime().settings
    token = respondents.new_link(session, one, found, space_id=at.journal_id, by=principal(), now=now)
    address = texting.address(settings, token)
    why = ""
    if texts:
        try:
            with session.begin_nested():
                programme = programme_space(session)
                name = at.association.name
                texting.send(session, programme, found, association=name, link=address, settings=settings, now=now)
        except (RuleBroken, TooMany) as refusal:
            why = refusal.sentence
        else:
            flash(_("Le lien part par SMS à %(name)s.", name=found.name), "success")
            return redirect(at.href("show"))
    words = {"place": at, "respondent": found, "link": address, "why": why, "association": at.association.name}
    return render_template("programme/diagnostic/link.html", **words)


def _diagnostic(session: Session, at: Place, moment: str) -> Diagnostic:
    return service.changeable(session, at.association.id, at.cohort.id, MOMENTS[moment])


PEOPLE = "/<any(debut, fin):moment>/personnes"
ROUTES = (
    Route("POST", PEOPLE, ask, Role.REFERENTE),
    Route("POST", f"{PEOPLE}/<int:respondent_id>/lien", link, Role.REFERENTE),
    Route("POST", f"{PEOPLE}/<int:respondent_id>/retirer", remove, Role.REFERENTE),
)
