"""Somebody archived, and brought back."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import archiving, panels, service
from app.database.ids import ContactId
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("archives", __name__, url_prefix="/e/<slug>/benevoles")


@blueprint.post("/<int:contact_id>/archiver")
@needs(Role.EQUIPIERE)
def archive(contact_id: ContactId) -> ResponseReturnValue:
    """Choose somebody no more; what waits for them does not leave."""
    with runtime().database.transaction() as session:
        contact = service.hold(session, space().id, contact_id)
        panels.take_back(session, contact, now=utc_now())
        archiving.archive(session, contact, by=principal(), now=utc_now())
    flash(
        _("%(name)s est dans les archives : plus aucun SMS ne lui est écrit.", name=contact.name or _("Ce numéro")),
        "success",
    )
    return _back(contact_id)


@blueprint.post("/<int:contact_id>/remettre")
@needs(Role.EQUIPIERE)
def bring_back(contact_id: ContactId) -> ResponseReturnValue:
    """Choose them again."""
    with runtime().database.transaction() as session:
        archiving.bring_back(
            session, service.get(session, space().id, contact_id, lock=True), by=principal(), now=utc_now()
        )
    flash(_("C'est remis parmi vos bénévoles."), "success")
    return _back(contact_id)


def _back(contact_id: ContactId) -> ResponseReturnValue:
    return redirect(url_for("contacts.show", slug=space().slug, contact_id=contact_id))
