"""What a request asks and says: whose it is, and the numbers of its address and its form."""

from urllib.parse import urlsplit

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.runtime import Runtime
from app.settings import Settings
from app.web import rows, seams

MOST_ADDRESS_CHARACTERS = 2_000
MAX_CARRIED = 200
"""Rows ticked before a search: more would make its address too long."""


def runtime() -> Runtime:
    """The runtime of the application that serves this request."""
    return seams.of(current_app).runtime


def is_api() -> bool:
    return request.path.startswith("/api/")


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page rather than the page."""
    return request.headers.get("HX-Request") == "true"


def go_to(address: str) -> ResponseReturnValue:
    """Take the whole browser to ``address``: htmx would put what a plain redirect leads to inside the part it asked."""
    if is_fragment():
        return "", 204, {"HX-Redirect": address}
    return redirect(address, 303)


def remote_address() -> str:
    """Whose request it is: the nearest address that is no trusted proxy of ours."""
    forwarded_for = request.headers.get("X-Forwarded-For", "")
    return nearest_stranger(request.remote_addr or "", forwarded_for, trusted_proxies(runtime().settings))


def trusted_proxies(settings: Settings) -> frozenset[str]:
    return frozenset(proxy.strip() for proxy in settings.trusted_proxies.split(",") if proxy.strip())


def nearest_stranger(address: str, forwarded_for: str, trusted: frozenset[str]) -> str:
    """The nearest address, from ours to theirs along ``X-Forwarded-For``, that is none of ``trusted``."""
    for hop in reversed([part.strip() for part in forwarded_for.split(",")]):
        if address not in trusted or not hop:
            break
        address = hop
    return address


def safe_next(target: str | None) -> str | None:
    """A path of ours to go on to, or None: no one is sent to another site."""
    if not target or len(target) > MOST_ADDRESS_CHARACTERS or not target.isprintable():
        return None
    if not target.startswith("/") or target.startswith(("//", "/\\")) or urlsplit(target).netloc:
        return None
    return target


def page_before() -> str:
    """The page of ours whose form was sent, as its browser says; empty where it says none that can be opened again.

    Whoever has to sign in first comes back to it, where the browser still has what was typed.
    """
    try:
        came = urlsplit(request.referrer or "")
        if came.netloc != request.host:
            return ""
        current_app.url_map.bind("").match(came.path, method="GET")
    except (ValueError, HTTPException):
        return ""
    return safe_next(came.path + (f"?{came.query}" if came.query else "")) or ""


def number_argument(name: str, *, digits: int = rows.DIGITS) -> int | None:
    """A row's number, or a count from one, of the query string; anything else counts as absent."""
    return rows.read(request.args.get(name, ""), digits=digits)


def number_field(name: str) -> int | None:
    """The same of a form."""
    return rows.read(request.form.get(name, ""))


def carried(name: str) -> list[int]:
    """The rows that were ticked before a search, which carries them in its address."""
    return [one for raw in request.args.getlist(name)[:MAX_CARRIED] if (one := rows.read(raw)) is not None]


def ticked(name: str, *, digits: int = rows.DIGITS) -> list[int]:
    """The rows that were ticked under this name; what is none is left out."""
    return [one for raw in request.form.getlist(name) if (one := rows.read(raw, digits=digits)) is not None]
