"""What the link of a confirmation shows: who signed up, with what words, and two buttons."""

from functools import partial

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.consent.pages import OPT_OUT_PAGE
from app.contacts.options import AVAILABILITY, told
from app.french.language import _
from app.links.pages import LinkPage, Visit
from app.signup import confirming, service
from app.web.requests import runtime, ticked

CONFIRM, FORGET, SMS = "confirm", "forget", "sms"


def _show(visit: Visit) -> ResponseReturnValue:
    return _page(visit)


def _act(visit: Visit) -> ResponseReturnValue:
    """Their word about the sign-up; what concerns texts is the business of the way out."""
    choice = request.form.get("choice", "")
    if choice not in (CONFIRM, FORGET):
        return OPT_OUT_PAGE.act(visit)
    space, mark, now = visit.space, visit.link.fingerprint, utc_now()
    if choice == FORGET:
        with runtime().database.transaction() as session:
            confirming.forget(session, space.id, mark, now=now)
        return _page(visit, done=FORGET)
    ids = ticked("person")
    with runtime().database.transaction() as session:
        confirming.confirm(session, space, ids, fingerprint=mark, settings=runtime().settings, now=now)
    return _page(visit, error="" if ids else _("Cochez au moins un prénom."))


SIGN_UP_PAGE = LinkPage(show=_show, act=_act, beside={SMS: OPT_OUT_PAGE.show})


def _page(visit: Visit, *, done: str = "", error: str = "") -> ResponseReturnValue:
    space, mark = visit.space, visit.link.fingerprint
    with runtime().database.snapshot() as session:
        waiting = confirming.pending(session, space.id, mark, now=utc_now())
        page = render_template(
            "signup/confirm.html",
            association=space.name,
            practice=space.mode == "practice",
            visited=space,
            address=f"/r/{visit.token}",
            waiting=waiting,
            own_id=visit.link.subject_id,
            is_confirmed=confirming.was_confirmed(session, space.id, mark),
            again=service.address("", space) if service.get(session, space.id).is_open else "",
            shown_availability=partial(told, AVAILABILITY),
            done=done,
            error=error,
        )
    return page, 422 if error else 200
