"""The team of a space: invite, change a role, remove, mend a lost password."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import invitations, keys, team
from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.accounts.web.schemas import InviteIn, RoleIn
from app.clock import utc_now
from app.database.ids import UserId
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("team", __name__, url_prefix="/e/<slug>/equipe")


@blueprint.get("")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@needs(Role.REFERENTE)
def invite() -> ResponseReturnValue:
    """The link is in this answer alone: kept nowhere, it cannot be shown again."""
    try:
        parsed = InviteIn().load(request.form)
        with runtime().database.transaction() as session:
            token = invitations.invite(session, space(), **parsed, by=principal(), now=utc_now())
    except REFUSALS as error:
        return _page(Refused.by(error))
    return show("accounts/link.html", link=_link(token), name=parsed["name"], email=parsed["email"], invited=True)


@blueprint.post("/invitations/<int:invitation_id>/annuler")
@needs(Role.REFERENTE)
def cancel(invitation_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        invitations.cancel(session, space(), invitation_id, by=principal(), now=utc_now())
    flash(_("L'invitation est annulée : son lien ne marche plus."), "success")
    return _back()


@blueprint.get("/<int:user_id>")
@needs(Role.REFERENTE)
def member(user_id: UserId) -> ResponseReturnValue:
    return _member(user_id)


@blueprint.post("/<int:user_id>/role")
@needs(Role.REFERENTE)
def change_role(user_id: UserId) -> ResponseReturnValue:
    try:
        role = RoleIn().load(request.form)["role"]
        with runtime().database.transaction() as session:
            kept = _keeps_keys()
            team.change_role(session, space(), user_id, role=role, keeps_keys=kept, by=principal(), now=utc_now())
    except REFUSALS as error:
        return _member(user_id, Refused.by(error))
    flash(_("Le rôle est changé."), "success")
    return _back()


@blueprint.post("/<int:user_id>/retirer")
@needs(Role.REFERENTE)
def remove(user_id: UserId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            team.remove(session, space(), user_id, keeps_keys=_keeps_keys(), by=principal(), now=utc_now())
    except REFUSALS as error:
        return _member(user_id, Refused.by(error))
    flash(_("Cette personne n'est plus dans l'équipe."), "success")
    return redirect("/espaces") if user_id == principal().id else _back()


@blueprint.post("/<int:user_id>/lien")
@needs(Role.REFERENTE)
def password_link(user_id: UserId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            token = team.password_link(session, space(), user_id, by=principal(), now=utc_now())
            user = team.get(session, space().id, user_id).user
    except REFUSALS as error:
        return _member(user_id, Refused.by(error))
    return show("accounts/link.html", link=_link(token), name=user.name, email=user.email, invited=False)


def _page(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return show(
            "accounts/team.html",
            refused,
            members=team.members(session, space().id),
            waiting=invitations.waiting(session, space().id, now=utc_now()),
        )


def _member(user_id: UserId, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        found = team.get(session, space().id, user_id)
        mendable = team.may_be_mended_by_referente(session, found.user, space().id)
        made = keys.of_maker(session, space().id, user_id)
    return show("accounts/member.html", refused, member=found, mendable=mendable, keys=made)


def _keeps_keys() -> bool:
    """Whether the box beside the member's keys is ticked."""
    return bool(request.form.get("keeps_keys"))


def _link(token: str) -> str:
    return f"{runtime().settings.public_url.rstrip('/')}/bienvenue/{token}"


def _back() -> ResponseReturnValue:
    return redirect(f"/e/{space().slug}/equipe")
