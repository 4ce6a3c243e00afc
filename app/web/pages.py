"""What stands around every answer: its headers, its request id, its length of page."""

from secrets import token_hex
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_compress import Compress

from app.logs import request_id
from app.web import problems, rows
from app.web.edge import etag
from app.web.requests import runtime

PAGE_SIZE = 50
HSTS_S = 365 * 24 * 3600
CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)


def install(app: Flask) -> None:
    """Give ``app`` its request ids, headers and refusals."""
    app.url_map.converters.update(rows.CONVERTERS)
    app.before_request(_begin)
    app.after_request(_finish)
    app.add_template_filter(etag)
    Compress(app)
    app.after_request(_read_static)  # the last to be named is the first to run
    problems.install(app)


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
    if runtime().settings.is_https:
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
