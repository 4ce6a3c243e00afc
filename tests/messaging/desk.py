"""The dispatcher's and the carrier's gestures, one at a time, for tests that say what happens between them."""

from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from app.accounts.models import Space
from app.carrier.protocol import Outcome
from app.database.engine import Database
from app.messaging import outbox, settling, tallies
from app.messaging.claims import Claimed
from app.messaging.models import Message
from app.messaging.status import Status
from app.settings import Settings
from tests.factories import NOON

SID = "SM" + "7" * 32


def claim(database: Database, settings: Settings, *, now: datetime = NOON, limit: int = 100) -> list[Claimed]:
    with database.transaction() as session:
        return outbox.claim(session, settings=settings, now=now, limit=limit)


def settle(database: Database, claimed: Claimed, outcome: Outcome, *, now: datetime = NOON) -> None:
    with database.transaction() as session:
        settling.settle(session, [(claimed, outcome)], now=now)


def message(database: Database, message_id: int) -> Message:
    with database.snapshot() as session:
        return session.get_one(Message, message_id)


def counted(session: Session, mailing_id: int) -> dict[Status, int]:
    """People by the status of their latest message, counted one by one."""
    latest = select(Message.status, func.count()).where(Message.mailing_id == mailing_id, Message.is_latest)
    return dict(session.execute(latest.group_by(Message.status)).all())


def progress(database: Database, mailing_id: int) -> tallies.Progress:
    with database.snapshot() as session:
        found = tallies.progress(session, mailing_id)
        assert found.counts == counted(session, mailing_id), "the sums and the letters say the same"
        return found


def sign(settings: Settings, path: str, token: str, form: dict[str, Any]) -> dict[str, str]:
    url = f"{settings.public_url}{path}"
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, form)}


def post_status(
    client: FlaskClient, settings: Settings, message: Message, space: Space | None = None, **form: Any
) -> TestResponse:
    """A callback signed by the account of the space, or by the live account."""
    sid = (space and space.carrier_account_sid) or settings.twilio_account_sid
    token = (space and space.carrier_auth_token) or settings.twilio_auth_token
    form = {"AccountSid": sid, "MessageSid": SID, **form}
    path = f"/webhooks/twilio/status/{message.public_id}"
    return client.post(path, data=form, headers=sign(settings, path, token, form))
