"""What every page shares: the runtime, headers, errors, fragments and paging."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from flask_wtf.csrf import CSRFError
from jinja2 import Undefined
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from app.errors import AppError, Conflict, Elsewhere, Forbidden, NotFound, NotSignedIn, TooMany
from app.french.language import _
from app.logs import request_id
from app.runtime import Runtime
from app.settings import Settings
from app.web import rows

log = logging.getLogger(__name__)

PAGE_SIZE = 50
MOST_ADDRESS_CHARACTERS = 2_000
HSTS_S = 365 * 24 * 3600
CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_STATUSES: dict[type[AppError], int] = {NotSignedIn: 401, NotFound: 404, Forbidden: 403, Conflict: 409, TooMany: 429}


class Loud(Undefined):
    """A name that a template does not know may be tested, and never printed nor looped over in silence.

    What a form or a dictionary lacks is no misspelt name: it is empty.
    """

    __slots__ = ()

    def __str__(self) -> str:
        self._refuse()
        return super().__str__()

    def __iter__(self) -> Iterator[Any]:
        self._refuse()
        return super().__iter__()

    def _refuse(self) -> None:
        if not isinstance(self._undefined_obj, Mapping):
            self._fail_with_undefined_error()


def runtime() -> Runtime:
    """The runtime of the application that serves this request."""
    return cast(Runtime, current_app.extensions["tambour"])


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


def number_argument(name: str, *, digits: int = rows.DIGITS) -> int | None:
    """A row's number, or a count from one, of the query string; anything else counts as absent."""
    return rows.read(request.args.get(name, ""), digits=digits)


def number_field(name: str) -> int | None:
    """The same of a form."""
    return rows.read(request.form.get(name, ""))


def ticked(name: str, *, digits: int = rows.DIGITS) -> list[int]:
    """The rows that were ticked under this name; what is none is left out."""
    return [one for raw in request.form.getlist(name) if (one := rows.read(raw, digits=digits)) is not None]


@dataclass(frozen=True)
class Problem:
    """One refusal, ready to be shown: ``fields`` ties sentences to form fields."""

    status: int
    code: str
    sentence: str
    fields: dict[str, str]


def problem_of(error: AppError) -> Problem:
    status = next((number for kind, number in _STATUSES.items() if isinstance(error, kind)), 422)
    return Problem(status, error.code, error.sentence, error.fields)


def refuse(problem: Problem) -> Response:
    """A refusal as problem+json for programs, as a page for people, as a notice inside a page for htmx."""
    if is_api():
        body = {
            "type": "about:blank",
            "title": problem.sentence,
            "status": problem.status,
            "code": problem.code,
            "detail": problem.sentence,
            "errors": problem.fields,
        }
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        response = Response(_error_page(problem), mimetype="text/html")
    response.status_code = problem.status
    return response


def _error_page(problem: Problem) -> str:
    # A fault of ours may lie in what stands around every page: that page stands alone.
    return render_template(
        "errors/fault.html" if problem.status >= 500 else "errors/error.html",
        code=problem.status,
        title=problem.sentence,
        text=" ".join(problem.fields.values()),
        request_id=g.get("request_id", "") if problem.status >= 500 else "",
    )


def install(app: Flask) -> None:
    """Give ``app`` its request ids, headers and refusals."""
    app.url_map.converters.update(rows.CONVERTERS)
    app.before_request(_begin)
    app.after_request(_finish)
    Compress(app)
    app.after_request(_read_static)  # the last to be named is the first to run
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(Elsewhere, _elsewhere)
    app.register_error_handler(ValidationError, _validation_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _begin() -> None:
    g.request_id = token_hex(8)
    request_id.set(g.request_id)


def _finish(response: Response) -> Response:
    if response.status_code == 308:  # the router's: it repeats the host that the client claims to have asked
        moved = urlsplit(response.location or "")
        response.location = f"/{moved.path.lstrip('/')}{'?' if moved.query else ''}{moved.query}"
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if runtime().settings.public_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_S}")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint == "static" and response.status_code < 400:
        response.cache_control.immutable = True  # another version has another address
    else:
        response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _read_static(response: Response) -> Response:
    """A file of the pages is pressed whole: Flask-Compress never closes the file under a stream."""
    if request.endpoint == "static":
        response.direct_passthrough = False
        response.get_data()
    return response


def _app_error(error: AppError) -> ResponseReturnValue:
    response = refuse(problem_of(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _elsewhere(error: Elsewhere) -> ResponseReturnValue:
    return go_to(error.address)


def _validation_error(error: ValidationError) -> ResponseReturnValue:
    return refuse(Problem(422, "invalid", _("Certaines réponses sont à corriger."), flat(error.messages)))


def _csrf_error(error: CSRFError) -> ResponseReturnValue:  # noqa: ARG001
    sentence = _("Cette page a été ouverte il y a trop longtemps. Revenez en arrière, rechargez-la et recommencez.")
    return refuse(Problem(400, "page_too_old", sentence, {}))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    response = refuse(Problem(status, f"http_{status}", _HTTP_SENTENCES.get(status) or _HTTP_SENTENCES[400], {}))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("request_failed", exc_info=error, extra={"path": request.path, "method": request.method})
    return refuse(Problem(500, "unforeseen", _HTTP_SENTENCES[500], {}))


def flat(messages: object, prefix: str = "") -> dict[str, str]:
    """marshmallow's nested messages as {field: sentence}, a dot between the levels."""
    if isinstance(messages, dict):
        found: dict[str, str] = {}
        for name, inner in messages.items():
            found.update(flat(inner, f"{prefix}.{name}" if prefix else str(name)))
        return found
    if isinstance(messages, list) and messages and isinstance(messages[0], dict):
        return flat(messages[0], prefix)
    text = " ".join(str(m) for m in messages) if isinstance(messages, list) else str(messages)
    return {prefix or "_schema": text}


_HTTP_SENTENCES = {
    400: _("Cette demande n'est pas lisible."),
    401: _("Il faut se connecter."),
    403: _("Vous n'avez pas le droit de faire cela ici."),
    404: _("Cette page n'existe pas, ou vous n'y avez pas accès."),
    405: _("Cette adresse ne se prête pas à cette action."),
    413: _("Ce fichier est trop lourd : 20 Mo au plus."),
    415: _("Ce format n'est pas pris en charge."),
    429: _("Trop de demandes. Attendez un instant."),
    500: _("Quelque chose s'est mal passé chez nous. Rien n'est perdu : rechargez la page."),
}
