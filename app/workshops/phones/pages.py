"""« Téléphones »: the pretend phones of a space, each with its texts, and what one may write back."""

import re
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts import activity
from app.accounts.models import Mode, Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.errors import NotFound
from app.french.elision import of_name
from app.french.language import _
from app.web import zones
from app.web.edge import unchanged
from app.web.requests import number_argument, runtime
from app.workshops import acts
from app.workshops.phones import phonebook, sealing, showing
from app.workshops.phones.client import Conversation, Handsets, SimulatorSilent, can_be_answered

blueprint = Blueprint("handsets", __name__, url_prefix="/e/<slug>/telephones")

ON_A_PAGE = 24
LAST_PAGE = 1000
"""Past the 10,000 fiction numbers that a practice space may hold."""
TEXTS_SHOWN = 100
LONGEST_REPLY = 1600
QUICK = ("OUI", "NON", "STOP", "c'est qui ?")
SILENT = "silence"
"""The mark of a page that said the simulator does not answer."""
_NUMBER = re.compile(r"[1-9][0-9]{6,14}")


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)
    app.add_template_filter(showing.linked, "linked")
    app.add_template_filter(showing.without_links)
    app.add_template_filter(showing.number, "handset_number")
    app.add_template_filter(lambda at: showing.when(at, zones.here()), "landed")
    app.add_template_filter(sealed, "sealed")
    app.add_template_filter(of_name)


@blueprint.get("")
@needs(Role.LECTRICE)
def wall() -> ResponseReturnValue:
    """The phones, the latest to ring first; with htmx, only the part that moves, and only when it has."""
    words, page = request.args.get("q", "").replace("\0", "").strip()[:80], _page()
    found: dict[str, Any] = {"phones": [], "names": {}, "more": False, "mark": SILENT}
    try:
        with Handsets(space(), runtime().settings) as handsets:
            mark = str(handsets.changes())
            if nothing_new := unchanged(mark):
                return nothing_new
            found = {**_listed(handsets, words, page), "mark": mark}
    except SimulatorSilent:
        if nothing_new := unchanged(SILENT):
            return nothing_new
    template = "workshops/_handsets.html" if request.args.get("part") else "workshops/handsets.html"
    return render_template(template, words=words, page=page, **found)


@blueprint.get("/<handset>")
@needs(Role.LECTRICE)
def phone(handset: str) -> ResponseReturnValue:
    """One phone and all its texts."""
    number = _number(handset)
    if handset != sealed(number):
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        return redirect(f"{_address(number)}{query}")
    return _phone_page(number)


@blueprint.post("/<handset>/repondre")
@needs(Role.EQUIPIERE)
def reply(handset: str) -> ResponseReturnValue:
    """Write on the phone, as its owner would."""
    phone_number = _number(handset)
    body = request.form.get("body", "").replace("\0", "").replace("\r\n", "\n").strip()
    error = ""
    if not body:
        error = _("Écrivez une réponse, ou choisissez-en une.")
    elif len(body) > LONGEST_REPLY:
        error = _("Cette réponse est trop longue : 1 600 caractères au plus.")
    if error:
        return _phone_page(phone_number, error=error, typed=body)
    try:
        with Handsets(space(), runtime().settings) as handsets:
            conversation = _conversation(handsets, phone_number)
            if not _answerable(conversation):
                flash(_why_not(conversation), "error")
                return redirect(_address(phone_number))
            handsets.reply(phone_number, to=_answerable(conversation), body=body)
    except SimulatorSilent:
        sentence = _("Le simulateur ne répond pas : votre réponse n'est pas partie. Réessayez dans un instant.")
        return _phone_page(phone_number, error=sentence, typed=body)
    with runtime().database.transaction() as session:
        activity.record(session, space().id, acts.HANDSET_REPLIED, by=principal(), now=utc_now())
    return redirect(_address(phone_number))


def _listed(handsets: Handsets, words: str, page: int) -> dict[str, Any]:
    """One page of the wall. A search looks through every phone; without one the simulator counts for us."""
    every = bool(words) or space().mode != "practice"
    phones = handsets.phones(limit=None if every else page * ON_A_PAGE + 1)
    first = (page - 1) * ON_A_PAGE
    with runtime().database.snapshot() as session:
        phones = phonebook.own_phones(session, space(), phones)
        if words:
            phones = phonebook.search(session, space(), phones, words)
        shown = phones[first : first + ON_A_PAGE]
        names = phonebook.names(session, space().id, {one.number for one in shown})
    return {"phones": shown, "names": names, "more": len(phones) > first + ON_A_PAGE}


def _phone_page(number: str, *, error: str = "", typed: str = "") -> ResponseReturnValue:
    conversation, mark = Conversation(number, (), ()), SILENT
    try:
        with Handsets(space(), runtime().settings) as handsets:
            mark = str(handsets.changes())
            if nothing_new := unchanged(mark):
                return nothing_new
            conversation = _conversation(handsets, number)
    except SimulatorSilent:
        if nothing_new := unchanged(SILENT):
            return nothing_new
    with runtime().database.snapshot() as session:
        known = bool(conversation.texts) or phonebook.is_known(session, space(), number)
        name = phonebook.names(session, space().id, {number}).get(number, "")
    if not known:
        raise NotFound("handset_unknown", _("Ce téléphone n'est pas de cet espace."))
    page = render_template(
        "workshops/_handset.html" if request.args.get("part") else "workshops/handset.html",
        conversation=conversation,
        name=name,
        mark=mark,
        sender=_answerable(conversation),
        last_sender=_last_sender(conversation),
        quick=QUICK,
        longest=LONGEST_REPLY,
        error=error,
        typed=typed,
    )
    return page, 422 if error else 200


def _conversation(handsets: Handsets, number: str) -> Conversation:
    whole = handsets.conversation(number, limit=TEXTS_SHOWN)
    with runtime().database.snapshot() as session:
        return phonebook.own_conversation(session, space(), whole)


def _last_sender(conversation: Conversation) -> str:
    return next((text.sender for text in reversed(conversation.texts) if not text.mine), "")


def _answerable(conversation: Conversation) -> str:
    """To whom a reply would go: whoever wrote last, unless that is a name."""
    sender = _last_sender(conversation)
    return sender if can_be_answered(sender) else ""


def _why_not(conversation: Conversation) -> str:
    if _last_sender(conversation):
        return _("On ne peut pas répondre à ce SMS : son expéditeur est un nom.")
    return _("Ce téléphone n'a encore rien reçu : il n'y a personne à qui répondre.")


def _page() -> int:
    return min(max(1, number_argument("page") or 1), LAST_PAGE)


def sealed(number: str) -> str:
    """A phone of this space as its address names it."""
    return sealing.seal(number, key=runtime().settings.secret_key, space_id=space().id)


def _number(handset: str) -> str:
    """The phone that an address names, in E.164; in practice, by the number that addresses held before too.

    Raises NotFound for what is none.
    """
    if space().mode is Mode.PRACTICE and _NUMBER.fullmatch(handset):
        return f"+{handset}"
    number = sealing.unseal(handset, key=runtime().settings.secret_key, space_id=space().id)
    if number is None:
        raise NotFound("handset_unknown", _("Ce téléphone n'est pas de cet espace."))
    return number


def _address(number: str) -> str:
    return url_for(".phone", slug=space().slug, handset=sealed(number))
