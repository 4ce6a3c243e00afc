"""Lists: make one, see who is on it, put people on and take them off."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import lists, panels, service, uses
from app.contacts.finding import service as finding
from app.contacts.schemas import ListForm
from app.database.ids import ContactId, ListId
from app.french.language import _, ngettext
from app.web.pages import PAGE_SIZE
from app.web.requests import MAX_CARRIED, carried, runtime, ticked

blueprint = Blueprint("lists", __name__, url_prefix="/e/<slug>/listes")


@blueprint.get("")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    return _all()


@blueprint.post("")
@needs(Role.EQUIPIERE)
def make() -> ResponseReturnValue:
    try:
        name = ListForm().load(request.form)["name"]
        with runtime().database.transaction() as session:
            made = lists.make(session, space().id, name=name, **_act())
    except REFUSALS as error:
        return _all(Refused.by(error))
    flash(_("La liste « %(name)s » est prête.", name=made.name), "success")
    return _back(made.id)


@blueprint.get("/<int:list_id>", endpoint="show")
@needs(Role.LECTRICE)
def show_one(list_id: ListId) -> ResponseReturnValue:
    return _one(list_id)


@blueprint.post("/<int:list_id>/nom")
@needs(Role.EQUIPIERE)
def rename(list_id: ListId) -> ResponseReturnValue:
    try:
        name = ListForm().load(request.form)["name"]
        with runtime().database.transaction() as session:
            lists.rename(session, lists.get(session, space().id, list_id, lock=True), name=name, **_act())
    except REFUSALS as error:
        return _one(list_id, Refused.by(error))
    flash(_("Le nom est changé."), "success")
    return _back(list_id)


@blueprint.get("/<int:list_id>/ajouter")
@needs(Role.EQUIPIERE)
def choose(list_id: ListId) -> ResponseReturnValue:
    """Look somebody up, and tick them; what was ticked goes on to the next search."""
    words = request.args.get("q", "").strip()[:100]
    with runtime().database.snapshot() as session:
        one = lists.get(session, space().id, list_id)
        page = service.search(session, space().id, words=words, after=request.args.get("apres", ""), limit=PAGE_SIZE)
        before = service.of_ids(session, space().id, carried("contact"))
        there = lists.on_it(session, one, [each.id for each in (*page.items, *before)])
        kept = [each for each in before if each.id not in there]
        return show(
            "contacts/list_choose.html",
            one=one,
            words=words,
            people=[each for each in page.items if each not in kept],
            kept=kept,
            there=there,
            next=page.next,
        )


@blueprint.post("/<int:list_id>/ajouter")
@needs(Role.EQUIPIERE)
def put_on(list_id: ListId) -> ResponseReturnValue:
    ids = [ContactId(one) for one in ticked("contact")[: PAGE_SIZE + MAX_CARRIED]]
    with runtime().database.transaction() as session:
        one = lists.get(session, space().id, list_id)
        people = [service.get(session, space().id, contact_id) for contact_id in ids]
        added = lists.put_on(session, one, people, **_act())
    if not ids:
        flash(_("Cochez au moins une personne."), "info")
        return redirect(url_for("lists.choose", slug=space().slug, list_id=list_id, q=request.form.get("q", "")))
    flash(ngettext("%(n)s personne ajoutée.", "%(n)s personnes ajoutées.", added), "success")
    return _back(list_id)


@blueprint.post("/<int:list_id>/enlever/<int:contact_id>")
@needs(Role.EQUIPIERE)
def take_off(list_id: ListId, contact_id: ContactId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        contact = service.get(session, space().id, contact_id)
        lists.take_off(session, lists.get(session, space().id, list_id), contact, **_act())
    flash(_("%(name)s n'est plus sur la liste.", name=contact.name or _("Ce numéro")), "success")
    return _back(list_id)


@blueprint.post("/<int:list_id>/supprimer")
@needs(Role.EQUIPIERE)
def remove(list_id: ListId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        one = lists.get(session, space().id, list_id, lock=True)
        broken = uses.users(session, space().id, "lists", list_id).segments
        lists.remove(session, one, **_act())
    flash(_("La liste « %(name)s » est supprimée. Les personnes restent.", name=one.name), "success")
    if broken:
        flash(_("À réparer, sans cette liste : « %(names)s ».", names=" », « ".join(broken)), "warning")
    return redirect(url_for("lists.browse", slug=space().slug))


def _all(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return show("contacts/lists.html", refused, lists=lists.shown(session, space().id))


def _one(list_id: ListId, refused: Refused = FINE) -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:100]
    after = request.args.get("apres", "")
    with runtime().database.snapshot() as session:
        one = lists.get(session, space().id, list_id)
        page = service.search(session, space().id, words=words, list_id=one.id, after=after, limit=PAGE_SIZE)
        return show(
            "contacts/list.html",
            refused,
            one=one,
            words=words,
            people=panels.described(session, space(), page.items),
            next=page.next,
            is_cut=page.is_cut,
            after=after,
            users=uses.users(session, space().id, "lists", list_id),
            size=finding.count(session, space().id, list_id=one.id),
        )


def _act() -> dict[str, Any]:
    return {"by": principal(), "now": utc_now()}


def _back(list_id: ListId) -> ResponseReturnValue:
    return redirect(url_for("lists.show", slug=space().slug, list_id=list_id))
