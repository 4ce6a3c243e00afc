"""On the day of follow-up, the referents of the association are asked by one SMS where its tools stand."""

from collections.abc import Collection, Sequence
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
from app.french.naming import joined
from app.messaging import messages
from app.messaging.body.parts import GSM, part_count
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
NAME_MAX, NAME_MIN = 40, 10
"""Characters of a tool's name, so that one SMS holds the question and its link."""
FOLLOW_UP = "follow_up"
"""The purpose of the link in it."""


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether a day of follow-up has come: cheap, so that an idle tick writes nothing."""
    return session.scalar(_due(now).with_only_columns(Recommendation.id).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> Association | None:
    """An association to ask, none of ``exclude``, held until the transaction ends."""
    owing = _due(now).with_only_columns(Recommendation.association_id)
    query = select(Association).where(Association.id.in_(owing), Association.id.not_in(exclude))
    return session.scalar(query.order_by(Association.id).limit(1).with_for_update(skip_locked=True, key_share=True))


def write(session: Session, one: Association, /, *, limit: int, settings: Settings, now: datetime) -> int:  # noqa: ARG001 - queues have it
    """Write the SMS to the referents, about all that is due, or find that none may leave: how many were written.

    Those days are over either way. Without a sender, money or anybody to write to, the week of the programme's staff
    still names the tools.
    """
    query = _due(now).where(Recommendation.association_id == one.id).order_by(Recommendation.id)
    due = session.scalars(query.with_for_update()).all()
    for each in due:
        each.reminded_on, each.asked_mailing_id = each.follow_up_on, None
    asked = [each for each in due if not _has_left(session, each.association_id, each.cohort_id)]
    programme = spaces.find(session, settings.programme_space)
    if programme is None or not asked:
        return 0
    try:
        with session.begin_nested():
            return _post(session, programme, one, asked, settings=settings, now=now)
    except RuleBroken:
        return 0


def body_of(tools: Sequence[str], *, link: str) -> str:
    """What the referents read, one SMS once a link as long as ``link`` is there.

    Names go without the signs that double its price; those of several are cut where they must be.
    """
    for name_max in (NAME_MAX, *range(NAME_MAX - 5, NAME_MIN - 1, -5)):
        body = _sentence([_plain(one, name_max) for one in tools])
        if part_count(body.replace("{lien}", link)) == 1:
            break
    return body


def _sentence(names: Sequence[str]) -> str:
    if len(names) == 1:
        return _(
            "Programme numérique et bénévolat : où en est %(tool)s chez vous ? Dites-le ici : {lien}", tool=names[0]
        )
    return _("Programme numérique et bénévolat : où en sont %(tools)s ? {lien}", tools=joined(names))


def _plain(tool: str, name_max: int) -> str:
    plain = "".join(sign for sign in simplify(tool) if sign in GSM and sign not in "{}[]^~|\\€\f\r\n")
    name = " ".join(plain.split())
    return name if len(name) <= name_max else f"{name[: name_max - 3].rstrip()}..."


def _post(
    session: Session,
    programme: Space,
    association: Association,
    asked: Sequence[Recommendation],
    *,
    settings: Settings,
    now: datetime,
) -> int:
    referents = [
        Recipient(contact.id, contact.phone, contact.fingerprint)
        for person, contact in people.of_association(session, association.id)
        if person.function is Function.REFERENT
    ]
    if association.space_id is None or not referents:
        return 0
    names = [session.get_one(Tool, one.tool_id).name for one in asked]
    mailing = post(
        session,
        programme,
        referents,
        body=body_of(names, link=messages.sample_link(settings)),
        family=Family.SERVICE,
        window=Window(now, now + LASTS),
        settings=settings,
        now=now,
        target=LinkTarget(FOLLOW_UP, asked[0].id),
    )
    for one in asked:
        one.asked_mailing_id = mailing.id
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
    """A tool that is recommended no more is asked about by no SMS: the week of the staff names it."""
    today: date = now.astimezone(PARIS).date()
    offered = select(Tool.id).where(Tool.withdrawn_at.is_(None))
    return select(Recommendation).where(
        Recommendation.tool_id.in_(offered),
        Recommendation.state.in_(FOLLOWED),
        Recommendation.follow_up_on <= today,
        Recommendation.follow_up_on >= today - LATE,
        or_(Recommendation.reminded_on.is_(None), Recommendation.reminded_on != Recommendation.follow_up_on),
    )
