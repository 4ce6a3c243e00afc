"""« Déposer », the third page of an application, and what becomes of it: its receipt, its decision. No cookie."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.principal import BY_LINK, job
from app.accounts.web.guards import signed
from app.clock import utc_now
from app.contacts.phone import show_phone
from app.database.ids import SpaceId
from app.errors import Conflict, NotFound, RuleBroken, TooMany
from app.french.language import _
from app.programme.applications import filing, numbers, questions, reviewing, rules, service, starting
from app.programme.applications.kept import entering
from app.programme.applications.states import State, Who
from app.programme.applications.web.link_guards import SECRET, Opened, not_found, opened, reach
from app.programme.applications.web.schemas import ReasonForm
from app.web.problems import errors_of
from app.web.requests import number_field, runtime

blueprint = Blueprint("application", __name__, url_prefix="/candidature/<token>")


def register(csrf: CSRFProtect) -> Blueprint:
    """The secret of the address stands for the form token, which would need a cookie."""
    csrf.exempt(blueprint)
    return blueprint


@blueprint.get("")
@signed(SECRET)
def arrive(token: str) -> ResponseReturnValue:
    """A draft opens where something is missing; any other where its state is told."""
    with runtime().database.snapshot() as session:
        at = opened(session, token)
        sheet = service.sheet(session, at.application)
    first = sheet.missing[0].page.value if at.application.state is State.DRAFT and sheet.missing else "deposer"
    if first == "deposer":
        return redirect(url_for(".review", token=token), 303)
    return redirect(url_for("application_form.fill_in", token=token, page=first), 303)


@blueprint.get("/deposer")
@signed(SECRET)
def review(token: str) -> ResponseReturnValue:
    """All of it read again, what is missing, and the button; then the receipt, and the decision once published."""
    return _review_page(token)


@blueprint.post("/deposer")
@signed(SECRET)
def file(token: str) -> ResponseReturnValue:
    """Pressed twice, it files once and shows one receipt."""
    try:
        with runtime().database.transaction() as session:
            at = opened(session, token, lock=True)
            filing.file(
                session, at.application, at.cohort, name=at.link.name, programme=at.programme,
                settings=runtime().settings, now=utc_now(), read=number_field("form"),
            )  # fmt: skip
    except (RuleBroken, Conflict) as wrong:
        return _review_page(token, errors_of(wrong), status=409 if isinstance(wrong, Conflict) else 422)
    return redirect(url_for(".review", token=token, fait="depose"), 303)


@blueprint.post("/desister")
@signed(SECRET)
def withdraw(token: str) -> ResponseReturnValue:
    """It goes no further, by its own association."""
    try:
        reason = ReasonForm().load(request.form)["reason"]
        with runtime().database.transaction() as session:
            at = opened(session, token, lock=True)
            filing.withdraw(
                session, at.application, at.cohort, who=Who.APPLICANT, reason=reason, space_id=_space_id(at),
                by=job(BY_LINK), now=utc_now(),
            )  # fmt: skip
    except (RuleBroken, Conflict) as wrong:
        return _review_page(token, errors_of(wrong), status=422)
    return redirect(url_for(".review", token=token, fait="desiste"), 303)


@blueprint.post("/reprendre")
@signed(SECRET)
def take_up(token: str) -> ResponseReturnValue:
    """Out of the bin, or withdrawn after all."""
    try:
        with runtime().database.transaction() as session:
            at = opened(session, token, lock=True)
            filing.take_up(
                session, at.application, at.cohort, name=at.link.name, space_id=_space_id(at), now=utc_now()
            )  # fmt: skip
    except (RuleBroken, Conflict) as wrong:
        return _review_page(token, errors_of(wrong), status=409)
    return redirect(url_for(".arrive", token=token), 303)


@blueprint.post("/lien")
@signed(SECRET)
def send_link(token: str) -> ResponseReturnValue:
    """« Recevoir le lien par SMS », on the number on file, for another device or a colleague."""
    try:
        with runtime().database.transaction() as session:
            at = opened(session, token, lock=True)
            told = starting.send_link(
                session, at.application, name=at.link.name, programme=at.programme, settings=runtime().settings,
                now=utc_now(),
            )  # fmt: skip
    except TooMany as wrong:
        return _review_page(token, errors_of(wrong), status=429)
    return redirect(url_for(".review", token=token, fait="lien" if told.mailing_id else "sans-sms"), 303)


@blueprint.post("/espace")
@signed(SECRET)
def enter_space(token: str) -> ResponseReturnValue:
    """A kept association enters its space: a fresh invitation of its contact, which proves who they are."""
    now = utc_now()
    try:
        with runtime().database.transaction() as session:
            at = opened(session, token, lock=True)
            space = entering.space_of(session, at.application)
            if space is None:
                raise Conflict("no_space", _("Cette association n'a pas d'espace à ouvrir ici."))
            if not entering.is_proven(session, at.application, at.link):
                raise Conflict("link_of_before", _("L'espace s'ouvre par le lien du SMS de la décision."))
            word = entering.invite_anew(session, at.application, space, now=now)
    except RuleBroken:  # they are in already, or their account is not theirs to make
        return redirect("/connexion", 303)
    except Conflict as wrong:
        return _review_page(token, errors_of(wrong), status=409)
    return redirect(f"/bienvenue/{word}", 303)


blueprint.register_error_handler(NotFound, not_found)


def _space_id(at: Opened) -> SpaceId | None:
    return at.programme.id if at.programme else None


def _review_page(token: str, errors: Mapping[str, str] | None = None, *, status: int = 200) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        at = opened(session, token)
        sheet = service.sheet(session, at.application)
        filings = service.filings(session, at.application.id)
        decisions = [one for one in reviewing.decisions_of(session, at.application.id) if one.published_at is not None]
        space = entering.space_of(session, at.application)
        is_proven = entering.is_proven(session, at.application, at.link)
        has_left = entering.has_left(session, at.application)
    editable = service.editable(at.application, at.cohort, now=now)
    page = render_template(
        "programme/applications/review.html",
        at=at, application=at.application, cohort=at.cohort, sheet=sheet, token=token,
        errors=errors or {}, missing=sheet.missing, label_of=filing.label_of, conditions=rules.CONDITIONS,
        sections=questions.SECTIONS, fields=sheet.form.fields, shown=questions.shown,
        asked=rules.asked,
        filing=filings[0] if filings else None,
        is_changed=bool(filings) and filing.is_changed(filings[0], sheet),
        editable={one.section for one in sheet.form.fields if editable is None or one.key in editable},
        is_closed=editable == frozenset(), in_time=rules.is_in_time(at.cohort.applications_close_at, now),
        decision=decisions[0] if decisions else None, space=space, is_proven=is_proven, has_left=has_left,
        reach=reach(at.programme),
        masked=numbers.masked(show_phone(at.application.contact_phone)),
        done=request.args.get("fait", ""), states=State,
    )  # fmt: skip
    return page, status
