"""Twilio's own paths: sending, listing, reading, redacting and deleting messages."""

import sqlite3
import time

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.simulator import fates
from app.simulator.desk import HANG_UP, Desk, caller, desk
from app.simulator.faults import Faults
from app.simulator.listing import numbers_json, page_json, read_page
from app.simulator.messages import Message, read_message
from app.simulator.refusals import Refused, broken, busy, not_found
from app.simulator.resource import message_json
from app.simulator.store import lookup, sending
from app.simulator.store.accounts import Account

blueprint = Blueprint("api", __name__, url_prefix="/2010-04-01/Accounts/<account_sid>")


@blueprint.post("/Messages.json")
def create(account_sid: str) -> ResponseReturnValue:
    here, account = desk(), caller(account_sid)
    faults = account.faults
    _go_through(faults, here)
    message = read_message(request.form)
    refusal = fates.refusal(message.to)
    if refusal is not None:
        raise refusal
    row = _accept(here, account, message)
    if here.draw() < faults.cut_after_accept_rate:
        request.environ[HANG_UP]()
    return jsonify(message_json(row)), 201


@blueprint.get("/Messages.json")
def index(account_sid: str) -> ResponseReturnValue:
    account, page = caller(account_sid), read_page(request.args)
    with desk().database.read() as connection:
        rows = lookup.listed(connection, account.sid, page.search, limit=page.size + 1)
    return jsonify(page_json(request.path, page, rows))


@blueprint.get("/IncomingPhoneNumbers.json")
def numbers(account_sid: str) -> ResponseReturnValue:
    """A number belongs to whoever asks for it by name, and brings what comes to it where all of them do."""
    account, number = caller(account_sid), request.args.get("PhoneNumber", "")
    return jsonify(numbers_json(request.path, account.sid, number, inbound_url=desk().inbound_url))


@blueprint.get("/Messages/<sid>.json")
def show(account_sid: str, sid: str) -> ResponseReturnValue:
    return jsonify(message_json(_get(caller(account_sid), sid)))


@blueprint.post("/Messages/<sid>.json")
def update(account_sid: str, sid: str) -> ResponseReturnValue:
    """An empty Body redacts. Nothing here waits to be sent, so nothing can be canceled."""
    account = caller(account_sid)
    row = _get(account, sid)
    if "Status" in request.form:
        raise Refused(30409, "The message cannot be canceled.")
    if request.form.get("Body") != "":
        raise Refused(20001, "A message body can only be emptied.")
    desk().database.do(lambda connection: lookup.hide(connection, row, lookup.REDACTED))
    desk().accounts.note_change([account.sid])
    return jsonify(message_json(_get(account, sid)))


@blueprint.delete("/Messages/<sid>.json")
def delete(account_sid: str, sid: str) -> ResponseReturnValue:
    account = caller(account_sid)
    row = _get(account, sid)
    if row["status"] in {"queued", "sent"}:
        raise Refused(20009, "Cannot delete message because delivery has not been completed.", status=409)
    desk().database.do(lambda connection: lookup.hide(connection, row, lookup.DELETED))
    desk().accounts.note_change([account.sid])
    return "", 204


def _go_through(faults: Faults, here: Desk) -> None:
    """Wait as long as the weather says, and be turned away as often."""
    if faults.latency_ms:
        time.sleep(faults.latency_ms / 1000)
    if here.draw() < faults.refuse_rate:
        raise broken()
    if here.draw() < faults.busy_rate:
        raise busy()


def _accept(here: Desk, account: Account, message: Message) -> sqlite3.Row:
    """The message, on the disk with all that is to follow."""
    told = not here.draw() < account.faults.silence_rate
    fated = fates.receipts(message.to, slow_receipt_s=here.slow_receipt_s)
    receipts = fates.bend(fated, account.faults, here.draw)
    now = time.time()

    def accept(connection: sqlite3.Connection) -> sqlite3.Row | Refused:
        # The limit as it is when this act's turn has come, which may be after another weather was set.
        limit = account.faults.day_limit
        return sending.accept(connection, account.sid, message, receipts, told=told, day_limit=limit, now=now)

    row = here.database.do(accept)
    if isinstance(row, Refused):
        raise row
    here.accounts.note_change([account.sid])
    here.courier.nudge()
    return row


def _get(account: Account, sid: str) -> sqlite3.Row:
    with desk().database.read() as connection:
        row = lookup.find(connection, account.sid, sid)
    if row is None:
        raise not_found(request.path)
    return row
