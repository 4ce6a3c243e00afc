"""Lists and who is on them, for programs."""

from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.api_guards import once
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import lists, service
from app.contacts.api_schemas import ListIn, ListOut
from app.contacts.lists import Counted
from app.database.ids import ContactId, ListId
from app.french.language import _
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime
from app.web.schemas import PageIn, page_of, paged

PLACE = "/lists/<row:list_id>/contacts/<row:contact_id>"

blueprint = Blueprint("api_lists", __name__, url_prefix=PREFIX, description=_("Les listes"))


@blueprint.get("/lists", _("Les listes, de la plus ancienne à la plus récente"))
@needs(Role.LECTRICE)
@blueprint.takes(PageIn, "query")
@blueprint.answers(200, page_of(ListOut))
def browse(asked: dict[str, Any]) -> dict[str, Any]:
    with runtime().database.snapshot() as session:
        every = sorted(lists.counted(session, space().id), key=lambda one: one.id)
    found = [one for one in every if one.id > asked["after"]]
    items, following = paged(found, asked["limit"], lambda one: one.id)
    return {"items": items, "next": following}


@blueprint.post("/lists", _("Faire une liste"))
@needs(Role.EQUIPIERE)
@blueprint.takes(ListIn)
@once
@blueprint.answers(201, ListOut)
def make(words: dict[str, Any], *, session: Session) -> Counted:
    made = lists.make(session, space().id, name=words["name"], by=principal(), now=utc_now())
    return Counted(made.id, made.name, 0)


@blueprint.put(PLACE, _("Mettre un bénévole sur une liste"))
@needs(Role.EQUIPIERE)
@blueprint.answers_nothing
def put_on(list_id: ListId, contact_id: ContactId) -> None:
    with runtime().database.transaction() as session:
        one = lists.get(session, space().id, list_id, lock=True)
        contact = service.get(session, space().id, contact_id)
        lists.put_on(session, one, [contact], by=principal(), now=utc_now())


@blueprint.delete(PLACE, _("Retirer un bénévole d'une liste"))
@needs(Role.EQUIPIERE)
@blueprint.answers_nothing
def take_off(list_id: ListId, contact_id: ContactId) -> None:
    with runtime().database.transaction() as session:
        one = lists.get(session, space().id, list_id, lock=True)
        contact = service.get(session, space().id, contact_id)
        lists.take_off(session, one, contact, by=principal(), now=utc_now())
