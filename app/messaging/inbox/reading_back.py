"""Texts that came back while the web was down: read back from the carrier's own list, so that no objection is lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Mode, Space
from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import Inbound
from app.database.engine import upsert
from app.messaging.inbox.inbound import take
from app.messaging.inbox.replies import Incoming
from app.messaging.models import Mailing, Reply
from app.messaging.restore.models import InboundMark
from app.settings import Settings

OVERLAP = timedelta(days=1)
"""Read again before the last reading: no clock is further off, and a text kept twice is kept once."""
FIRST_LOOK = timedelta(days=7)
"""How far back a number is read that never was."""
ANSWERED_FOR = {Mode.LIVE: timedelta(days=180), Mode.PRACTICE: timedelta(days=2)}
"""How long after its last mailing a number that its space has given up may be answered: as long as a link opens, or
as a workshop's phones are looked at."""


@dataclass(frozen=True)
class Line:
    """One number of ours at one carrier account. ``since``: the earliest text to read."""

    account: CarrierAccount
    number: str
    since: datetime


def lines(session: Session, *, settings: Settings, now: datetime) -> list[Line]:
    """The numbers that somebody may have answered, each with its account."""
    account = (Space.mode, Space.carrier_account_sid, Space.carrier_auth_token)
    own = select(*account, Space.sender.label("number")).where(Space.mode == Mode.LIVE, Space.two_way)
    found = list(session.execute(own))
    for mode, answered_for in ANSWERED_FOR.items():
        used = (
            select(*account, Mailing.sender.label("number"))
            .join(Mailing, Mailing.space_id == Space.id)
            .where(Space.mode == mode, Mailing.created_at > now - answered_for)
            .distinct()
        )
        found += session.execute(used)
    marks = {(one.account_sid, one.number): one.read_until for one in session.scalars(select(InboundMark))}
    told: dict[tuple[str, str], Line] = {}
    for row in found:
        if row.number.removeprefix("+").isdigit():  # a name cannot be answered
            which = spaces.account_of(row, settings)
            key = (which.account_sid, row.number)
            told[key] = Line(which, row.number, marks[key] - OVERLAP if key in marks else now - FIRST_LOOK)
    return list(told.values())


def unknown(session: Session, line: Line, texts: Sequence[Inbound]) -> list[Inbound]:
    """Those that no webhook brought."""
    sids = [text.carrier_sid for text in texts]
    known: set[str] = set()
    for at in range(0, len(sids), 500):
        asked = select(Reply.carrier_sid).where(
            Reply.account_sid == line.account.account_sid, Reply.carrier_sid.in_(sids[at : at + 500])
        )
        known.update(session.scalars(asked))
    return [text for text in texts if text.carrier_sid not in known]


def keep(session: Session, line: Line, text: Inbound, *, settings: Settings, now: datetime) -> bool:
    """Do with a text what its webhook would have done; whether it is a new one of a space of ours."""
    incoming = Incoming(
        account_sid=line.account.account_sid,
        carrier_sid=text.carrier_sid[:40],
        phone=text.phone.replace("\x00", ""),
        to=text.to,
        body=text.body.replace("\x00", ""),
    )
    raw = {"NumMedia": str(text.media), "ReadBack": "1"}
    return take(session, incoming, settings=settings, now=now, said_at=min(text.made_at, now), raw=raw)


def mark(session: Session, line: Line, read_until: datetime, *, failed: Collection[Inbound] = ()) -> None:
    """Note how far a number was read: not beyond a text that could not be kept."""
    until = min([read_until, *(text.made_at for text in failed)])
    row = {"account_sid": line.account.account_sid, "number": line.number, "read_until": until}
    upsert(
        session,
        InboundMark,
        row,
        unique=[InboundMark.account_sid, InboundMark.number],
        changed=[InboundMark.read_until],
    )
