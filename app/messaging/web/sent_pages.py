"""How a sending goes, whoever owns it; and the lines of the list of everything sent."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role, Space
from app.accounts.web.guards import needs, space
from app.clock import utc_now
from app.contacts import service as contacts
from app.contacts.phone import show_phone
from app.database.ids import MailingId
from app.french.language import _
from app.messaging import afterthought, tallies
from app.messaging.following import sent, standing
from app.messaging.following.sent import ALONE, Held, Owner, Told
from app.messaging.models import Mailing
from app.messaging.restore import halt
from app.messaging.status import Status
from app.messaging.tallies import Progress
from app.messaging.web.recipients import recipients
from app.web.edge import etag, unchanged
from app.web.requests import runtime
from app.web.seams import Seam

blueprint = Blueprint("sendings", __name__, url_prefix="/e/<slug>/envois/<int:mailing_id>")


OWNERS: Seam[Sequence[Owner]] = Seam("owners of mailings")
"""Who says what a mailing is, in the order of the filters; single messages come last, by themselves."""
KIND_OF_ONE = _("À une personne")


@dataclass(frozen=True)
class Line:
    """One sending in the list."""

    mailing: Mailing
    kind: str
    title: str
    address: str
    state: str
    at: datetime
    progress: Progress


def kinds() -> list[tuple[str, str]]:
    """(word of the address, label) of each kind of sending that the list is narrowed to."""
    return [*((one.kind, one.label) for one in OWNERS.read() if one.label), (ALONE, KIND_OF_ONE)]


def page(
    session: Session, here: Space, *, kind: str, before_id: int | None, limit: int, now: datetime
) -> tuple[list[Line], MailingId | None]:
    """A page of what was sent, and where the next begins."""
    found = sent.page(session, here, _held(), kind=kind, before_id=before_id, limit=limit)
    return list(_lines(session, here, found.items, now)), found.next_id


def stopped(session: Session, here: Space, *, limit: int, now: datetime) -> list[Line]:
    """What is paused while something of it is still to leave."""
    return list(_lines(session, here, sent.stopped(session, here, _held(), limit=limit), now))


def _held() -> Held:
    return {one.kind: one.holds for one in OWNERS.read()}


def _lines(session: Session, here: Space, mailings: Sequence[Mailing], now: datetime) -> Iterator[Line]:
    counted = tallies.progress_of(session, [one.id for one in mailings])
    progress = {one.id: counted[one.id] for one in mailings}
    told = _told(session, here, progress)
    stopped = halt.standstill(session) is not None
    for one in mailings:
        kind, its = told[one.id]
        state = its.state or standing.words(one, progress[one.id].counts, now=now, all_stopped=stopped)
        address = its.address or url_for("sendings.follow", slug=here.slug, mailing_id=one.id)
        yield Line(one, kind, its.title, address, state, its.at or one.created_at, progress[one.id])


def _told(session: Session, here: Space, progress: Mapping[MailingId, Progress]) -> dict[MailingId, tuple[str, Told]]:
    """What the first owner that knows a mailing says of it, and its kind."""
    found: dict[MailingId, tuple[str, Told]] = {}
    for owner in OWNERS.read():
        rest = {one: progress[one] for one in progress if one not in found}
        if rest:
            found |= {one: (owner.one, told) for one, told in owner.tell(session, here, rest).items()}
    alone = _told_alone(session, here, progress.keys() - found.keys())
    return {**found, **{one: (KIND_OF_ONE, told) for one, told in alone.items()}}


def _told_alone(session: Session, here: Space, mailing_ids: Collection[MailingId]) -> dict[MailingId, Told]:
    firsts = sent.firsts(session, here.id, mailing_ids)
    people = contacts.of_ids(session, here.id, {one.contact_id for one in firsts.values()})
    names = {one.id: one.name for one in people}
    return {
        mailing_id: Told(
            (names.get(one.contact_id) if one.contact_id else "") or show_phone(one.phone),
            url_for("singles.show", slug=here.slug, message_id=one.id),
        )
        for mailing_id, one in firsts.items()
    }


@blueprint.get("")
@needs(Role.LECTRICE)
def follow(mailing_id: MailingId) -> ResponseReturnValue:
    """How a sending is going; with htmx, only the part that moves, and only when it has."""
    with runtime().database.snapshot() as session:
        mailing, now = sent.get(session, space().id, mailing_id), utc_now()
        progress = tallies.progress(session, mailing.id)
        found = _told(session, space(), {mailing.id: progress}).get(mailing.id)
        kind, told = found or ("", Told(_("Un envoi")))
        if told.address:
            return redirect(told.address)
        mark = _mark(session, mailing, progress, now)
        if nothing_new := unchanged(mark):
            return nothing_new
        words = {"kind": kind, "told": told, "mark": mark, **_state(session, mailing, progress, now)}
    return render_template("messaging/_follow.html" if request.args.get("part") else "messaging/follow.html", **words)


def _mark(session: Session, mailing: Mailing, progress: Progress, now: datetime) -> str:
    """A word that changes whenever the page does."""
    said = (mailing.state, mailing.pause_reason, standing.held(session, mailing, now=now))
    return etag(tallies.mailing_mark(session, mailing.id), said, _words(session, mailing, progress, now))


def _words(session: Session, mailing: Mailing, progress: Progress, now: datetime) -> str:
    return standing.words(mailing, progress.counts, now=now, all_stopped=halt.standstill(session) is not None)


def _state(session: Session, mailing: Mailing, progress: Progress, now: datetime) -> dict[str, Any]:
    leaving = afterthought.leaving(session, space(), [mailing.id], now=now)
    waits = bool(progress.counts.get(Status.QUEUED))
    return {
        "mailing": mailing,
        "counts": {status.value: n for status, n in progress.counts.items()},
        "people": progress.people,
        "price_micros": progress.price_micros,
        "stage_words": _words(session, mailing, progress, now),
        "leaving": leaving[0] if leaving else None,
        "waits": waits,
        "is_live": waits or bool(progress.four.moving),
        **recipients(session, space(), mailing, now=now),
    }
