"""The carrier's reports as its callbacks bring them: to their message, or among the strays of nobody's."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Forbidden
from app.french.language import _
from app.messaging import receipts
from app.messaging.inbox.spool import Spool
from app.messaging.receipts import Addressee, Report
from app.settings import Settings


@dataclass(frozen=True)
class Arrival:
    """One report: the message that its URL names, the account that has signed it."""

    public_id: str
    account_sid: str
    report: Report


def wrong() -> Forbidden:
    """The refusal of a call that its account has not signed, or that speaks of another's message."""
    return Forbidden("signature_wrong", _("La signature de cet appel n'est pas la bonne."))


def record(session: Session, arrived: Sequence[Arrival], *, settings: Settings, now: datetime) -> None:
    """Keep each, in the order they came, and move its message. One on a message that is no more is a stray.

    Raises Forbidden when one comes from another account than its message's.
    """
    found = receipts.find(session, {one.public_id for one in arrived}, settings=settings)
    known: list[tuple[Addressee, Report]] = []
    for one in arrived:
        addressee = found.get(one.public_id)
        if addressee is None:
            receipts.keep_stray(session, one.public_id, one.account_sid, one.report, now=now)
        elif addressee.account.account_sid != one.account_sid:
            raise wrong()
        else:
            known.append((addressee, one.report))
    receipts.record_in_order(session, known, now=now)


def _pack(one: Arrival) -> dict[str, Any]:
    return {"public_id": one.public_id, "account_sid": one.account_sid, "report": asdict(one.report)}


def _unpack(said: dict[str, Any]) -> Arrival:
    """Its message is looked for again: it may be gone by now."""
    return Arrival(said["public_id"], said["account_sid"], Report(**said["report"]))


SPOOL = Spool("receipts", _pack, _unpack)
"""Reports that met a busy database."""
