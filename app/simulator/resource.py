"""A message, and a number of ours, as Twilio's JSON shows them."""

import hashlib
import sqlite3
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from app.simulator.store.forms import API_VERSION
from app.simulator.store.lookup import REDACTED


def message_json(row: sqlite3.Row) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{row['account_sid']}/Messages/{row['sid']}"
    return {
        "account_sid": row["account_sid"],
        "api_version": API_VERSION,
        "body": "" if row["hidden"] == REDACTED else row["body"],
        "date_created": _rfc_2822(row["created_at"]),
        "date_sent": _rfc_2822(row["sent_at"]),
        "date_updated": _rfc_2822(row["updated_at"]),
        "direction": row["direction"],
        "error_code": row["error_code"],
        "error_message": None,
        "from": row["from_number"],
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(row["parts"]),
        "price": None,
        "price_unit": "USD",
        "sid": row["sid"],
        "status": row["status"],
        "subresource_uris": {"feedback": f"{uri}/Feedback.json", "media": f"{uri}/Media.json"},
        "to": row["to_number"],
        "uri": f"{uri}.json",
    }


def number_json(account_sid: str, number: str, *, inbound_url: str) -> dict[str, Any]:
    """A number that the account owns; its sid is the same each time it is asked."""
    sid = f"PN{hashlib.sha256(f'{account_sid} {number}'.encode()).hexdigest()[:32]}"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "capabilities": {"fax": False, "mms": False, "sms": True, "voice": False},
        "friendly_name": number,
        "phone_number": number,
        "sid": sid,
        "sms_application_sid": "",
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": inbound_url,
        "status": "in-use",
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{sid}.json",
    }


def _rfc_2822(seconds: float | None) -> str | None:
    return None if seconds is None else format_datetime(datetime.fromtimestamp(seconds, UTC))
