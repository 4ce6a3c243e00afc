"""The carrier's reports before they cost a request: read, checked and handed to the group commit on the loop itself.

They come by the hundred, and all but a few are alike: an account of ours, a signature that is right, a message that is
its own. Flask and a thread cost such a report twice what its reading and its writing do. Whatever is not so plain is
left to ``webhooks.status``, which says no, or asks the database whose account it is; and so is a report that could not
be written, which is tried there once more.
"""

from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.datastructures import Headers, MultiDict

from app.carrier.signatures import is_signed
from app.clock import utc_now
from app.messaging.claims import CALLBACK
from app.messaging.inbox.arrivals import Arrival
from app.messaging.web import webhooks
from app.web import answers, seams

FORM = "application/x-www-form-urlencoded"
MAX_BYTES = 8 * 1024
"""Twilio's callbacks weigh some 400."""


class Callbacks:
    """For ``Front``: what of the carrier's reports this application answers ahead of Flask."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any]) -> Awaitable[tuple[int, answers.Headers] | None] | None:
        """An answer that comes once the report is on the disk; None for any other request."""
        if not environ["PATH_INFO"].startswith(CALLBACK) or not _is_plain(environ):
            return None
        arrival = self._read(environ)
        environ["wsgi.input"].seek(0)
        return self._keep(arrival) if arrival is not None else None

    async def _keep(self, arrival: Arrival) -> tuple[int, answers.Headers] | None:
        try:
            await webhooks.REPORTS.of(self._app).put_soon((arrival, utc_now()))
        except Exception:  # it says what it is when it is tried again
            return None
        return 204, [("Cache-Control", "private, no-store")]

    def _read(self, environ: dict[str, Any]) -> Arrival | None:
        """The report, signed by an account known already; else None."""
        path, runtime = environ["PATH_INFO"], seams.of(self._app).runtime
        url, headers = webhooks.public_address(runtime.settings, path), Headers(_signing(environ))
        try:
            said = parse_qsl(environ["wsgi.input"].read().decode(), keep_blank_values=True, errors="strict")
            form: MultiDict[str, str] = MultiDict(said)
            account = webhooks.SIGNERS.of(self._app).known(runtime, form.get("AccountSid", ""))
            if account is None or not is_signed(account.auth_token, url=url, form=form, headers=headers):
                return None
        except ValueError:  # signs that no text of the carrier's has
            return None
        return webhooks.read_arrival(path.removeprefix(CALLBACK), form)


def _is_plain(environ: dict[str, Any]) -> bool:
    """Whether this is a form posted to an address of ours, of the length that reports have."""
    public_id = environ["PATH_INFO"].removeprefix(CALLBACK)
    is_form = environ["CONTENT_TYPE"].partition(";")[0].strip().lower() == FORM
    is_short = environ["CONTENT_LENGTH"].isdecimal() and int(environ["CONTENT_LENGTH"]) <= MAX_BYTES
    is_ours = public_id.isascii() and public_id.replace("-", "").replace("_", "").isalnum()
    return is_form and is_short and is_ours and environ["REQUEST_METHOD"] == "POST" and not environ["QUERY_STRING"]


def _signing(environ: dict[str, Any]) -> list[tuple[str, str]]:
    """The headers that a signature may stand in."""
    return [
        (name.removeprefix("HTTP_").replace("_", "-"), value)
        for name, value in environ.items()
        if name.startswith("HTTP_X_TWILIO_")
    ]
