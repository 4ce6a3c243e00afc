"""Who may open which page. Each view wears one guard, and a test reads them all."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import quote

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts import access_grants, keys, roles, spaces, team
from app.accounts.models import Mode, Role, Space, Staff, User
from app.accounts.principal import Principal
from app.accounts.signing import second_factor, signing_in
from app.clock import utc_now
from app.database.ids import SpaceId
from app.errors import Forbidden, NotFound, NotSignedIn
from app.french.language import _
from app.web.requests import is_api, is_fragment, page_before, runtime
from app.web.seams import Seam

COOKIE = "tambour_session"

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
AnyView = TypeVar("AnyView", bound=Callable[..., Any])


LED: Seam[Callable[[User], spaces.Led]] = Seam("led practice spaces")
"""Which practice spaces a trainer leads: a query of their ids."""

FOLDS: Seam[Callable[[Session, Collection[SpaceId]], Sequence[spaces.Fold]]] = Seam("workshops of practice spaces")
"""How practice spaces are folded on the page of all spaces, the latest workshop first."""


@dataclass(frozen=True)
class Visitor:
    """Somebody without an account who may act in one space: a participant at their seat."""

    space: Space
    role: Role
    principal: Principal


VISITORS: Seam[Callable[[str], Visitor | None]] = Seam("visitors")
"""Who a visitor without an account is in the space of a slug, if anybody."""


@dataclass(frozen=True)
class Guard:
    """``kind``: ``role`` in the URL's space, ``signed_in``, ``staff``, ``programme`` (its staff without the trainers),
    ``signed`` (a signature), or ``public``.

    A public view, and one that checks a signature itself, says its reason.
    """

    kind: str
    role: Role | None = None
    reason: str = ""


def space() -> Space:
    """The space of this request, as it was when the request came."""
    return cast(Space, g.space)


def principal() -> Principal:
    """Who makes this request."""
    return cast(Principal, g.principal)


def user() -> User:
    """The signed-in user of this request."""
    return cast(User, g.user)


def led(user: User) -> spaces.Led:
    """The practice spaces of the workshops that ``user`` leads."""
    return LED.read()(user)


def who_may(role: Role) -> list[str]:
    """The names of those in this request's space who hold ``role`` or more: whom to ask. A participant asks nobody."""
    if "user" not in g or g.user is None:
        return []
    with runtime().database.snapshot() as session:
        return team.holders(session, space().id, role)


def public(reason: str) -> Callable[[AnyView], AnyView]:
    """A view open to anyone, and why."""
    return _wear(Guard("public", reason=reason))


def signed(reason: str) -> Callable[[AnyView], AnyView]:
    """A view that proves its caller by a signature or a secret, and how."""
    return _wear(Guard("signed", reason=reason))


def signed_in(view: View[P]) -> View[P]:
    """A view for whoever is signed in."""

    @wraps(view)
    def guarded(*args: P.args, **words: P.kwargs) -> ResponseReturnValue:
        if not load_user():
            return _ask_to_sign_in()
        return view(*args, **words)

    return _wear(Guard("signed_in"))(guarded)


def staff(*kinds: Staff) -> Callable[[View[P]], View[P]]:
    """A view for the programme's own people. Everybody else finds nothing there."""

    def wear(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **words: P.kwargs) -> ResponseReturnValue:
            if not load_user():
                return _ask_to_sign_in()
            if user().staff not in (kinds or tuple(Staff)):
                raise NotFound("nothing_here", _("Cette page n'existe pas, ou vous n'y avez pas accès."))
            if _lacks_factor():
                return _ask_for_factor()
            return view(*args, **words)

        return _wear(Guard("programme" if kinds == (Staff.PROGRAMME,) else "staff"))(guarded)

    return wear


def needs(role: Role) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """A view under ``/e/<slug>/`` for whoever holds ``role`` in that space, or a key of it under ``/api/``.

    The view receives its other arguments and reads ``space()`` and ``principal()``. To somebody without any role
    there the space does not exist.
    """

    def wear(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: Any, **words: Any) -> ResponseReturnValue:
            if is_api():
                _load_key()
            else:
                slug = words.pop("slug")
                if not (load_user() and _load_space(slug)) and not _load_visitor(slug):
                    return _turn_away()
                if _lacks_factor():
                    return _ask_for_factor()
            if not g.role.includes(role):
                raise Forbidden("role_too_low", roles.refusal(role, [] if is_api() else who_may(role)))
            return view(*args, **words)

        return _wear(Guard("role", role=role))(guarded)

    return wear


def load_user() -> bool:
    """Find who holds this browser's cookie; False when nobody does."""
    if "user" in g:
        return g.user is not None
    g.user = None
    token = request.cookies.get(COOKIE)
    if token:
        now = utc_now()
        with runtime().database.snapshot() as session:
            found = signing_in.find(session, token, now=now)
        if found:
            g.user, g.signed_in = found
            g.principal = signing_in.principal_of(g.user)
            if now - g.signed_in.seen_at > signing_in.SEEN_EVERY:
                with runtime().database.transaction() as session:
                    signing_in.touch(session, g.signed_in.id, now=now)
    return g.user is not None


def _load_space(slug: str) -> bool:
    """Whether the signed-in user has a role in this space."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        found = spaces.find(session, slug)
        role = spaces.role_in(session, g.user, found, led=led(g.user), now=now) if found else None
        if found is None or role is None:
            return False
        visiting = g.user.staff is not None and found.mode is Mode.LIVE
        g.access_grant = access_grants.held(session, found.id, g.user.id, now=now) if visiting else None
        note = team.to_note(session, found.id, g.principal, is_visiting=visiting, now=now)
    if note is not None:
        with runtime().database.transaction() as session:
            note(session, found.id, g.principal, now=now)
    g.space, g.role = found, role
    return True


def _load_visitor(slug: str) -> bool:
    """Whether this browser belongs to somebody without an account whom a feature above lets in."""
    visitor = VISITORS.read()(slug)
    if visitor is None:
        return False
    g.space, g.role, g.principal = visitor.space, visitor.role, visitor.principal
    return True


def _turn_away() -> ResponseReturnValue:
    """To whoever has no role there the space does not exist; whoever may have one is asked to sign in."""
    if g.user is None:
        return _ask_to_sign_in()
    raise NotFound("space_unknown", _("Cet espace n'existe pas."))


def _load_key() -> None:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    with runtime().database.snapshot() as session:
        key = keys.find(session, token.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise NotSignedIn("key_unknown", _("Il faut une clé valable : « Authorization: Bearer tbr_… »."))
    now = utc_now()
    if key.used_at is None or now - key.used_at > signing_in.SEEN_EVERY:
        with runtime().database.transaction() as session:
            keys.touch(session, key.id, now=now)
    g.api_key, g.space, g.role = key, key.space, key.role
    g.principal = keys.principal_of(key)


def _ask_to_sign_in() -> ResponseReturnValue:
    if is_fragment():  # a redirect would land the sign-in page inside the part being refreshed
        raise NotSignedIn("signed_out", _("Votre session est finie. Rechargez la page pour vous reconnecter."))
    target = request.full_path.rstrip("?") if request.method == "GET" else page_before()
    return redirect(f"/connexion?suite={quote(target)}" if target else "/connexion")


def _lacks_factor() -> bool:
    """Whether the operator asks a second factor of the signed-in user, who has none yet."""
    return g.user is not None and second_factor.is_missing(user(), runtime().settings.second_factor)


def _ask_for_factor() -> ResponseReturnValue:
    if is_fragment():
        raise Forbidden("factor_missing", _("Mettez d'abord en place la double vérification, dans votre profil."))
    return redirect("/profil/double-verification")


def _wear(guard: Guard) -> Callable[[AnyView], AnyView]:
    def wear(view: AnyView) -> AnyView:
        view.guard = guard  # type: ignore[attr-defined]  # a mark that tests and the contract read
        return view

    return wear
