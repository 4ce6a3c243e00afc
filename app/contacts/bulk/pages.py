"""Many people at once: choose what changes, confirm it with its number, undo it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import panels, tags
from app.contacts import service as contacts
from app.contacts.bulk import choosing, forms, noting, sentences, service
from app.contacts.bulk.choosing import Seen
from app.contacts.bulk.forms import Asked
from app.contacts.bulk.models import Change
from app.contacts.bulk.noting import Target
from app.contacts.bulk.service import Undone, Words
from app.contacts.models import Contact
from app.contacts.phone import show_phone
from app.contacts.selections import selections_of
from app.errors import RuleBroken
from app.french.language import _, ngettext
from app.web.requests import runtime

blueprint = Blueprint("bulk", __name__, url_prefix="/e/<slug>/benevoles/ensemble")
NAMED = 5
"""People whom a sentence names."""


@blueprint.get("")
@needs(Role.EQUIPIERE)
def choose() -> ResponseReturnValue:
    """Those ticked, or all that a search or a saved rule finds; ``cochees`` without anybody is not everybody."""
    if request.args.get("cochees") and not forms.ids():
        flash(_("Cochez au moins une personne."), "info")
        return redirect(url_for("contacts.browse", slug=space().slug))
    return _choose()


@blueprint.post("/verifier")
@needs(Role.EQUIPIERE)
def confirm() -> ResponseReturnValue:
    """The change in a sentence, with its number; a value still to be said is asked first. Nothing is done yet."""
    try:
        asked = forms.asked()
        with runtime().database.snapshot() as session:
            choice = forms.choice(session, space(), now=utc_now())
            seen = choosing.look(session, space().id, choice)
            choosing.check(asked.change, seen.people)
            if asked.change in service.NOTING:
                return _confirm_noting(session, asked, seen, choice)
            sentence = sentences.question(asked.change, _name(session, asked), "", seen.people)
            return show(
                "contacts/bulk_confirm.html", asked=asked, seen=seen, sentence=sentence, sent=forms.sent(), noted=None
            )
    except REFUSALS as error:
        return _choose(Refused.by(error))


@blueprint.post("/faire")
@needs(Role.EQUIPIERE)
def do() -> ResponseReturnValue:
    now = utc_now()

    def take_back(session: Session, contact: Contact) -> None:
        panels.take_back(session, contact, now=now)

    try:
        asked = forms.asked()
        with runtime().database.transaction() as session:
            choice = forms.choice(session, space(), now=now)
            words, etag = _words(session, asked), request.form.get("etag", "")
            edit = service.apply(
                session,
                space(),
                choice,
                asked.change,
                etag=etag,
                words=words,
                take_back=take_back,
                by=principal(),
                now=now,
            )
    except REFUSALS as error:
        return _choose(Refused.by(error))
    return redirect(url_for("bulk.show_one", slug=space().slug, edit_id=edit.id))


@blueprint.get("/<int:edit_id>")
@needs(Role.LECTRICE)
def show_one(edit_id: int) -> ResponseReturnValue:
    return _one(edit_id)


@blueprint.post("/<int:edit_id>/annuler")
@needs(Role.EQUIPIERE)
def undo(edit_id: int) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            edit = service.get(session, space().id, edit_id)
            undone = service.undo(session, edit, by=principal(), now=utc_now())
            kept = _kept_sentence(session, undone)
    except REFUSALS as error:
        return _one(edit_id, Refused.by(error))
    back = undone.back
    flash(ngettext("C'est annulé pour %(n)s personne.", "C'est annulé pour %(n)s personnes.", back), "success")
    if kept:
        flash(kept, "warning")
    return redirect(url_for("bulk.show_one", slug=space().slug, edit_id=edit_id))


def _choose(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        worn, made = choosing.names(session, space().id)
        try:
            seen = choosing.look(session, space().id, forms.choice(session, space(), now=utc_now()))
        except RuleBroken as broken:
            seen, refused = Seen(0, ""), Refused.by(broken)
        return show(
            "contacts/bulk.html",
            refused,
            seen=seen,
            sent=forms.sent(),
            segment=dict(forms.sent()).get("selection", ""),
            segments=list(selections_of(session).named(session, space()).items()),
            tags=worn,
            lists=made,
            targets=[(one.key, one.label) for one in noting.targets(session, space().id)],
        )


def _confirm_noting(session: Session, asked: Asked, seen: Seen, choice: choosing.Choice) -> ResponseReturnValue:
    """The page that asks the value, or, once it is said, what becomes of what is known."""
    target = noting.get(session, space().id, asked.field)
    if asked.wants_value:
        return _ask_value(asked, target, seen)
    try:
        value = noting.read(target, asked.typed) if asked.change is Change.NOTE else None
    except RuleBroken as broken:
        return _ask_value(asked, target, seen, Refused.by(broken))
    ids = choosing.ids_of(session, space().id, choice)
    before = noting.differing(session, space().id, target, value, ids)
    known = [one for one in before.values() if one is not None]
    most_said = noting.most_said(target, known)
    noted = {
        "changing": len(before),
        "replaced": len(known),
        "most_said": most_said,
        "rest": len(known) - sum(people for _words, people in most_said),
    }
    sentence = sentences.question(asked.change, target.label, noting.cut(target.shown(value)), seen.people)
    return show("contacts/bulk_confirm.html", asked=asked, seen=seen, sentence=sentence, sent=forms.sent(), noted=noted)


def _ask_value(asked: Asked, target: Target, seen: Seen, refused: Refused = FINE) -> ResponseReturnValue:
    return show(
        "contacts/bulk_value.html",
        refused,
        asked=asked,
        target=target,
        seen=seen,
        sent=forms.sent(),
        marker=forms.SENT,
    )


def _name(session: Session, asked: Asked) -> str:
    """Of the list or the tag that the change is about. Raises RuleBroken for several tags."""
    if asked.list_id:
        return dict(choosing.names(session, space().id)[1]).get(asked.list_id, "")
    return tags.single(session, space().id, asked.tag, field="tag")


def _words(session: Session, asked: Asked) -> Words:
    """What the change is about, read. Raises RuleBroken for a value that its field cannot hold."""
    if asked.change is not Change.NOTE:
        return Words(tag=asked.tag, list_id=asked.list_id, field=asked.field)
    target = noting.get(session, space().id, asked.field)
    return Words(field=asked.field, value=noting.read(target, asked.typed))


def _kept_sentence(session: Session, undone: Undone) -> str:
    """Whom somebody changed since, by name; "" for nobody."""
    if not undone.kept:
        return ""
    people = contacts.of_ids(session, space().id, undone.kept[:NAMED])
    return sentences.kept([one.name or show_phone(one.phone) for one in people], len(undone.kept))


def _one(edit_id: int, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        edit = service.get(session, space().id, edit_id)
        changed = service.changed(session, edit)
        until = edit.at + service.UNDO_WITHIN
        named = selections_of(session).named(session, space())
        return show(
            "contacts/bulk_done.html",
            refused,
            edit=edit,
            changed=changed,
            segment=named.get(edit.segment_id or 0, ""),
            sentence=sentences.told(edit.change, edit.name, edit.shown, changed),
            until=until,
            may_undo=edit.undone_at is None and utc_now() < until and changed > 0,
        )
