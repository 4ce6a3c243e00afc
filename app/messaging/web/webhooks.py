"""The addresses that the carrier calls. They do almost nothing: check the signature, keep the report, answer."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError

from app.accounts.web.guards import signed
from app.carrier.carriers import CarrierAccount
from app.carrier.signatures import is_signed
from app.clock import utc_now
from app.database.engine import is_busy
from app.messaging.group_commit import GroupCommit
from app.messaging.inbox import arrivals, inbound
from app.messaging.inbox.arrivals import Arrival
from app.messaging.inbox.replies import Incoming
from app.messaging.receipts import Report
from app.messaging.web.signers import Signers
from app.settings import Settings
from app.web import seams
from app.web.requests import runtime
from app.web.seams import Seam, fill

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks/twilio")

log = logging.getLogger(__name__)

REPORTS: Seam[GroupCommit[tuple[Arrival, datetime]]] = Seam("reports")
"""The process's writers of reports: each, and when it came."""
SIGNERS: Seam[Signers] = Seam("signers")
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Webhooks prove themselves by signature, not by form token."""
    csrf.exempt(blueprint)
    fill(app, REPORTS.filled_by(GroupCommit(partial(_write, app))), SIGNERS.filled_by(Signers()))
    app.register_blueprint(blueprint)


@blueprint.post("/status/<public_id>")
@signed("the carrier's signature, by the account it names, which must be the message's")
def status(public_id: str) -> ResponseReturnValue:
    """A report on one message. ``callbacks`` takes nearly all of them before they come here."""
    arrival = read_arrival(public_id, request.form)
    _check_signature()
    REPORTS.read().put((arrival, utc_now()))
    return "", 204


def read_arrival(public_id: str, form: Mapping[str, str]) -> Arrival:
    """What a callback's form says."""
    word, sid, code = (_said(name, form) for name in ("MessageStatus", "MessageSid", "ErrorCode"))
    report = Report(word=word, carrier_sid=sid, error_code=_code(code))
    return Arrival(public_id.replace("\x00", ""), _said("AccountSid", form), report)


def _write(app: Flask, arrived: Sequence[tuple[Arrival, datetime]]) -> None:
    """In the database or, when it is busy for longer than the carrier would wait, in files until it is not.

    Who came while others waited has waited as well: the time is counted from the first of them.
    """
    held, now = seams.of(app).runtime, utc_now()
    settings = held.settings
    left_s = settings.inbound_wait_s - max(0.0, (now - arrived[0][1]).total_seconds())
    try:
        with held.database.transaction(wait_s=max(0.0, left_s)) as session:
            arrivals.record(session, [one for one, _at in arrived], settings=settings, now=now)
    except OperationalError as error:
        if not is_busy(error):
            raise
        arrivals.SPOOL.put(settings.data_dir, arrived)
        log.warning("receipts_spooled", extra={"count": len(arrived)})


@blueprint.post("/inbound")
@signed("the carrier's signature, by the account it names")
def receive() -> ResponseReturnValue:
    """A text that came back."""
    incoming = Incoming(
        account_sid=_said("AccountSid"),
        carrier_sid=_said("MessageSid")[:40],
        phone=_said("From"),
        to=_said("To"),
        body=_said("Body"),
        opt_out_type=_said("OptOutType"),
    )
    _check_signature()
    _keep(incoming, _other_fields())
    return Response(EMPTY_TWIML, mimetype="text/xml")


def _keep(incoming: Incoming, raw: dict[str, str]) -> None:
    """In its space or, when the database is busy for longer than the carrier would wait, in a file until it is not."""
    settings, now = runtime().settings, utc_now()
    try:
        with runtime().database.transaction(wait_s=settings.inbound_wait_s) as session:
            inbound.take(session, incoming, settings=settings, now=now, raw=raw)
    except OperationalError as error:
        if not is_busy(error):
            raise
        inbound.SPOOL.put(settings.data_dir, [(inbound.Text(incoming, raw), now)])
        log.warning("inbound_spooled", extra={"carrier_sid": incoming.carrier_sid})


def _check_signature() -> None:
    """The account that the form names must be one of ours, and have signed it. Raises Forbidden."""
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    url = f"{public_address(runtime().settings, request.path)}{query}"

    def signed_by(account: CarrierAccount) -> bool:
        return is_signed(account.auth_token, url=url, form=request.form, headers=request.headers)

    sid = request.form.get("AccountSid", "")
    if "\x00" in sid or not SIGNERS.read().accept(runtime(), sid, signed_by):
        raise arrivals.wrong()


def public_address(settings: Settings, path: str) -> str:
    """What the carrier was asked to call."""
    return f"{settings.public_url.rstrip('/')}{path}"


def _said(name: str, form: Mapping[str, str] | None = None) -> str:
    """A field of the form, or nothing. PostgreSQL takes no NUL in a text, and whoever calls may send one."""
    return (request.form if form is None else form).get(name, "").replace("\x00", "")


def _code(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else None


def _other_fields() -> dict[str, str]:
    known = {"AccountSid", "MessageSid", "SmsSid", "From", "To", "Body"}
    return {name: _said(name)[:200] for name in request.form if name not in known}
