"""Contacts, for programs."""

from datetime import datetime
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.api_guards import once
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import archiving, lists, panels, service, tags
from app.contacts.api_schemas import ContactIn, ContactOut, ContactPatchIn, ContactsIn
from app.contacts.exporting import api as export_api
from app.contacts.importing import api as import_api
from app.contacts.merging import api as merging_api
from app.contacts.models import Contact
from app.contacts.panels import Described, described
from app.contacts.web import list_api
from app.database.ids import ContactId
from app.french.language import _
from app.web import api
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime
from app.web.schemas import page_of

ONE = "/contacts/<row:contact_id>"

blueprint = Blueprint("api_contacts", __name__, url_prefix=PREFIX, description=_("Les bénévoles"))


def register(app: Flask, csrf: CSRFProtect) -> None:
    each = (list_api, import_api, export_api, merging_api)
    api.add(app, csrf, blueprint, *(one.blueprint for one in each))


@blueprint.get("/contacts", _("Les bénévoles, par nom"), also=(404,))
@needs(Role.LECTRICE)
@blueprint.takes(ContactsIn, "query")
@blueprint.answers(200, page_of(ContactOut))
def browse(asked: dict[str, Any]) -> dict[str, Any]:
    with runtime().database.snapshot() as session:
        if asked["list"] is not None:
            lists.get(session, space().id, asked["list"])
        which: service.Filter = {
            "words": asked["search"], "list_id": asked["list"], "tag": asked["tag"], "archived": asked["archived"]
        }  # fmt: skip
        page = service.search(session, space().id, **which, after=asked["after"], limit=asked["limit"])
        return {"items": described(session, space(), page.items), "next": page.next}


@blueprint.post("/contacts", _("Ajouter un bénévole"))
@needs(Role.EQUIPIERE)
@blueprint.takes(ContactIn)
@once
@blueprint.answers(201, ContactOut)
def add(words: dict[str, Any], *, session: Session) -> Described:
    now = utc_now()
    card = _card(words)
    contact = service.add(session, space(), card, key=runtime().settings.fingerprint_key, by=principal(), now=now)
    return _placed(session, contact, words, now=now)


@blueprint.get(ONE, _("Un bénévole"))
@needs(Role.LECTRICE)
@blueprint.answers(200, ContactOut)
def show(contact_id: ContactId) -> Described:
    with runtime().database.snapshot() as session:
        return described(session, space(), [service.get(session, space().id, contact_id)])[0]


@blueprint.patch(ONE, _("Modifier un bénévole"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.takes(ContactPatchIn)
@blueprint.answers(200, ContactOut)
def edit(words: dict[str, Any], contact_id: ContactId) -> Described:
    now = utc_now()
    with runtime().database.transaction() as session:
        contact = service.hold(session, space().id, contact_id)
        key = runtime().settings.fingerprint_key
        service.edit(session, space(), contact, _card(words), key=key, by=principal(), now=now)
        if words.get("archived") is False:
            archiving.bring_back(session, contact, by=principal(), now=now)
        elif words.get("archived"):
            panels.take_back(session, contact, now=now)
            archiving.archive(session, contact, by=principal(), now=now)
        return _placed(session, contact, words, now=now)


@blueprint.delete(ONE, _("Retirer un bénévole de partout"))
@needs(Role.EQUIPIERE)
@blueprint.answers_nothing
def remove(contact_id: ContactId) -> None:
    with runtime().database.transaction() as session:
        contact = service.hold(session, space().id, contact_id)
        panels.forget(session, contact, now=utc_now())
        service.remove(session, contact, by=principal(), now=utc_now())


def _card(words: dict[str, Any]) -> Any:
    return {name: value for name, value in words.items() if name not in ("tags", "lists", "archived")}


def _placed(session: Session, contact: Contact, words: dict[str, Any], *, now: datetime) -> Described:
    """Give the contact the tags and the places on lists asked for, no others, and describe it."""
    by = principal()
    if "tags" in words:
        tags.put(session, contact, words["tags"], by=by, now=now)
    if "lists" in words:
        wanted = [lists.find_or_make(session, space().id, name=name, by=by, now=now) for name in words["lists"]]
        for one in wanted:
            lists.put_on(session, one, [contact], by=by, now=now)
        for one in lists.of_contacts(session, [contact.id])[contact.id]:
            if one not in wanted:
                lists.take_off(session, one, contact, by=by, now=now)
    return described(session, space(), [contact])[0]
