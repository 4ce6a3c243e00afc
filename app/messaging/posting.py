"""The one way in for whoever sends: sender, age, consent, window and the month's budget, before anything is written."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.recipients import Recipient
from app.consent import service as consent
from app.consent.families import Family
from app.contacts import rules
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import budget, mailings, messages, withdrawal
from app.messaging.body.parts import part_count
from app.messaging.body.text import FIELDS
from app.messaging.messages import LinkTarget, Window
from app.messaging.models import Mailing
from app.settings import Settings


def post(
    session: Session,
    space: Space,
    people: Sequence[Recipient],
    *,
    body: str,
    family: Family,
    window: Window,
    settings: Settings,
    now: datetime,
    open_mailing: Callable[[], Mailing] | None = None,
    target: LinkTarget | None = None,
    known: Collection[str] = FIELDS,
) -> Mailing:
    """Queue one message for each phone of ``people`` that may get it, in a mailing of their own.

    ``open_mailing`` makes that mailing where it has an owner. Raises RuleBroken without a sender, without anybody who
    may get it, or when the month's money does not suffice; the money is held until the transaction ends.
    """
    check_sender(space.sender)
    allowed, refused = admit(session, space, people, family=family, now=now)
    if not allowed:
        _refuse(next(iter(refused.values()), ""))
    by_phone: dict[str, Recipient] = {}
    for one in allowed:
        by_phone.setdefault(one.phone, one)
    paid = list(by_phone.values())  # of two on one phone, one text is written and paid for
    body = messages.with_link(body, known=known)
    parts = sum(parts_of(space, paid, body=body, settings=settings))
    budget.hold(session, space)
    budget.check(session, space, parts * settings.part_price_micros, people=len(paid), now=now)
    mailing = open_mailing() if open_mailing else mailings.open(session, space, family=family, now=now)
    messages.write(
        session, mailing, allowed, space=space, body=body, window=window, settings=settings, now=now, target=target
    )
    return mailing


def parts_of(space: Space, people: Sequence[Recipient], *, body: str, settings: Settings) -> list[int]:
    """How many SMS each of ``people`` would be billed as; ``body`` holds its places, the link's among them."""
    link = messages.sample_link(settings)
    return [part_count(messages.compose(body, one, space=space, link=link)) for one in people]


def check_sender(sender: str) -> None:
    """Raises RuleBroken while there is no name to write under."""
    if not sender:
        sentence = _("Il manque le nom d'expéditeur : choisissez-le dans les réglages.")
        raise RuleBroken("sender_missing", sentence, fields={"sender": sentence})


def admit(
    session: Session, space: Space, people: Sequence[Recipient], *, family: Family, now: datetime
) -> tuple[list[Recipient], Mapping[str, str]]:
    """Who of these may get a message of ``family``, and why the others may not: {phone: reason}."""
    blocked = consent.blocked(session, space.id, family, {one.fingerprint for one in people})
    refused = {one.phone: reason for one in people if (reason := blocked.get(one.fingerprint) or _too_young(one, now))}
    return [one for one in people if not (blocked.get(one.fingerprint) or _too_young(one, now))], refused


def _too_young(one: Recipient, now: datetime) -> str:
    return rules.UNDER_15 if rules.is_too_young(one.birth_year, phone_is_parents=one.phone_is_parents, now=now) else ""


def _refuse(reason: str) -> None:
    if reason == rules.UNDER_15:
        raise RuleBroken("phone_not_parents", rules.PARENTS, fields={"phone_is_parents": rules.PARENTS})
    sentence = withdrawal.sentence(reason) or _("Personne ne peut recevoir ce SMS.")
    raise RuleBroken(reason or "nobody_reachable", sentence, fields={"contact_id": sentence})
