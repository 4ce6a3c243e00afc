"""« Ce que vous notez »: the fields of a space's own."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.accounts.web.schemas import Form, choice, line
from app.clock import utc_now
from app.contacts import uses
from app.contacts.profile import custom_fields, values
from app.contacts.profile.models import FieldType
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("own_fields", __name__, url_prefix="/e/<slug>/renseignements")

TYPES = {
    FieldType.TEXT.value: _("Un texte"),
    FieldType.NUMBER.value: _("Un nombre"),
    FieldType.DATE.value: _("Une date"),
    FieldType.CHOICE.value: _("Un choix dans une liste"),
    FieldType.CHOICES.value: _("Plusieurs choix dans une liste"),
}


class FieldForm(Form):
    label = line(max=1000)
    choices = line(max=10_000)


class EditFieldForm(FieldForm):
    agreed = line(max=10_000)


class NewFieldForm(FieldForm):
    type = choice(_("Dites ce que c'est."), TYPES)


@blueprint.get("")
@needs(Role.EQUIPIERE)
def browse() -> ResponseReturnValue:
    return _all()


@blueprint.post("")
@needs(Role.REFERENTE)
def make() -> ResponseReturnValue:
    try:
        said = NewFieldForm().load(request.form)
        with runtime().database.transaction() as session:
            made = custom_fields.make(
                session,
                space().id,
                label=said["label"],
                kind=FieldType(said["type"]),
                choices=said["choices"],
                **_act(),
            )
    except REFUSALS as error:
        return _all(Refused.by(error))
    flash(_("« %(label)s » est sur chaque fiche.", label=made.label), "success")
    return _back()


@blueprint.get("/<int:field_id>")
@needs(Role.REFERENTE)
def change(field_id: int) -> ResponseReturnValue:
    return _one(field_id)


@blueprint.post("/<int:field_id>")
@needs(Role.REFERENTE)
def edit(field_id: int) -> ResponseReturnValue:
    try:
        said = EditFieldForm().load(request.form)
        with runtime().database.transaction() as session:
            field = custom_fields.get(session, space().id, field_id, lock=True)
            gone = custom_fields.gone(field, said["choices"])
            custom_fields.edit(session, field, **said, **_act())
            broken = uses.users(session, space().id, "custom", field_id, gone).segments if gone else ()
    except REFUSALS as error:
        return _one(field_id, Refused.by(error))
    flash(_("C'est enregistré."), "success")
    if broken:
        flash(_("À réparer, sans ce choix : « %(names)s ».", names=" », « ".join(broken)), "warning")
    return _back()


@blueprint.post("/<int:field_id>/monter")
@needs(Role.REFERENTE)
def move_up(field_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        custom_fields.move_up(session, custom_fields.get(session, space().id, field_id, lock=True), **_act())
    return _back()


@blueprint.post("/<int:field_id>/archiver")
@needs(Role.REFERENTE)
def archive(field_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        custom_fields.archive(session, custom_fields.get(session, space().id, field_id, lock=True), **_act())
        broken = uses.users(session, space().id, "custom", field_id).segments
    flash(_("Ce n'est plus demandé. Ce qui était noté est gardé."), "success")
    if broken:
        flash(_("À réparer, sans ce renseignement : « %(names)s ».", names=" », « ".join(broken)), "warning")
    return _back()


@blueprint.post("/<int:field_id>/remettre")
@needs(Role.REFERENTE)
def bring_back(field_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        custom_fields.bring_back(session, custom_fields.get(session, space().id, field_id, lock=True), **_act())
    flash(_("C'est de nouveau sur chaque fiche."), "success")
    return _back()


def _all(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return show(
            "contacts/own_fields.html",
            refused,
            fields=values.of_space(session, space().id),
            archived=custom_fields.archived(session, space().id),
            people=custom_fields.counted(session, space().id),
            types=TYPES,
        )


def _one(field_id: int, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        field = custom_fields.get(session, space().id, field_id)
        return show(
            "contacts/own_field.html",
            refused,
            one=field,
            types=TYPES,
            people=custom_fields.counted(session, space().id).get(field.id, 0),
            users=uses.users(session, space().id, "custom", field.id),
            taken_out=custom_fields.taken_out(field, request.form.get("choices", "")) if refused.status == 409 else "",
        )


def _act() -> dict[str, Any]:
    return {"by": principal(), "now": utc_now()}


def _back() -> ResponseReturnValue:
    return redirect(url_for("own_fields.browse", slug=space().slug))
