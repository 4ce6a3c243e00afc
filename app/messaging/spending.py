"""What a mailing's claimed messages cost, against its cap."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database.ids import MailingId
from app.messaging.applying import Applied
from app.messaging.models import Mailing
from app.messaging.status import Status


def refunds(steps: Iterable[Applied]) -> dict[MailingId, int]:
    """What the messages that were claimed and will never cost anything give back: {mailing id: micros}.

    Those that have left without a claim take their price instead.
    """
    sums: dict[MailingId, int] = {}
    for step in steps:
        micros = -step.spent_micros if step.was is Status.QUEUED else step.saved_micros
        if micros:
            sums[step.mailing_id] = sums.get(step.mailing_id, 0) + micros
    return sums


def give_back(session: Session, micros: Mapping[MailingId, int]) -> None:
    """Let other messages of the mailings have the price of those that did not leave: {mailing id: micros}."""
    for mailing_id in lock(session, [mailing_id for mailing_id, price in micros.items() if price]):
        session.execute(
            update(Mailing)
            .where(Mailing.id == mailing_id)
            .values(spent_micros=Mailing.spent_micros - micros[mailing_id])
        )


def lock(session: Session, mailing_ids: Iterable[MailingId]) -> list[MailingId]:
    """Hold these mailings, always in the same order, so that no two transactions wait for each other.

    The lock lets others write messages and tallies of the mailing meanwhile.
    """
    wanted = sorted(set(mailing_ids))
    if not wanted:
        return []
    rows = select(Mailing.id).where(Mailing.id.in_(wanted)).order_by(Mailing.id).with_for_update(key_share=True)
    return list(session.scalars(rows))
