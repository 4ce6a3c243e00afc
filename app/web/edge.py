"""What leaves by the edge of the application, one way each: files, cookies, and « nothing has changed »."""

from collections.abc import Iterator
from datetime import timedelta
from zlib import crc32

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from app.web.answers import STREAMED
from app.web.requests import is_fragment, runtime


def download(content: bytes | str, *, file_name: str, mimetype: str, is_shown: bool = False) -> Response:
    """A file to keep under ``file_name`` (ASCII); ``is_shown`` lets the browser open it at once: a date, a picture."""
    response = Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "inline" if is_shown else "attachment", filename=file_name)
    return response


def streamed(pieces: Iterator[bytes], *, file_name: str, mimetype: str) -> Response:
    """A file too long to be held, piece by piece. ``pieces`` come after the request: they hear nothing of it."""
    request.environ[STREAMED] = True
    response = Response(pieces, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    return response


def set_cookie(response: AnyResponse, name: str, value: str, *, lasts: timedelta) -> None:
    """A cookie that no script reads and no other site sends along with a form; under https, sent by https alone."""
    secure = runtime().settings.is_https
    response.set_cookie(name, value, max_age=lasts, httponly=True, samesite="Lax", secure=secure)


def etag(*shown: object) -> str:
    """A word that changes whenever one of these values does. A part of a page that polls hands it back as « vu »."""
    return f"{crc32(repr(shown).encode()):x}"


def unchanged(seen: str) -> ResponseReturnValue | None:
    """The empty answer to a poll whose page shows ``seen`` already, None for who must be given the page."""
    is_poll = is_fragment() or bool(request.args.get("part"))
    return ("", 204) if is_poll and request.args.get("vu") == seen else None
