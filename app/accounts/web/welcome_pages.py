"""A one-time link opened: a password chosen, a space entered. The page shows, its button acts."""

from enum import StrEnum

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import invitations
from app.accounts.models import OneTime, Space
from app.accounts.signing import one_times, signing_in, throttle
from app.accounts.signing.throttle_keys import Throttled
from app.accounts.web import guards
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.schemas import NewPasswordIn
from app.accounts.web.session_cookie import enter
from app.clock import utc_now
from app.errors import NotFound
from app.french.language import _
from app.web.requests import remote_address, runtime

blueprint = Blueprint("welcome", __name__, url_prefix="/bienvenue")

FREE_WRONG_LINKS = 20
"""Links that open nothing, from one address, before it waits: a whole room may share it."""


class Step(StrEnum):
    """What the link asks of whoever opened it."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    JOIN = "join"
    SIGN_IN = "sign_in"


@blueprint.get("/<token>")
@guards.signed("The address holds a secret of 256 bits; wrong ones are counted.")
def ask(token: str) -> ResponseReturnValue:
    return _page(token)


@blueprint.post("/<token>")
@guards.signed("The address holds a secret of 256 bits; wrong ones are counted.")
def act(token: str) -> ResponseReturnValue:
    guards.load_user()
    try:
        with runtime().database.transaction() as session:
            link = _link(session, token, lock=True)
            step, user = _step(session, link), link.user
            if step is Step.SIGN_IN:
                return redirect(f"/connexion?suite=/bienvenue/{token}")
            space = _take(session, link, step)
    except NotFound:
        return _spent()
    except REFUSALS as error:
        return _page(token, Refused.by(error))
    response = enter(user, f"/e/{space.slug}/" if space else "/") if step is Step.PASSWORD else redirect("/")
    if user.phone_verified_at is None:
        flash(
            _("Ajoutez votre téléphone à votre profil : il vous rendra l'accès si vous oubliez le mot de passe."),
            "info",
        )
    return response


def _take(session: Session, link: OneTime, step: Step) -> Space | None:
    """Do what the link is for, once; the space it opened."""
    now = utc_now()
    if step is Step.PASSWORD:
        password = NewPasswordIn().load(request.form)["password"]
        signing_in.choose_password(session, link.user, password, now=now)
    space = None
    if link.purpose == one_times.JOIN:
        space = invitations.accept(session, link, link.user, now=now)
    link.used_at = now
    return space


def _step(session: Session, link: OneTime) -> Step:
    if invitations.may_choose_password(session, link):
        return Step.PASSWORD
    signed_in = guards.load_user() and guards.user().id == link.user_id
    return Step.JOIN if signed_in else Step.SIGN_IN


def _page(token: str, refused: Refused = FINE) -> Response:
    guards.load_user()
    try:
        with runtime().database.snapshot() as session:
            link = _link(session, token)
            step = _step(session, link)
            space = session.get(Space, link.space_id) if link.space_id else None
    except NotFound:
        return _spent()
    page = show("accounts/welcome.html", refused, token=token, link=link, step=step, invited_to=space)
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _link(session: Session, token: str, *, lock: bool = False) -> OneTime:
    return one_times.get_link(session, token, now=utc_now(), lock=lock)


def _spent() -> Response:
    """Unknown, used and expired look the same."""
    with runtime().database.transaction() as session:
        throttle.take(session, Throttled.WELCOME_FROM.by(remote_address()), now=utc_now(), free=FREE_WRONG_LINKS)
    return show("accounts/link_spent.html", Refused(404))
