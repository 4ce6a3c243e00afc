"""The invitation of a mission by SMS, read over before anything leaves: who gets it and who not, its price, when."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role, Space
from app.accounts.web.guards import needs, principal, space
from app.audiences.people import LEFT_OUT_WORDS
from app.campaigns.review_pages import lacking
from app.clock import utc_now
from app.database.ids import EventId, MailingId
from app.errors import Conflict, RuleBroken
from app.events import inviting, service
from app.events.models import Event
from app.events.placeholders import USUAL_INVITATION, fit
from app.events.reviewing import Review
from app.french.language import _
from app.web.edge import etag
from app.web.problems import errors_of, problem_of
from app.web.requests import runtime

blueprint = Blueprint("event_invite", __name__, url_prefix="/e/<slug>/dates/<int:event_id>")


@blueprint.get("/personnes/inviter")
@needs(Role.EQUIPIERE)
def review(event_id: EventId) -> ResponseReturnValue:
    """What the usual invitation would do."""
    return _page(event_id, None)


@blueprint.post("/personnes/inviter")
@needs(Role.EQUIPIERE)
def invite(event_id: EventId) -> ResponseReturnValue:
    """Invite those whom the page showed; another text, and what has changed since, is shown first."""
    body, seen = request.form.get("invitation", ""), request.form.get("version", "")
    if not seen:
        return _page(event_id, body)
    words: Any = {"body": body, "settings": runtime().settings, "now": utc_now()}
    try:
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            inviting.check_seen(session, event, request.form.get("seen", ""))
            check_version(event, inviting.review(session, space(), event, **words), body, seen)
            inviting.send(session, space(), event, by=principal(), **words)
    except (RuleBroken, Conflict) as wrong:
        return _page(event_id, body, wrong)
    return redirect(url_for("events.show", slug=space().slug, event_id=event_id))


@blueprint.post("/envois/<int:mailing_id>/arreter")
@needs(Role.EQUIPIERE)
def stop(event_id: EventId, mailing_id: MailingId) -> ResponseReturnValue:
    """« Arrêter », in the thirty seconds: what has not left does not leave."""
    with runtime().database.transaction() as session:
        event = service.get(session, space().id, event_id, lock=True)
        in_time = inviting.stop(session, space(), event, mailing_id, by=principal(), now=utc_now())
    say_stopped(in_time)
    return redirect(url_for("events.show", slug=space().slug, event_id=event_id))


def say_stopped(in_time: bool) -> None:
    """What stopping a mailing came to."""
    if in_time:
        flash(_("Arrêté à temps : aucun SMS n'est parti."), "success")
    else:
        flash(_("Arrêté. Les SMS déjà partis ne se rattrapent pas."), "info")


def version(event: Event, found: Review, body: str) -> str:
    """Of all that a review shows before somebody presses."""
    people, apart = [one.id for one in found.people], [one.id for one, _reason in found.left_out]
    return etag(people, apart, body, service.rendezvous(event), event.title, found.price_micros, bool(found.departure))


def check_version(event: Event, found: Review, body: str, seen: str) -> None:
    """Raises Conflict when a review would show something else by now, RuleBroken for who would get it too late."""
    if version(event, found, body) != seen:
        raise Conflict("review_changed", _("La mission ou sa liste a changé entre-temps : relisez, puis confirmez."))
    if found.too_late:
        raise RuleBroken("news_late", _("Les heures d'envoi rouvrent trop tard : appelez ces personnes."))


def invite_words(
    session: Session, here: Space, event: Event, typed: str | None, usual: str, refusal: RuleBroken | Conflict | None
) -> tuple[dict[str, object], int]:
    """What ``events/_invite.html`` shows of the invitation to an event of ``here``, and the page's status."""
    body, found, now = fit(usual, event) if typed is None else typed, None, utc_now()
    try:
        found = inviting.review(session, here, event, body=body, settings=runtime().settings, now=now)
    except RuleBroken as wrong:
        refusal = refusal or wrong
    errors = errors_of(refusal) if refusal else {}
    if "body" in errors:
        errors["invitation"] = errors.pop("body")
    words = {
        "event": event,
        "body": body,
        "sender": here.sender,
        "errors": errors,
        "review": found,
        "version": version(event, found, body) if found else "",
        "seen": inviting.word_of(inviting.untold(session, event)),
        "left_out_words": LEFT_OUT_WORDS,
    }
    return words, problem_of(refusal).status if refusal else 200


def _page(event_id: EventId, typed: str | None, refusal: RuleBroken | Conflict | None = None) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        event = service.get(session, space().id, event_id)
        words, status = invite_words(session, space(), event, typed, USUAL_INVITATION, refusal)
        return render_template("events/invite.html", lacking=lacking(session, now=utc_now()), **words), status
