"""The forms that Twilio posts to its customers: a status report, an incoming text."""

import sqlite3
from datetime import UTC, datetime

from app.simulator.fates import Receipt
from app.simulator.messages import Message

API_VERSION = "2010-04-01"


def status_form(account_sid: str, sid: str, message: Message, receipt: Receipt, due_at: float) -> dict[str, str]:
    form = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "From": message.sender,
        "MessageSid": sid,
        "MessageStatus": receipt.status,
        "SmsSid": sid,
        "SmsStatus": receipt.status,
        "To": message.to,
    }
    if receipt.error_code is not None:
        form["ErrorCode"] = str(receipt.error_code)
    if receipt.status != "sent":
        form["RawDlrDoneDate"] = datetime.fromtimestamp(due_at, UTC).strftime("%y%m%d%H%M")
    return form


def inbound_form(row: sqlite3.Row, *, opt_out: str | None) -> dict[str, str]:
    form = {
        "AccountSid": row["account_sid"],
        "ApiVersion": API_VERSION,
        "Body": row["body"],
        "From": row["from_number"],
        "MessageSid": row["sid"],
        "NumMedia": "0",
        "NumSegments": str(row["parts"]),
        "SmsMessageSid": row["sid"],
        "SmsSid": row["sid"],
        "SmsStatus": "received",
        "To": row["to_number"],
    }
    if opt_out is not None:
        form["OptOutType"] = opt_out
    return form
