"""The page « Inscription » of a space: open or closed, its words, its list, its poster."""

import segno
from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import lists
from app.database.ids import ListId, id_of
from app.french.language import _
from app.signup import service, wordings
from app.signup.schemas import PageForm
from app.web.requests import number_field, runtime

blueprint = Blueprint("sign_up_settings", __name__, url_prefix="/e/<slug>/inscription")


@blueprint.get("")
@needs(Role.LECTRICE)
def read() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@needs(Role.REFERENTE)
def change() -> ResponseReturnValue:
    try:
        asked = PageForm().load(request.form)
        with runtime().database.transaction() as session:
            page = service.change(
                session, space(), **asked, list_id=id_of(ListId, number_field("list_id")), by=principal(), now=utc_now()
            )
    except REFUSALS as error:
        return _page(Refused.by(error))
    flash(
        _("La page d'inscription est ouverte.") if page.is_open else _("La page d'inscription est fermée."), "success"
    )
    return redirect(url_for(".read", slug=space().slug))


@blueprint.get("/affiche")
@needs(Role.LECTRICE)
def poster() -> ResponseReturnValue:
    """An A4 page to print."""
    with runtime().database.snapshot() as session:
        page = service.get(session, space().id)
    address = _address()
    return show("signup/poster.html", page=page, address=address, qr=_qr(address), practice=space().mode == "practice")


def _page(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        page = service.get(session, space().id)
        choices = [("", _("Aucune liste")), *((one.id, one.name) for one in lists.counted(session, space().id))]
        waiting = service.waiting(session, space().id, now=utc_now())
    address = _address()
    return show(
        "signup/settings.html",
        refused,
        page=page,
        choices=choices,
        waiting=waiting,
        address=address,
        qr=_qr(address),
        max_welcome=service.WELCOME_CHARACTERS,
        missions=wordings.missions(space().name),
        commercial=wordings.commercial(space().name),
    )


def _address() -> str:
    return service.address(runtime().settings.public_url, space())


def _qr(address: str) -> str:
    return str(segno.make(address, error="m").svg_data_uri(scale=6, border=2))
