"""The subscriptions of a space: made, their secret shown once, what was sent to each, and sent again."""

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.french.language import _
from app.hooks import api, events, service, wire
from app.hooks.events import Kind
from app.hooks.models import DeliveryState
from app.hooks.schemas import HookForm
from app.web.pages import PAGE_SIZE
from app.web.requests import number_argument, runtime

blueprint = Blueprint("hooks", __name__, url_prefix="/e/<slug>/abonnements")


def register(app: Flask, csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(hook_event=events.name, hook_problem=wire.sentence)
    app.jinja_env.filters["hook_name"] = events.name
    api.register(app, csrf)


@blueprint.get("")
@needs(Role.REFERENTE)
def browse() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@needs(Role.REFERENTE)
def make() -> ResponseReturnValue:
    """The secret is in this answer alone."""
    ticked = [kind for kind in Kind if kind.value in request.form.getlist("events")]
    try:
        words = HookForm().load(request.form)
        with runtime().database.transaction() as session:
            hook = service.make(session, space(), **words, events=ticked, by=principal(), now=utc_now())
            secret = hook.secret
    except REFUSALS as error:
        return _page(Refused.by(error), [kind.value for kind in ticked])
    return show("hooks/secret.html", secret=secret, name=words["name"], hook_id=hook.id)


@blueprint.get("/<int:hook_id>")
@needs(Role.REFERENTE)
def sent(hook_id: int) -> ResponseReturnValue:
    before = number_argument("avant")
    raw = request.args.get("etat", "")
    state = DeliveryState(raw) if raw in list(DeliveryState) else None
    with runtime().database.snapshot() as session:
        hook = service.get(session, space().id, hook_id)
        found = service.deliveries(session, hook, state=state, before_id=before, limit=PAGE_SIZE + 1)
        counts = service.counts(session, space().id).get(hook.id, {})
    rows = found[:PAGE_SIZE]
    older = rows[-1].id if len(found) > PAGE_SIZE else None
    return show("hooks/sent.html", hook=hook, rows=rows, counts=counts, state=state, older=older, is_first=not before)


@blueprint.post("/<int:hook_id>/renvoyer")
@needs(Role.REFERENTE)
def replay_all(hook_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        hook = service.get(session, space().id, hook_id, lock=True)
        count = service.replay(session, hook, by=principal(), now=utc_now())
    flash(_("Nouvelles qui repartent : %(count)s.", count=count), "success")
    return _back(hook_id)


@blueprint.post("/<int:hook_id>/renvoyer/<int:delivery_id>")
@needs(Role.REFERENTE)
def replay(*, hook_id: int, delivery_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        hook = service.get(session, space().id, hook_id, lock=True)
        service.replay(session, hook, delivery_id=delivery_id, by=principal(), now=utc_now())
    flash(_("Cette nouvelle repart."), "success")
    return _back(hook_id)


@blueprint.post("/<int:hook_id>/reprendre")
@needs(Role.REFERENTE)
def enable(hook_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        service.enable(session, service.get(session, space().id, hook_id, lock=True), by=principal(), now=utc_now())
    flash(_("L'abonnement est remis en route."), "success")
    return _back(hook_id)


@blueprint.post("/<int:hook_id>/secret")
@needs(Role.REFERENTE)
def change_secret(hook_id: int) -> ResponseReturnValue:
    """The new one is in this answer alone."""
    with runtime().database.transaction() as session:
        hook = service.get(session, space().id, hook_id, lock=True)
        service.change_secret(session, hook, by=principal(), now=utc_now())
        secret = hook.secret
    return show("hooks/secret.html", secret=secret, name=hook.name, hook_id=hook.id)


@blueprint.post("/<int:hook_id>/supprimer")
@needs(Role.REFERENTE)
def remove(hook_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        service.remove(session, service.get(session, space().id, hook_id, lock=True), by=principal(), now=utc_now())
    flash(_("L'abonnement est supprimé : ce logiciel n'apprend plus rien."), "success")
    return redirect(f"/e/{space().slug}/abonnements")


def _back(hook_id: int) -> ResponseReturnValue:
    return redirect(f"/e/{space().slug}/abonnements/{hook_id}")


def _page(refused: Refused = FINE, ticked: list[str] | None = None) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        hooks = service.of_space(session, space().id)
        counts = service.counts(session, space().id)
    return show("hooks/hooks.html", refused, hooks=hooks, counts=counts, options=events.options(), ticked=ticked or [])
