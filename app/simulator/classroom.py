"""The trainer's paths: the phones, the weather, the ledger, and forgetting it all."""

import time

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.simulator.desk import caller, desk
from app.simulator.faults import read_faults
from app.simulator.messages import BODY_LIMIT, can_be_answered, is_phone
from app.simulator.refusals import Misasked
from app.simulator.store import sending
from app.simulator.store.handsets import all_handsets, as_text, one_handset
from app.simulator.store.ledger import entries

EVERYTHING = -1  # SQLite's LIMIT

blueprint = Blueprint("classroom", __name__, url_prefix="/_simulator/<account_sid>")


@blueprint.delete("")
def forget(account_sid: str) -> ResponseReturnValue:
    desk().accounts.forget(caller(account_sid))
    return "", 204


@blueprint.get("/changes")
def changes(account_sid: str) -> ResponseReturnValue:
    return jsonify({"counter": caller(account_sid).changes})


@blueprint.get("/weather")
def faults(account_sid: str) -> ResponseReturnValue:
    return jsonify(caller(account_sid).faults.to_json())


@blueprint.put("/weather")
def set_faults(account_sid: str) -> ResponseReturnValue:
    account = caller(account_sid)
    desk().accounts.set_faults(account, read_faults(request.get_json(silent=True)))
    return jsonify(account.faults.to_json())


@blueprint.get("/handsets")
def handsets(account_sid: str) -> ResponseReturnValue:
    account, limit = caller(account_sid), _whole("limit", EVERYTHING)
    with desk().database.read() as connection:
        return jsonify({"items": all_handsets(connection, account.sid, limit=limit)})


@blueprint.get("/handsets/<number>")
def handset(account_sid: str, number: str) -> ResponseReturnValue:
    account, limit = caller(account_sid), _whole("limit", EVERYTHING)
    with desk().database.read() as connection:
        return jsonify(one_handset(connection, account.sid, _phone(number), limit=limit))


@blueprint.post("/handsets/<number>/reply")
def reply(account_sid: str, number: str) -> ResponseReturnValue:
    here, account, phone = desk(), caller(account_sid), _phone(number)
    to, body = _reply(request.get_json(silent=True))
    row = here.database.do(
        lambda connection: sending.reply(
            connection,
            account.sid,
            phone=phone,
            to=to,
            body=body,
            url=here.inbound_url,
            advanced_opt_out=here.advanced_opt_out,
            now=time.time(),
        )
    )
    here.accounts.note_change([account.sid])
    here.courier.nudge()
    return jsonify(as_text(row)), 201


@blueprint.get("/ledger")
def ledger(account_sid: str) -> ResponseReturnValue:
    account, limit = caller(account_sid), _whole("limit", EVERYTHING)
    with desk().database.read() as connection:
        items = entries(connection, account.sid, after=_whole("after", 0), limit=limit)
    return jsonify({"items": items, "next": items[-1]["id"] if items and len(items) == limit else None})


def _phone(number: str) -> str:
    phone = f"+{number.strip().removeprefix('+')}"
    if not is_phone(phone):
        raise Misasked("number_malformed", "Ce numéro n'est pas écrit au format international, comme +33639980010.")
    return phone


def _reply(asked: object) -> tuple[str, str]:
    to, body = (asked.get("to"), asked.get("body")) if isinstance(asked, dict) else (None, None)
    if not isinstance(to, str) or not isinstance(body, str) or not body.strip():
        raise Misasked("reply_incomplete", "Une réponse demande un texte (« body ») et un destinataire (« to »).")
    if len(body) > BODY_LIMIT:
        raise Misasked("reply_too_long", f"Une réponse ne dépasse pas {BODY_LIMIT} caractères.")
    if not can_be_answered(to):
        raise Misasked("sender_one_way", f"On ne peut pas répondre à « {to} » : ce n'est pas un numéro.")
    return to, body


def _whole(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Misasked("bad_parameter", f"« {name} » doit être un nombre entier.")
    return int(text)
