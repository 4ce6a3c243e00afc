"""From the page to the phone: what was filled in is kept, then a tick writes the SMS of those who may be asked.

The page does the same work for everybody: whether a number is known, said STOP or was asked today is looked at later,
where nobody who fills in forms can see it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts import quotas
from app.accounts.models import Mode, Space
from app.accounts.secrets import fingerprint
from app.accounts.signing import throttle
from app.accounts.signing.throttle_keys import Throttled
from app.audiences.recipients import Recipient
from app.carrier.carriers import is_fiction
from app.consent import service as consent
from app.consent.families import Family
from app.contacts import rules
from app.contacts.naming import name_key, tidy
from app.contacts.phone import check_country, read_phone
from app.database.engine import upsert
from app.database.ids import SpaceId
from app.errors import RuleBroken, TooMany
from app.french.language import _
from app.messaging import mailings, messages
from app.messaging.messages import LinkTarget, Window
from app.messaging.posting import post
from app.settings import Settings
from app.signup import wordings
from app.signup.models import SignUp
from app.signup.service import OpenPage, address

SIGN_UP = "sign_up"
"""The purpose of the link by which somebody confirms."""
LASTS = timedelta(days=7)
"""How long a sign-up waits for its confirmation; a choice of the house."""
AGAIN = timedelta(hours=1)
"""When to look again at one whose SMS the budget, the sender or the day's number did not allow."""
A_DAY, A_MONTH = 1, 5
"""SMS to one phone, asked for by whoever types its number (P)."""
SPACE_A_DAY = 300
"""SMS of one page in a day: a large fair, and no more money than that (P)."""
FREE_FROM, FREE_PHONE, FREE_SPACE = 60, 5, 300
"""Sign-ups in a quarter of an hour before a wait: by address, which a whole fair may share, by number, by page."""
MAX_WAIT_S = 30
"""At a shared address nobody waits longer."""
PRIORITY = 2
"""Somebody stands there with the phone in hand: before campaigns, after codes."""


def checked_phone(typed: str, space: Space, settings: Settings) -> str:
    """E.164 of a mobile that this page may text. Raises RuleBroken, tied to ``phone``."""
    try:
        phone = read_phone(typed)
        rules.check_number(phone, space.mode)
        if space.mode is Mode.LIVE and is_fiction(phone):
            raise RuleBroken("phone_fiction", _("Ce numéro est inventé : il ne peut pas recevoir de SMS."))
        check_country(phone, settings.foreign_countries)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.code, refusal.sentence, fields={"phone": refusal.sentence}) from None
    return phone


def take_turn(session: Session, space_id: SpaceId, phone: str, *, came_from: str, key: str, now: datetime) -> None:
    """Count a sign-up, whoever it is for. Raises TooMany while the address, the number or the page has to wait."""
    turns = (
        (Throttled.SIGN_UP_FROM.by(came_from), FREE_FROM, MAX_WAIT_S),
        (Throttled.SIGN_UP_PHONE.by(f"{space_id}:{fingerprint(phone, key=key)[:40]}"), FREE_PHONE, 900),
        (Throttled.SIGN_UP_TO.by(str(space_id)), FREE_SPACE, MAX_WAIT_S),
    )
    for who, free, max_wait_s in turns:
        throttle.take(session, who, now=now, free=free, max_wait_s=max_wait_s)


def keep(
    session: Session, at: OpenPage, typed: Mapping[str, Any], *, phone: str, settings: Settings, now: datetime
) -> None:
    """Keep what was filled in until its phone confirms; the same person's latest form is the one that counts.

    ``typed`` is the form's: ``first_name``, ``last_name``, ``availability`` bits, ``commercial``.
    """
    name = at.space.name
    row = {
        "space_id": at.space.id,
        "phone": phone,
        "fingerprint": fingerprint(phone, key=settings.fingerprint_key),
        "name_key": name_key(typed["first_name"]),
        "first_name": tidy(typed["first_name"]),
        "last_name": tidy(typed["last_name"]),
        "availability": typed["availability"],
        "wording": f"{wordings.missions(name)} {wordings.ADULT}",
        "commercial_wording": wordings.commercial(name) if at.page.asks_commercial and typed["commercial"] else "",
        "page": address(settings.public_url, at.space)[:200],
        "created_at": now,
        "due_at": now,
        "confirmed_at": None,
        "contact_id": None,
        "expires_at": now + LASTS,
    }
    unique = [SignUp.space_id, SignUp.fingerprint, SignUp.name_key]
    changed = [getattr(SignUp, word) for word in row if word not in ("space_id", "fingerprint", "name_key")]
    upsert(session, SignUp, row, unique=unique, changed=changed)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether somebody waits for their SMS: cheap, so that an idle tick writes nothing."""
    return session.scalar(_due(now).with_only_columns(SignUp.id).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> SignUp | None:
    """One who waits, not one of ``exclude``, held until the transaction ends."""
    query = _due(now).where(SignUp.id.not_in(exclude)).order_by(SignUp.due_at, SignUp.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def write(session: Session, one: SignUp, /, *, limit: int, settings: Settings, now: datetime) -> int:  # noqa: ARG001 - queues have it
    """Write the SMS of one who waits, or find that none is owed; how many were written.

    A phone that said STOP is forgotten at once. One that was asked today holds a link that shows every name.
    """
    space = session.get_one(Space, one.space_id)
    if consent.opted_out(session, space.id, [one.fingerprint]):
        session.delete(one)
        return 0
    mine = f"sign-up:{one.fingerprint[:48]}:{space.id}"
    if quotas.is_used_up(session, mine, a_day=A_DAY, now=now):
        one.due_at = None
        return 0
    try:
        with session.begin_nested():
            quotas.take(session, mine, a_day=A_DAY, a_month=A_MONTH, now=now)
            quotas.take(session, f"sign-ups:{space.id}", a_day=SPACE_A_DAY, now=now)
            _post(session, space, one, settings=settings, now=now)
    except (RuleBroken, TooMany):
        one.due_at = now + AGAIN
        return 0
    one.due_at = None
    return 1


def _post(session: Session, space: Space, one: SignUp, *, settings: Settings, now: datetime) -> None:
    body = wordings.sms(space.name, link=messages.sample_link(settings))
    post(
        session,
        space,
        [Recipient(None, one.phone, one.fingerprint)],
        body=body,
        family=Family.SERVICE,
        window=Window(now, one.expires_at),
        settings=settings,
        now=now,
        open_mailing=partial(mailings.open, session, space, family=Family.SERVICE, priority=PRIORITY, now=now),
        target=LinkTarget(SIGN_UP, one.id),
    )


def _due(now: datetime) -> Select[SignUp]:
    return select(SignUp).where(SignUp.due_at <= now, SignUp.expires_at > now)
