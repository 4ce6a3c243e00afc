"""Stopping all sending, and letting it go on: what waits, what leaves then, and what must not any more."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.principal import Principal
from app.campaigns import launching
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.consent import hours
from app.database.ids import CampaignId, MailingId
from app.errors import RuleBroken
from app.french.language import _, ngettext
from app.messaging import validity
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.restore.halt import Standstill
from app.messaging.status import Status


@dataclass(frozen=True)
class Waiting:
    """How many messages are due while all is stopped, and what becomes of them when sending goes on.

    ``leaving`` do so at once, ``later`` wait for their hours to open, ``late`` are past their last moment and never do.
    ``kept`` are of campaigns some of whose messages are late: these ``held`` ones are paused, for their own people to
    decide. ``passed`` is how many campaigns had their hour during the stop.
    """

    leaving: int
    later: int
    late: int
    kept: int
    held: Collection[CampaignId]
    passed: int

    @property
    def total(self) -> int:
        return self.leaving + self.later + self.late + self.kept


def stop(session: Session, *, why: str, by: Principal, now: datetime) -> bool:
    """Nothing leaves any more, in any space; False when it was stopped already. Raises RuleBroken without a reason."""
    why = " ".join(why.replace("\0", "").split())
    if not why:
        raise RuleBroken("reason_missing", _("Écrivez pourquoi : tout le monde le lira."))
    return halt.stop(session, why=why, by=by, now=now)


def resume(session: Session, *, by: Principal, now: datetime) -> Waiting | None:
    """Let everything leave that still may; what becomes of it, None when nobody had stopped anything.

    What is past its last moment does not: the claim withdraws it, but for campaigns, which wait for their people.
    """
    found = halt.stopped(session)
    if found is None:
        return None
    told = waiting(session, found, now=now)
    if halt.halted(session) is None:  # else ``release`` does, when it is known what has left
        why = _("Son heure est passée pendant que tous les envois étaient arrêtés : reprenez-le, ou arrêtez-le.")
        launching.hold_late(session, told.held, why=why, now=now)
    halt.resume(session, by=by, now=now)
    return told


def release(session: Session, *, now: datetime) -> Waiting | None:
    """The same after a restore, once it is known what had left; None while a person stops all: ``resume`` tells."""
    found = halt.standstill(session)
    told = None
    if found is not None and halt.stopped(session) is None:
        told = waiting(session, found, now=now)
        why = _("Une restauration l'a interrompu, et son heure est passée : reprenez-le, ou arrêtez-le.")
        launching.hold_late(session, told.held, why=why, now=now)
    halt.release(session, now=now)
    return told


def waiting(session: Session, found: Standstill, *, now: datetime) -> Waiting:
    """What ``resume``, or ``release``, would do at this instant."""
    due, renewable = _due(session, now=now)
    late = launching.late(session, renewable, now=now)
    held = {one.mailing_id for one in late}
    counts = {word: sum(of[word] for one, of in due.items() if one not in held) for word in _WORDS}
    kept = sum(sum(of.values()) for one, of in due.items() if one in held)
    return Waiting(**counts, kept=kept, held=[one.id for one in late], passed=_passed(session, found, now=now))


def lines(told: Waiting) -> list[str]:
    """What waits, and what becomes of it, a sentence each."""
    found = [ngettext("%(n)s SMS attend.", "%(n)s SMS attendent.", told.total)]
    if told.leaving:
        found.append(ngettext("%(n)s part tout de suite.", "%(n)s partent tout de suite.", told.leaving))
    if told.later:
        one, many = _("%(n)s attend l'ouverture de ses heures."), _("%(n)s attendent l'ouverture de leurs heures.")
        found.append(ngettext(one, many, told.later))
    if told.late:
        one = _("%(n)s a passé son dernier moment et ne part pas.")
        found.append(ngettext(one, _("%(n)s ont passé leur dernier moment et ne partent pas."), told.late))
    if told.held:
        one = _("%(n)s envoi a passé son heure : il reste en pause (%(sms)s SMS), son association décide.")
        many = _("%(n)s envois ont passé leur heure : ils restent en pause (%(sms)s SMS), leurs associations décident.")
        found.append(ngettext(one, many, len(told.held), sms=told.kept))
    return found


def lines_while_held(told: Waiting, rest: Standstill) -> list[str]:
    """What waits, when a person ends their stop while a restore holds all that leaves."""
    waits = ngettext("%(n)s SMS attend.", "%(n)s SMS attendent.", told.total)
    return [waits, _("%(why)s Rien ne part avant « tambour restored ».", why=rest.sentence)]


_WORDS = ("leaving", "later", "late")


def _due(session: Session, *, now: datetime) -> tuple[dict[MailingId, Counter[str]], set[MailingId]]:
    """By mailing, what becomes of its messages, by the same rule as the claim's; and whose late ones may be renewed."""
    due: defaultdict[MailingId, Counter[str]] = defaultdict(Counter)
    renewable = set()
    for mailing, space, zone, not_after, count in _groups(session, now):
        opens_at = validity.slot(mailing, space, zone, now).opens_at
        is_late = validity.last_moment_of(mailing, space, zone, not_after) - opens_at < hours.A_MINUTE
        due[mailing.id]["late" if is_late else "later" if opens_at > now else "leaving"] += count
        if is_late and (mailing.expires_at is None or mailing.expires_at > now):
            renewable.add(mailing.id)
    return due, renewable


def _groups(session: Session, now: datetime) -> Iterator[tuple[Mailing, Space, str, datetime, int]]:
    alike = (
        select(Message.mailing_id, Message.zone, Message.not_after, func.count().label("people"))
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Mailing.state == MailingState.OPEN, Message.status == Status.QUEUED, Message.not_before <= now)
        .group_by(Message.mailing_id, Message.zone, Message.not_after)
        .subquery()
    )
    rows = (
        select(Mailing, Space, alike.c.zone, alike.c.not_after, alike.c.people)
        .join(alike, alike.c.mailing_id == Mailing.id)
        .join(Space, Space.id == Mailing.space_id)
    )
    for row in session.execute(rows):
        yield row[0], row[1], row.zone, row.not_after, row.people


def _passed(session: Session, found: Standstill, *, now: datetime) -> int:
    """The campaigns whose hour came while all was stopped, and that nobody has called off."""
    alive = Campaign.stage.in_((Stage.SCHEDULED, Stage.LAUNCHING, Stage.SENDING))
    query = select(func.count()).select_from(Campaign)
    return session.scalar(query.where(alive, Campaign.send_at >= found.since, Campaign.send_at <= now)) or 0
