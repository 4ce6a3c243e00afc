"""What an expired link still opens: a way to say « no more texts » by typing the number."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import secrets
from app.accounts.principal import BY_LINK, job
from app.accounts.signing import throttle
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts.phone import read_phone
from app.errors import RuleBroken
from app.french.language import _
from app.links.pages import LinkPage, Visit
from app.messaging.inbox import replies
from app.web.requests import runtime


def _show(visit: Visit, *, error: str = "", done: bool = False) -> str:
    return render_template(
        "messaging/late.html",
        association=visit.space.name,
        practice=visit.space.mode == "practice",
        visited=visit.space,
        address=f"/r/{visit.token}",
        typed=request.form.get("phone", "")[:40],
        error=error,
        done=done,
    )


def _act(visit: Visit) -> ResponseReturnValue:
    """The number of the text is obeyed at once; any other is put before a person, who may know whose it is."""
    try:
        phone = read_phone(request.form.get("phone", ""))
    except RuleBroken as refusal:
        return _show(visit, error=refusal.sentence), 422
    now, settings = utc_now(), runtime().settings
    mark = secrets.fingerprint(phone, key=settings.fingerprint_key)
    with runtime().database.transaction() as session:
        if mark == visit.link.fingerprint:
            consent.object_to(
                session, visit.space.id, mark, channel=Channel.LINK, by=job(BY_LINK), now=now,
                contact_id=visit.link.contact_id, wording=_("Ne plus recevoir de SMS"),
            )  # fmt: skip
        else:
            throttle.take(session, f"late-link:{visit.link.id}", now=now)
            words = _("Demande faite par le lien d'un ancien SMS : plus de SMS vers ce numéro.")
            replies.ask_a_person(session, visit.space, phone=phone, body=words, now=now)
    return _show(visit, done=True)


LATE_PAGE = LinkPage(show=_show, act=_act)
