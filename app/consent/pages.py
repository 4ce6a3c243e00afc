"""Opting out, by link or by the hand of somebody who was told; and what contact pages say of it."""

from collections.abc import Mapping, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role, Space
from app.accounts.principal import BY_LINK, job
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.consent import agreeing_pages, following, ledger, service
from app.consent.models import Channel, OptOut
from app.consent.words import sensitive_words
from app.contacts import service as contacts
from app.contacts.models import Contact
from app.contacts.panels import Action, Badge, Column, Panel, Provider
from app.database.ids import ContactId
from app.errors import RuleBroken
from app.french.language import _
from app.french.typography import show_instant
from app.links.pages import LinkPage, Visit
from app.web.requests import runtime

blueprint = Blueprint("consent", __name__, url_prefix="/e/<slug>/benevoles")

STOP, MISSIONS, MISTAKE = "stop", "missions", "mistake"
_WORDINGS = {
    STOP: _("Ne plus recevoir de SMS"),
    MISSIONS: _("Seulement mes missions"),
    MISTAKE: _("C'était une erreur"),
}
OUT = Badge("opted_out", _("Ne veut plus de SMS"), "failed")
SOME = Badge("only_missions", _("Seulement ses missions"), "doubt")


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Opt-outs stand on contact pages too."""
    app.register_blueprint(blueprint)
    app.register_blueprint(agreeing_pages.blueprint)


@blueprint.post("/<int:contact_id>/plus-de-sms")
@needs(Role.EQUIPIERE)
def opt_out(contact_id: ContactId) -> ResponseReturnValue:
    """Somebody said so, in person or on the phone."""
    with runtime().database.transaction() as session:
        contact = contacts.get(session, space().id, contact_id)
        service.object_to(
            session, space().id, contact.fingerprint,
            channel=Channel.SPOKEN, by=principal(), now=utc_now(), contact_id=contact.id,
        )  # fmt: skip
    flash(_("C'est noté : plus aucun SMS ne partira vers ce téléphone."), "success")
    return redirect(url_for("contacts.show", slug=space().slug, contact_id=contact_id))


@blueprint.post("/<int:contact_id>/reprendre")
@needs(Role.REFERENTE)
def take_back(contact_id: ContactId) -> ResponseReturnValue:
    """The person asked to be reachable again."""
    with runtime().database.transaction() as session:
        contact = contacts.get(session, space().id, contact_id)
        service.restore(
            session, space().id, contact.fingerprint,
            channel=Channel.SPOKEN, by=principal(), now=utc_now(), contact_id=contact.id,
        )  # fmt: skip
    flash(_("C'est noté : cette personne peut de nouveau recevoir des SMS."), "success")
    return redirect(url_for("contacts.show", slug=space().slug, contact_id=contact_id))


def _show_link(visit: Visit) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return _link_page(session, visit)


def _act_link(visit: Visit) -> ResponseReturnValue:
    choice = request.form.get("choice", "")
    if choice not in _WORDINGS:
        raise RuleBroken("choice_unknown", _("Choisissez l'un des boutons de la page."))
    link, now, by = visit.link, utc_now(), job(BY_LINK)
    act = service.restore if choice == MISTAKE else service.object_to
    if choice == MISSIONS:
        act = partial(service.object_to, only_missions=True)
    with runtime().database.transaction() as session:
        act(
            session, visit.space.id, link.fingerprint,
            channel=Channel.LINK, by=by, now=now, contact_id=link.contact_id, wording=_WORDINGS[choice],
        )  # fmt: skip
    with runtime().database.snapshot() as session:
        return _link_page(session, visit, done=choice)


OPT_OUT_PAGE = LinkPage(show=_show_link, act=_act_link)


def _link_page(session: Session, visit: Visit, done: str = "") -> str:
    return render_template(
        "consent/opt_out.html",
        association=visit.space.name,
        practice=visit.space.mode == "practice",
        visited=visit.space,
        address=f"/r/{visit.token}",
        opt_out=service.find(session, visit.space.id, visit.link.fingerprint),
        done=done,
    )


def _badges(session: Session, space: Space, people: Sequence[Contact]) -> Mapping[int, Badge]:
    by_phone = _opt_outs(session, space, people)
    return {
        person.id: SOME if by_phone[person.fingerprint].only_missions else OUT
        for person in people
        if person.fingerprint in by_phone
    }


def _panels(session: Session, space: Space, contact: Contact) -> Sequence[Panel]:
    found = service.find(session, space.id, contact.fingerprint)
    if found is None:
        stop = Action(_("Ne plus lui envoyer de SMS"), _address("opt_out", space, contact), "danger quiet")
        may = _("Cette personne peut recevoir vos SMS.")
        return [Panel(_("SMS"), (may, *following.sharing(session, contact)), (stop,))]
    sentences = [
        _("Depuis le %(when)s.", when=show_instant(found.at, ZoneInfo(space.zone))),
        *_history(session, space, found),
    ]
    back = Action(_("Elle veut de nouveau des SMS"), _address("take_back", space, contact), is_managers=True)
    return [Panel(_("SMS"), tuple(sentences), (back,), SOME if found.only_missions else OUT)]


def _address(act: str, space: Space, contact: Contact) -> str:
    return url_for(f"consent.{act}", slug=space.slug, contact_id=contact.id)


def _warnings(text: str) -> Sequence[str]:
    found = sensitive_words(text)
    if not found:
        return ()
    sentence = _("« %(words)s » : notez seulement ce qui sert à la mission. La santé, l'origine, la religion ou les "
                 "difficultés d'une personne n'ont pas leur place ici.", words=", ".join(found))  # fmt: skip
    return (sentence,)


def _opt_outs(session: Session, space: Space, people: Sequence[Contact]) -> Mapping[str, OptOut]:
    phones = {person.fingerprint for person in people}
    return {row.fingerprint: row for row in service.opt_outs(session, space.id, phones)}


def _history(session: Session, space: Space, found: OptOut) -> list[str]:
    latest = service.latest_objection(session, space.id, found.fingerprint)
    if latest is None:
        return []
    how = _("%(how)s.", how=_CHANNEL_WORDS[latest.channel])
    if not ledger.is_from_elsewhere(latest.wording):
        return [how]
    mistake = _("Si ce n'était pas cette personne, la référente peut noter qu'elle veut de nouveau des SMS.")
    return [how, _("Dit depuis un autre numéro."), mistake]


_CHANNEL_WORDS = {
    Channel.PAPER: _("Sur papier"),
    Channel.FORM: _("Par un formulaire"),
    Channel.SPOKEN: _("De vive voix"),
    Channel.SMS: _("Par un SMS reçu"),
    Channel.LINK: _("Par le lien de ses SMS"),
    Channel.CARRIER: _("Auprès de l'opérateur"),
    Channel.IMPORT: _("Par un fichier importé"),
}


def _objecting(session: Session, space: Space, people: Sequence[Contact], *, only_missions: bool) -> Mapping[int, str]:
    said = _opt_outs(session, space, people)
    return {
        one.id: _("oui")
        for one in people
        if one.fingerprint in said and said[one.fingerprint].only_missions is only_missions
    }


def _agreed(session: Session, space: Space, people: Sequence[Contact]) -> Mapping[int, str]:
    said = service.consenting(session, space.id, {one.fingerprint for one in people})
    return {one.id: _("oui") for one in people if one.fingerprint in said}


COLUMNS: dict[str, Column] = {
    _("Ne veut plus de SMS"): partial(_objecting, only_missions=False),
    _("Seulement ses missions"): partial(_objecting, only_missions=True),
    _("Accord pour les ventes"): _agreed,
}
"""Of an export; an import reads the first two again as the objections that they are."""

PANELS = Provider(badges=_badges, panels=_panels, warnings=_warnings, columns=COLUMNS)
