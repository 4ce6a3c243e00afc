"""The consent to be told of sales, noted on a person's card with its words and its evidence, or taken back."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role, Space
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.consent import agreeing, service
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts import service as contacts
from app.contacts.models import Contact
from app.contacts.panels import Panel, Provider
from app.database.ids import ContactId
from app.errors import RuleBroken
from app.french.language import _
from app.french.typography import show_day
from app.web.requests import runtime

blueprint = Blueprint("agreeing", __name__, url_prefix="/e/<slug>/benevoles")

MAX_WORDING, MAX_EVIDENCE = 500, 200
CHANNELS = {
    Channel.PAPER: _("Sur papier"),
    Channel.FORM: _("Par un formulaire"),
    Channel.SPOKEN: _("De vive voix"),
}
"""How somebody may have agreed when a volunteer writes it down."""


@blueprint.get("/<int:contact_id>/accord-ventes")
@needs(Role.EQUIPIERE)
def ask(contact_id: ContactId) -> ResponseReturnValue:
    return _form(contact_id)


@blueprint.post("/<int:contact_id>/accord-ventes")
@needs(Role.EQUIPIERE)
def note(contact_id: ContactId) -> ResponseReturnValue:
    """Write the consent in the ledger, or that it is taken back."""
    given = request.form.get("given") == "1"
    try:
        with runtime().database.transaction() as session:
            contact = contacts.get(session, space().id, contact_id)
            wording, evidence, channel = _typed() if given else ("", "", Channel.SPOKEN)
            service.agree(
                session, space().id, contact.fingerprint, family=Family.COMMERCIAL, given=given, channel=channel,
                wording=wording, evidence=evidence, by=principal(), now=utc_now(), contact_id=contact.id,
            )  # fmt: skip
    except REFUSALS as error:
        return _form(contact_id, Refused.by(error))
    done = _("C'est noté : les SMS qui vendent peuvent lui partir.") if given else _("C'est noté : accord retiré.")
    flash(done, "success")
    return redirect(url_for("contacts.show", slug=space().slug, contact_id=contact_id))


def _typed() -> tuple[str, str, Channel]:
    """Words, evidence and way of a consent. Raises RuleBroken for one that nobody could prove."""
    wording = request.form.get("wording", "").strip()[:MAX_WORDING]
    evidence = request.form.get("evidence", "").strip()[:MAX_EVIDENCE]
    errors = {}
    if not wording:
        errors["wording"] = _("Écrivez la phrase que la personne a lue ou entendue.")
    if not evidence:
        errors["evidence"] = _("Dites où est la preuve : « bulletin du 12 mars, classeur vert ».")
    chosen = request.form.get("channel", "")
    if chosen not in list(CHANNELS):
        errors["channel"] = _("Choisissez comment elle l'a dit.")
    if errors:
        raise RuleBroken("consent_unproved", next(iter(errors.values())), fields=errors)
    return wording, evidence, Channel(chosen)


def _form(contact_id: ContactId, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        contact = contacts.get(session, space().id, contact_id)
        return show(
            "consent/agree.html",
            refused,
            contact=contact,
            agreed=bool(service.consenting(session, space().id, [contact.fingerprint])),
            channels=[(channel.value, words) for channel, words in CHANNELS.items()],
            max={"wording": MAX_WORDING, "evidence": MAX_EVIDENCE},
        )


def _panels(session: Session, space: Space, contact: Contact) -> Sequence[Panel]:
    address = url_for("agreeing.ask", slug=space.slug, contact_id=contact.id)
    entry = agreeing.latest(session, space.id, contact.fingerprint)
    if entry is None:
        sentence = _("Aucun accord noté : les SMS qui vendent ne lui partent pas.")
        return [Panel(_("Ventes"), (sentence,), forms=((_("Noter son accord"), address),))]
    day = show_day(entry.at, ZoneInfo(space.zone))
    said = _("Accord noté le %(day)s : « %(words)s ».", day=day, words=entry.wording)
    proof = (_("Preuve : %(words)s.", words=entry.evidence),) if entry.evidence else ()
    return [Panel(_("Ventes"), (said, *proof), forms=((_("Noter qu'elle retire son accord"), address),))]


PANELS = Provider(panels=_panels)
