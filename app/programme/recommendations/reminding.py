"""On the day of follow-up, the referents of the association are asked by SMS where the tool stands, once a day."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Association, Space
from app.audiences.recipients import Recipient
from app.clock import PARIS
from app.consent.families import Family
from app.database.ids import CohortId
from app.errors import RuleBroken
from app.french.language import _
from app.messaging.body.parts import GSM
from app.messaging.body.text import simplify
from app.messaging.messages import LinkTarget, Window
from app.messaging.posting import post
from app.programme.cohorts import people
from app.programme.cohorts.models import CohortMember, Function
from app.programme.cohorts.states import MemberState
from app.programme.recommendations.models import Recommendation
from app.programme.recommendations.states import FOLLOWED
from app.programme.tools.models import Tool
from app.settings import Settings

LATE = timedelta(days=7)
"""A day that is further past stays unsaid: after a stop, nobody is asked about last month."""
LASTS = timedelta(days=2)
"""How long the SMS may wait for the hours."""
NAME_MAX = 40
"""Characters of the tool's name, so that one SMS holds the question and its link."""
FOLLOW_UP = "follow_up"
"""The purpose of the link in it."""


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether a day of follow-up has come: cheap, so that an idle tick writes nothing."""
    return session.scalar(_due(now).with_only_columns(Recommendation.id).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> Recommendation | None:
    """One whose day has come, none of ``exclude``, held until the transaction ends."""
    query = _due(now).where(Recommendation.id.not_in(exclude))
    query = query.order_by(Recommendation.follow_up_on, Recommendation.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def write(session: Session, one: Recommendation, /, *, limit: int, settings: Settings, now: datetime) -> int:  # noqa: ARG001 - queues have it
    """Write the SMS to the referents, or find that none may leave: that day is over either way. How many were written.

    Without a sender, money or anybody to write to, the week of the programme's staff still names the tool.
    """
    one.reminded_on = one.follow_up_on
    programme = spaces.find(session, settings.programme_space)
    if programme is None or _has_left(session, one.association_id, one.cohort_id):
        return 0
    try:
        with session.begin_nested():
            return _post(session, programme, one, settings=settings, now=now)
    except RuleBroken:
        return 0


def body_of(tool: str) -> str:
    """What the referents read, one SMS once its ``{lien}`` is there: without the signs that double its price."""
    plain = "".join(sign for sign in simplify(tool) if sign in GSM and sign not in "{}[]^~|\\€\f\r\n")
    name = " ".join(plain.split())
    cut = name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 3].rstrip()}..."
    return _("Programme numérique et bénévolat : où en est %(tool)s chez vous ? Dites-le ici : {lien}", tool=cut)


def _post(session: Session, programme: Space, one: Recommendation, *, settings: Settings, now: datetime) -> int:
    association = session.get_one(Association, one.association_id)
    referents = [
        Recipient(contact.id, contact.phone, contact.fingerprint)
        for person, contact in people.of_association(session, association.id)
        if person.function is Function.REFERENT
    ]
    if association.space_id is None or not referents:
        return 0
    post(
        session,
        programme,
        referents,
        body=body_of(session.get_one(Tool, one.tool_id).name),
        family=Family.SERVICE,
        window=Window(now, now + LASTS),
        settings=settings,
        now=now,
        target=LinkTarget(FOLLOW_UP, one.id),
    )
    return len(referents)


def _has_left(session: Session, association_id: int, cohort_id: CohortId | None) -> bool:
    """Whoever left the cohort is asked nothing more."""
    member = session.scalar(
        select(CohortMember.state).where(
            CohortMember.cohort_id == cohort_id, CohortMember.association_id == association_id
        )
    )
    return member is MemberState.LEFT


def _due(now: datetime) -> Select[Recommendation]:
    today: date = now.astimezone(PARIS).date()
    return select(Recommendation).where(
        Recommendation.state.in_(FOLLOWED),
        Recommendation.follow_up_on <= today,
        Recommendation.follow_up_on >= today - LATE,
        or_(Recommendation.reminded_on.is_(None), Recommendation.reminded_on != Recommendation.follow_up_on),
    )
