"""Subscriptions, for programs."""

from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.api_guards import once
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.french.language import _
from app.hooks import service
from app.hooks.models import Hook
from app.hooks.schemas import HookIn, HookOut, NewHookOut
from app.web import api
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime
from app.web.schemas import PageIn, page_of, paged

blueprint = Blueprint("api_hooks", __name__, url_prefix=PREFIX, description=_("Prévenir un logiciel"))


def register(app: Flask, csrf: CSRFProtect) -> None:
    api.add(app, csrf, blueprint)


@blueprint.get("/webhooks", _("Les abonnements de l'espace"))
@needs(Role.REFERENTE)
@blueprint.takes(PageIn, "query")
@blueprint.answers(200, page_of(HookOut))
def browse(asked: dict[str, Any]) -> dict[str, Any]:
    with runtime().database.snapshot() as session:
        found = [one for one in service.of_space(session, space().id) if one.id > asked["after"]]
    items, following = paged(found[: asked["limit"] + 1], asked["limit"], lambda one: one.id)
    return {"items": items, "next": following}


@blueprint.post("/webhooks", _("Abonner un logiciel"), also=(409,))
@needs(Role.REFERENTE)
@blueprint.takes(HookIn)
@once
@blueprint.answers(201, NewHookOut)
def make(words: dict[str, Any], *, session: Session) -> Hook:
    return service.make(session, space(), **words, by=principal(), now=utc_now())


@blueprint.delete("/webhooks/<row:hook_id>", _("Supprimer un abonnement"))
@needs(Role.REFERENTE)
@blueprint.answers_nothing
def remove(hook_id: int) -> None:
    with runtime().database.transaction() as session:
        hook = service.get(session, space().id, hook_id, lock=True)
        service.remove(session, hook, by=principal(), now=utc_now())
