"""The diagnostic of an association: its report, who answers, the agreed answer. Written once for both places."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.guards import principal
from app.clock import utc_now
from app.errors import Conflict, Forbidden, NotFound, RuleBroken
from app.french.language import _
from app.programme.diagnostic import agreeing, axes, opening, respondents, schemas, service
from app.programme.diagnostic.axes import MOMENTS, PATH_OF, Moment
from app.programme.diagnostic.overview_pages import overview
from app.programme.diagnostic.place_pages import Place, Route
from app.web import zones
from app.web.problems import errors_of
from app.web.requests import runtime


def show(at: Place) -> ResponseReturnValue:
    """What has moved, and what is next; what is under way stands first."""
    return overview(at, {}, {})


def open_one(at: Place) -> ResponseReturnValue:
    """Begin the diagnostic of a moment. The end's is the programme's to open."""
    moment = MOMENTS.get(request.form.get("moment", ""))
    if moment is None:
        raise RuleBroken("moment_unknown", _("Un diagnostic est de début ou de fin."))
    if moment is Moment.T1 and not at.is_staff:
        raise Forbidden("staff_opens_end", _("C'est le programme qui ouvre le diagnostic de fin : appelez-le."))
    with runtime().database.transaction() as session:
        opening.open_one(
            session, at.association.id, at.cohort.id, moment, space_id=at.journal_id, by=principal(), now=utc_now()
        )
    flash(_("Diagnostic ouvert : dites qui va répondre."), "success")
    return redirect(at.href("show"))


def withdraw(at: Place, moment: str) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        one = service.changeable(session, at.association.id, at.cohort.id, _moment(moment))
        opening.withdraw(session, one, space_id=at.journal_id, by=principal(), now=utc_now())
    flash(_("Diagnostic retiré."), "success")
    return redirect(at.href("show"))


def move(at: Place, moment: str) -> ResponseReturnValue:
    """Take the newer version of the questionnaire: nobody does it but whoever presses here."""
    with runtime().database.transaction() as session:
        one = service.changeable(session, at.association.id, at.cohort.id, _moment(moment))
        opening.move(session, one, space_id=at.journal_id, by=principal(), now=utc_now())
    flash(_("C'est la nouvelle version. Toutes les réponses sont gardées ; celles à relire sont marquées."), "success")
    return redirect(at.href("show"))


def reopen(at: Place, moment: str) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        service.check_may_change(session, at.association.id, at.cohort.id)
        one = service.get(session, at.association.id, at.cohort.id, _moment(moment), lock=True)
        opening.reopen(session, one, space_id=at.journal_id, by=principal(), now=utc_now())
    flash(_("Diagnostic rouvert : la réponse commune se corrige, puis s'arrête de nouveau."), "success")
    return redirect(at.href("show"))


def mend(at: Place) -> ResponseReturnValue:
    """What withheld the text to everybody is mended: how, in a sentence."""
    key = request.form.get("key", "")[:8]
    how = request.form.get(f"how-{key}", "").replace("\0", "")[:300]
    try:
        with runtime().database.transaction() as session:
            opening.mend(
                session, at.association.id, key, how=how, space_id=at.journal_id, by=principal(), now=utc_now()
            )
    except (RuleBroken, Conflict) as wrong:
        return overview(at, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("C'est noté, avec la date."), "success")
    return redirect(at.href("show") + "#sms")


def agree(at: Place, moment: str) -> ResponseReturnValue:
    """« La réponse commune »: the questions that differ first, with who said what."""
    return _agree_page(at, _moment(moment), {}, {})


def keep_agreed(at: Place, moment: str) -> ResponseReturnValue:
    """Keep what is agreed so far; « then » settles it."""
    which = _moment(moment)
    settles = request.form.get("then") == "settle"
    try:
        with runtime().database.transaction() as session:
            one = service.changeable(session, at.association.id, at.cohort.id, which)
            given, seen = schemas.answers(request.form), schemas.seen(request.form)
            words: dict[str, Any] = {"space_id": at.journal_id, "by": principal(), "now": utc_now()}
            agreeing.write(session, one, given, seen, zone=zones.here(), **words)
        if settles:
            with runtime().database.transaction() as session:
                one = service.changeable(session, at.association.id, at.cohort.id, which)
                opening.settle(session, one, **words)
    except (RuleBroken, Conflict) as wrong:
        if "diagnostic_agreed" in wrong.code or not wrong.fields:
            raise
        return _agree_page(at, which, request.form.to_dict(), errors_of(wrong), status=422)
    flash(f"agree-{one.id}", "draft-saved")
    if settles:
        flash(_("La réponse commune est arrêtée : plus personne ne répond, et voici ce qu'elle dit."), "success")
        return redirect(at.href("show"))
    flash(_("Enregistré."), "success")
    return redirect(at.href("agree", moment=moment))


def _agree_page(
    at: Place, moment: Moment, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        one = service.get(session, at.association.id, at.cohort.id, moment)
        found = agreeing.rows(session, one)
        still = [each.name for each in respondents.all_of(session, one.id) if each.finished_at is None and each.name]
    page = render_template(
        "programme/diagnostic/agree.html",
        place=at,
        one=one,
        moment=PATH_OF[moment],
        moment_words=axes.MOMENT_WORDS[moment],
        rows=found,
        still=still,
        answers=axes.ANSWERS,
        sent=axes.sent,
        short=axes.SHORT,
        typed=typed,
        errors=errors,
    )
    return page, status


def _moment(path: str) -> Moment:
    found = MOMENTS.get(path)
    if found is None:
        raise NotFound("moment_unknown", _("Un diagnostic est de début ou de fin."))
    return found


MOMENT = "/<any(debut, fin):moment>"
ROUTES = (
    Route("GET", "", show, Role.LECTRICE),
    Route("POST", "/ouvrir", open_one, Role.REFERENTE),
    Route("POST", f"{MOMENT}/version", move, Role.REFERENTE),
    Route("GET", f"{MOMENT}/commune", agree, Role.REFERENTE),
    Route("POST", f"{MOMENT}/commune", keep_agreed, Role.REFERENTE),
    Route("POST", "/repare", mend, Role.REFERENTE),
    Route("POST", f"{MOMENT}/retirer", withdraw, None),
    Route("POST", f"{MOMENT}/rouvrir", reopen, None),
)
