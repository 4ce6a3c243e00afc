"""Many people at once: choose what changes, confirm it with its number, undo it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import panels, tags
from app.contacts.bulk import service
from app.contacts.bulk.models import Change
from app.contacts.bulk.service import Choice
from app.contacts.models import Contact
from app.database.ids import ListId, id_of
from app.errors import RuleBroken
from app.french.language import _, ngettext
from app.web import rows
from app.web.requests import runtime

blueprint = Blueprint("bulk", __name__, url_prefix="/e/<slug>/benevoles/ensemble")


@dataclass(frozen=True)
class Asked:
    """What the form says: the change, and the tag or the list it is about."""

    change: Change
    tag: str
    list_id: ListId | None


@blueprint.get("")
@needs(Role.EQUIPIERE)
def choose() -> ResponseReturnValue:
    """Those ticked, or all that the search finds; ``cochees`` without anybody ticked is not everybody."""
    if request.args.get("cochees") and not _choice().ids:
        flash(_("Cochez au moins une personne."), "info")
        return redirect(url_for("contacts.browse", slug=space().slug))
    return _choose()


@blueprint.post("/verifier")
@needs(Role.EQUIPIERE)
def confirm() -> ResponseReturnValue:
    """The change in a sentence, with its number; nothing is done yet."""
    try:
        asked = _asked()
        with runtime().database.snapshot() as session:
            seen = service.look(session, space().id, _choice())
            service.check(asked.change, seen.people)
            known = dict(service.names(session, space().id)[1])
            name = known.get(asked.list_id or 0, "") if asked.list_id else asked.tag
            return show(
                "contacts/bulk_confirm.html",
                asked=asked,
                seen=seen,
                sentence=_question(asked.change, name, seen.people),
                sent=_sent(),
            )
    except REFUSALS as error:
        return _choose(Refused.by(error))


@blueprint.post("/faire")
@needs(Role.EQUIPIERE)
def do() -> ResponseReturnValue:
    try:
        asked, now = _asked(), utc_now()

        def take_back(session: Session, contact: Contact) -> None:
            panels.take_back(session, contact, now=now)

        with runtime().database.transaction() as session:
            words: dict[str, Any] = {"tag": asked.tag, "list_id": asked.list_id, "take_back": take_back}
            etag = request.form.get("etag", "")
            edit = service.apply(
                session, space(), _choice(), asked.change, etag=etag, by=principal(), now=now, **words
            )  # fmt: skip
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
            edit = service.get(session, space().id, edit_id, lock=True)
            back = service.undo(session, edit, by=principal(), now=utc_now())
    except REFUSALS as error:
        return _one(edit_id, Refused.by(error))
    flash(ngettext("C'est annulé pour %(n)s personne.", "C'est annulé pour %(n)s personnes.", back), "success")
    return redirect(url_for("bulk.show_one", slug=space().slug, edit_id=edit_id))


def _choose(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        worn, made = service.names(session, space().id)
        return show(
            "contacts/bulk.html",
            refused,
            seen=service.look(session, space().id, _choice()),
            sent=_sent(),
            tags=worn,
            lists=made,
        )


def _one(edit_id: int, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        edit = service.get(session, space().id, edit_id)
        changed = service.changed(session, edit)
        until = edit.at + service.UNDO_WITHIN
        return show(
            "contacts/bulk_done.html",
            refused,
            edit=edit,
            changed=changed,
            sentence=_told(edit.change, edit.name, changed),
            until=until,
            may_undo=edit.undone_at is None and utc_now() < until and changed > 0,
        )


def _choice() -> Choice:
    """As the browse page says it, in an address or in a form."""
    said = request.values
    list_id = said.get("liste", "")
    ids = tuple(int(one) for one in said.getlist("contact") if one.isascii() and one.isdigit() and len(one) < 10)
    return Choice(
        which={
            "words": said.get("q", "").strip()[:100],
            "list_id": id_of(ListId, rows.read(list_id)),
            "tag": said.get("etiquette", "")[: tags.NAME_CHARACTERS],
        },
        ids=ids[: service.MAX_PEOPLE],
    )


def _sent() -> list[tuple[str, str]]:
    """The choice again, for the next form."""
    choice = _choice()
    if choice.ids:
        return [("contact", str(one)) for one in choice.ids]
    which = choice.which
    return [("q", which["words"]), ("liste", str(which["list_id"] or "")), ("etiquette", which["tag"])]


def _asked() -> Asked:
    """Raises RuleBroken for a form that says no change."""
    change = request.form.get("change", "")
    if change not in list(Change):
        raise RuleBroken("change_missing", _("Choisissez ce qui change."), fields={"change": _("Choisissez.")})
    asked = Change(change)
    list_id = request.form.get("list_id", "")
    tag = " ".join(request.form.get("tag", "").split())
    if asked in (Change.PUT_ON, Change.TAKE_OFF) and not list_id.isdigit():
        raise RuleBroken("list_missing", _("Choisissez une liste."), fields={"list_id": _("Choisissez une liste.")})
    if asked in (Change.TAG, Change.UNTAG) and not tag:
        raise RuleBroken("tag_missing", _("Écrivez une étiquette."), fields={"tag": _("Écrivez une étiquette.")})
    is_list = asked in (Change.PUT_ON, Change.TAKE_OFF)
    return Asked(asked, "" if is_list else tag, ListId(int(list_id)) if is_list else None)


def _question(change: Change, name: str, n: int) -> str:
    """« Ajouter l'étiquette « permis B » à 42 personnes ? »"""
    return {
        Change.TAG: ngettext(
            "Ajouter l'étiquette « %(name)s » à %(n)s personne ?",
            "Ajouter l'étiquette « %(name)s » à %(n)s personnes ?", n, name=name),
        Change.UNTAG: ngettext(
            "Enlever l'étiquette « %(name)s » à %(n)s personne ?",
            "Enlever l'étiquette « %(name)s » à %(n)s personnes ?", n, name=name),
        Change.PUT_ON: ngettext(
            "Mettre %(n)s personne sur la liste « %(name)s » ?",
            "Mettre %(n)s personnes sur la liste « %(name)s » ?", n, name=name),
        Change.TAKE_OFF: ngettext(
            "Retirer %(n)s personne de la liste « %(name)s » ?",
            "Retirer %(n)s personnes de la liste « %(name)s » ?", n, name=name),
        Change.ARCHIVE: ngettext("Archiver %(n)s personne ?", "Archiver %(n)s personnes ?", n),
    }[change]  # fmt: skip


def _told(change: Change, name: str, n: int) -> str:
    """« Étiquette « permis B » ajoutée à 40 personnes. »"""
    return {
        Change.TAG: ngettext(
            "Étiquette « %(name)s » ajoutée à %(n)s personne.",
            "Étiquette « %(name)s » ajoutée à %(n)s personnes.", n, name=name),
        Change.UNTAG: ngettext(
            "Étiquette « %(name)s » enlevée à %(n)s personne.",
            "Étiquette « %(name)s » enlevée à %(n)s personnes.", n, name=name),
        Change.PUT_ON: ngettext(
            "%(n)s personne mise sur la liste « %(name)s ».",
            "%(n)s personnes mises sur la liste « %(name)s ».", n, name=name),
        Change.TAKE_OFF: ngettext(
            "%(n)s personne retirée de la liste « %(name)s ».",
            "%(n)s personnes retirées de la liste « %(name)s ».", n, name=name),
        Change.ARCHIVE: ngettext("%(n)s personne archivée.", "%(n)s personnes archivées.", n),
    }[change]  # fmt: skip
