"""Who may open which page. Each view wears one guard, and a test reads them all."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import keys, openings, signing_in, spaces
from app.accounts.models import Mode, Role, Space, Staff, User
from app.accounts.principal import Principal
from app.clock import utc_now
from app.errors import Forbidden, NotFound, NotSignedIn
from app.language import _
from app.web import is_api, is_fragment, runtime

COOKIE = "tambour_session"

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
AnyView = TypeVar("AnyView", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """``kind``: ``role`` in the URL's space, ``signed_in``, ``staff``, ``signed`` (a signature), or ``public``.

    A public view, and one that checks a signature itself, says its reason.
    """

    kind: str
    role: Role | None = None
    reason: str = ""


def space() -> Space:
    """The space of this request, as it was when the request came."""
    return g.space  # type: ignore[no-any-return]


def principal() -> Principal:
    """Who makes this request."""
    return g.principal  # type: ignore[no-any-return]


def user() -> User:
    """The signed-in user of this request."""
    return g.user  # type: ignore[no-any-return]


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
            return view(*args, **words)

        return _wear(Guard("staff"))(guarded)

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
            elif not load_user():
                return _ask_to_sign_in()
            else:
                _load_space(words.pop("slug"))
            if not g.role.includes(role):
                raise Forbidden("role_too_low", _("Votre rôle dans cet espace ne permet pas cette action."))
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


def _load_space(slug: str) -> None:
    now = utc_now()
    with runtime().database.snapshot() as session:
        found = spaces.get(session, slug)
        role = spaces.role_in(session, g.user, found, now=now)
        visiting = g.user.staff is not None and found.mode is Mode.LIVE and role is not None
        unnoted = visiting and not openings.is_noted(session, found.id, g.principal, now=now)
    if role is None:
        raise NotFound("space_unknown", _("Cet espace n'existe pas."))
    if unnoted:
        with runtime().database.transaction() as session:
            openings.note_entry(session, found.id, g.principal, now=now)
    g.space, g.role = found, role


def _load_key() -> None:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    with runtime().database.snapshot() as session:
        key = keys.find(session, token.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise NotSignedIn("key_unknown", _("Il faut une clé valable : « Authorization: Bearer tbr_… »."))
    g.api_key, g.space, g.role = key, key.space, key.role
    g.principal = keys.principal_of(key)


def _ask_to_sign_in() -> ResponseReturnValue:
    if is_fragment():  # a redirect would land the sign-in page inside the part being refreshed
        raise NotSignedIn("signed_out", _("Votre session est finie. Rechargez la page pour vous reconnecter."))
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(f"/connexion?suite={quote(target)}" if target else "/connexion")


def _wear(guard: Guard) -> Callable[[AnyView], AnyView]:
    def wear(view: AnyView) -> AnyView:
        view.guard = guard  # type: ignore[attr-defined]
        return view

    return wear
