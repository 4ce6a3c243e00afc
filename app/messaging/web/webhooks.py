"""The addresses that the carrier calls. They do almost nothing: check the signature, keep the report, answer."""

import logging
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.web.guards import signed
from app.carrier.carriers import CarrierAccount
from app.carrier.signatures import is_signed
from app.clock import utc_now
from app.database.engine import is_busy
from app.errors import Forbidden
from app.french.language import _
from app.messaging import receipts
from app.messaging.group_commit import GroupCommit
from app.messaging.inbox import arrivals, inbound
from app.messaging.inbox.arrivals import Arrival
from app.messaging.inbox.replies import Incoming
from app.messaging.receipts import Report
from app.web.requests import runtime
from app.web.seams import Seam, fill

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks/twilio")

log = logging.getLogger(__name__)

_REPORTS: Seam[GroupCommit[tuple[Arrival, datetime]]] = Seam("reports")
"""The process's writers of reports: each, and when it came."""
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Webhooks prove themselves by signature, not by form token."""
    csrf.exempt(blueprint)
    fill(app, _REPORTS.filled_by(GroupCommit(_write)))
    app.register_blueprint(blueprint)


@blueprint.post("/status/<public_id>")
@signed("the carrier's signature, by the account of the message")
def status(public_id: str) -> ResponseReturnValue:
    """A report on one message."""
    public_id = public_id.replace("\x00", "")
    report = Report(word=_said("MessageStatus"), carrier_sid=_said("MessageSid"), error_code=_code(_said("ErrorCode")))
    with runtime().database.snapshot() as session:
        message = receipts.find(session, public_id, settings=runtime().settings)
        account = message.account if message else _named_account(session)
    _check_signature(account)
    arrival = Arrival(public_id, _said("AccountSid"), report, message.message_id if message else None)
    _REPORTS.read().put((arrival, utc_now()))
    return "", 204


def _write(arrived: Sequence[tuple[Arrival, datetime]]) -> None:
    """In the database or, when it is busy for longer than the carrier would wait, in files until it is not.

    Who came while others waited has waited as well: the time is counted from the first of them.
    """
    settings, now = runtime().settings, utc_now()
    left_s = settings.inbound_wait_s - max(0.0, (now - arrived[0][1]).total_seconds())
    try:
        with runtime().database.transaction(wait_s=max(0.0, left_s)) as session:
            arrivals.record(session, [one for one, _at in arrived], now=now)
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
    with runtime().database.snapshot() as session:
        account = _named_account(session)
    _check_signature(account)
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


def _named_account(session: Session) -> CarrierAccount | None:
    """The account that the form says it comes from, if it is one of ours."""
    settings = runtime().settings
    sid = _said("AccountSid")
    if sid == settings.twilio_account_sid:
        return CarrierAccount(sid, settings.twilio_auth_token, practice=False)
    space = spaces.of_carrier_account(session, sid)
    return CarrierAccount(sid, space.carrier_auth_token or "", practice=True) if space else None


def _check_signature(account: CarrierAccount | None) -> None:
    """Signature, AccountSid and message must name one account. Raises Forbidden."""
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    url = f"{runtime().settings.public_url.rstrip('/')}{request.path}{query}"
    if (
        account is None
        or request.form.get("AccountSid", "") != account.account_sid
        or not is_signed(account.auth_token, url=url, form=request.form, headers=request.headers)
    ):
        raise Forbidden("signature_wrong", _("La signature de cet appel n'est pas la bonne."))


def _said(name: str) -> str:
    """A field of the form, or nothing. PostgreSQL takes no NUL in a text, and whoever calls may send one."""
    return request.form.get(name, "").replace("\x00", "")


def _code(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else None


def _other_fields() -> dict[str, str]:
    known = {"AccountSid", "MessageSid", "SmsSid", "From", "To", "Body"}
    return {name: _said(name)[:200] for name in request.form if name not in known}
