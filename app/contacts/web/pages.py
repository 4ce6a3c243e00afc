"""The people of a space, one by one: browse, search, add, edit, remove."""

from typing import Any, cast

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import lists, panels, renumbering, service, tags
from app.contacts.fields import CUSTOM_CHARACTERS, CUSTOM_NAME_CHARACTERS, FIELDS, Card, Kind, of_kinds
from app.contacts.finding import service as finding
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.contacts.pairs import proposing as pairs
from app.contacts.profile import forms
from app.contacts.schemas import ContactForm
from app.database.ids import ContactId, ListId, id_of
from app.french.language import _
from app.web.pages import PAGE_SIZE
from app.web.requests import number_argument, runtime, ticked

blueprint = Blueprint("contacts", __name__, url_prefix="/e/<slug>/benevoles")


@blueprint.get("")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    """Everybody, or those of a name, a number, a list or a tag."""
    asked: service.Filter = {
        "words": request.args.get("q", "").strip()[:100],
        "list_id": id_of(ListId, number_argument("liste")),
        "tag": request.args.get("etiquette", "")[: tags.NAME_CHARACTERS],
        "archived": request.args.get("archivees", "") == "1",
    }
    after = request.args.get("apres", "")
    with runtime().database.snapshot() as session:
        page, found = finding.search_counted(session, space().id, **asked, after=after, limit=PAGE_SIZE)
        return show(
            "contacts/browse.html",
            asked=asked,
            people=panels.described(session, space(), page.items),
            next=page.next,
            is_cut=page.is_cut,
            after=after,
            found=found,
            everybody=finding.anybody(session, space().id),
            archived=finding.count_archived(session, space().id),
            doubles=pairs.count(session, space().id),
            lists=lists.named(session, space().id),
            tags=tags.worn(session, space().id),
        )


@blueprint.get("/ajouter")
@needs(Role.EQUIPIERE)
def new() -> ResponseReturnValue:
    return _form(None)


@blueprint.post("/ajouter")
@needs(Role.EQUIPIERE)
def add() -> ResponseReturnValue:
    try:
        card, names = _typed()
        with runtime().database.transaction() as session:
            act = _act()
            card |= _noted(session, None)
            contact = service.add(session, space(), card, **act, key=_key())
            _put(session, contact, names)
    except REFUSALS as error:
        return _form(None, Refused.by(error))
    _warn(card, names)
    name = contact.name or _("Ce numéro")
    if contact.created_at == act["now"]:
        flash(_("%(name)s est dans vos bénévoles.", name=name), "success")
    else:
        flash(_("%(name)s avait déjà une fiche : elle est complétée, et parmi vos bénévoles.", name=name), "success")
    return _back(contact.id)


@blueprint.get("/<int:contact_id>", endpoint="show")
@needs(Role.LECTRICE)
def show_one(contact_id: ContactId) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        contact = service.get(session, space().id, contact_id)
        (described,) = panels.described(session, space(), [contact])
        return show(
            "contacts/show.html",
            person=described,
            contact=contact,
            fields=FIELDS,
            sharing=service.sharing_phone(session, contact),
            survivor=service.survivor(session, contact),
            merges=merging.of_contact(session, contact),
            panels=panels.panels(session, space(), contact),
        )


@blueprint.get("/<int:contact_id>/modifier")
@needs(Role.EQUIPIERE)
def change(contact_id: ContactId) -> ResponseReturnValue:
    return _form(contact_id)


@blueprint.post("/<int:contact_id>/modifier")
@needs(Role.EQUIPIERE)
def edit(contact_id: ContactId) -> ResponseReturnValue:
    try:
        card, names = _typed()
        with runtime().database.transaction() as session:
            contact = service.hold(session, space().id, contact_id)
            card |= _noted(session, contact.id)
            before = contact.fingerprint
            service.edit(session, space(), contact, card, **_act(), key=_key())
            _put(session, contact, names)
            followed = renumbering.told(session, contact, before)
    except REFUSALS as error:
        return _form(contact_id, Refused.by(error))
    _warn(card, names)
    for sentence in followed:
        flash(sentence, "warning")
    flash(_("C'est enregistré."), "success")
    return _back(contact_id)


@blueprint.get("/<int:contact_id>/retirer")
@needs(Role.EQUIPIERE)
def ask_to_remove(contact_id: ContactId) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return show("contacts/remove.html", contact=service.get(session, space().id, contact_id))


@blueprint.post("/<int:contact_id>/retirer")
@needs(Role.EQUIPIERE)
def remove(contact_id: ContactId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        contact = service.hold(session, space().id, contact_id)
        panels.forget(session, contact, now=utc_now())
        service.remove(session, contact, **_act())
    flash(_("La fiche de %(name)s est supprimée.", name=contact.name or _("ce numéro")), "success")
    return redirect(url_for("contacts.browse", slug=space().slug))


def _form(contact_id: ContactId | None, refused: Refused = FINE) -> ResponseReturnValue:
    """The form of a new or a known person; what was typed stays when it comes back."""
    with runtime().database.snapshot() as session:
        contact = service.get(session, space().id, contact_id) if contact_id else None
        person = panels.described(session, space(), [contact])[0] if contact else None
        known = None
        if refused.status == 409:
            known = service.find(session, space().id, request.form.get("phone", ""), request.form.get("first_name", ""))
        return show(
            "contacts/form.html",
            refused,
            contact=contact,
            fields=FIELDS,
            max={"name": CUSTOM_NAME_CHARACTERS, "value": CUSTOM_CHARACTERS},
            own=forms.shown(
                session,
                space().id,
                person.noted if person else (),
                person.skills if person else (),
                request.form if request.method == "POST" else None,
            ),
            person=person,
            known=known,
            list_choices=[(one.id, one.name) for one in lists.counted(session, space().id)],
            chosen_of=request.form.getlist,
            chosen=request.form.getlist("lists") if request.method == "POST" else _ids(person),
        )


def _typed() -> tuple[Card, list[str]]:
    """The card and the tags of the form. Raises what a form can say."""
    asked = ContactForm().load(request.form)
    names = tags.split(asked.pop("tags"))
    return cast(Card, asked), names


def _noted(session: Session, contact_id: ContactId | None) -> Card:
    """What the form says by the fields of the space's own."""
    noted = Card(custom=forms.typed(session, space().id, contact_id, request.form))
    if (skills := forms.able(request.form)) is not None:
        noted["skills"] = skills
    return noted


def _put(session: Session, contact: Contact, names: list[str]) -> None:
    """The form's lists and tags."""
    tags.put(session, contact, names, **_act())
    wanted = set(map(ListId, ticked("lists")))
    before = {one.id for one in lists.of_contacts(session, [contact.id])[contact.id]}
    for list_id in wanted - before:
        lists.put_on(session, lists.get(session, space().id, list_id), [contact], **_act())
    for list_id in before - wanted:
        lists.take_off(session, lists.get(session, space().id, list_id), contact, **_act())


def _warn(card: Card, names: list[str]) -> None:
    said = [text for field in of_kinds(Kind.PARAGRAPH) if isinstance(text := card.get(field.name), str)]
    for typed in card["custom"].values():
        said += [typed] if isinstance(typed, str) else typed
    for sentence in panels.warnings(*said, *names, *card.get("skills", ())):
        flash(sentence, "warning")


def _ids(described: panels.Described | None) -> list[str]:
    return [str(one.id) for one in described.lists] if described else []


def _act() -> dict[str, Any]:
    return {"by": principal(), "now": utc_now()}


def _key() -> str:
    return runtime().settings.fingerprint_key


def _back(contact_id: ContactId) -> ResponseReturnValue:
    return redirect(url_for("contacts.show", slug=space().slug, contact_id=contact_id))
