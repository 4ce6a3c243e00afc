"""What readers without an account propose, a tool that is missing or an error in one, and what the staff make of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, quotas
from app.accounts.activity import Act
from app.accounts.principal import Principal
from app.accounts.signing import throttle
from app.accounts.signing.throttle_keys import Throttled
from app.database.ids import SpaceId, ToolId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.programme.partners.rules import site
from app.programme.tools import acts, service
from app.programme.tools.models import SuggestionState, ToolSuggestion

FREE_FROM, MAX_WAIT_S = 30, 30
"""Suggestions of one address in a quarter of an hour before a wait, which is short: a whole room may share it (P)."""
A_DAY = 300
"""Suggestions of everybody in a day: more would hide what people wrote (P)."""
SETTLED_SHOWN = 30


def take_turn(session: Session, *, came_from: str, now: datetime) -> None:
    """Count a suggestion. Raises TooMany while this address has to wait, or the day is full."""
    throttle.take(session, Throttled.TOOL_WORD_FROM.by(came_from), now=now, free=FREE_FROM, max_wait_s=MAX_WAIT_S)
    quotas.take(session, "tool-words", a_day=A_DAY, now=now)


def propose(session: Session, *, name: str, address: str, text: str, now: datetime) -> ToolSuggestion:
    """A tool that the catalogue lacks. Raises RuleBroken for an address that is none."""
    whole = site(address)
    if whole is None:
        sentence = _("Écrivez une adresse de site, par exemple https://www.exemple.fr, ou laissez vide.")
        raise RuleBroken("address_wrong", sentence, fields={"address": sentence})
    return _keep(session, ToolSuggestion(is_error=False, name=name, address=whole, text=text), now)


def report(session: Session, tool_id: ToolId, *, text: str, now: datetime) -> ToolSuggestion:
    """Something that the page of a tool says wrong. Raises NotFound."""
    tool = service.get(session, tool_id)
    return _keep(session, ToolSuggestion(is_error=True, tool_id=tool.id, name=tool.name, text=text), now)


def waiting(session: Session) -> Sequence[ToolSuggestion]:
    """What the staff have not settled, the oldest first."""
    query = select(ToolSuggestion).where(ToolSuggestion.state == SuggestionState.WAITING)
    return session.scalars(query.order_by(ToolSuggestion.id)).all()


def settled(session: Session) -> Sequence[ToolSuggestion]:
    """The last that they settled."""
    query = select(ToolSuggestion).where(ToolSuggestion.state != SuggestionState.WAITING)
    latest = query.order_by(ToolSuggestion.settled_at.desc(), ToolSuggestion.id.desc())
    return session.scalars(latest.limit(SETTLED_SHOWN)).all()


def get(session: Session, suggestion_id: int, *, lock: bool = False) -> ToolSuggestion:
    """One suggestion. Raises NotFound."""
    query = select(ToolSuggestion).where(ToolSuggestion.id == suggestion_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("suggestion_unknown", _("Cette proposition n'existe pas."))
    return found


def accept(
    session: Session,
    suggestion_id: int,
    *,
    tool_id: ToolId | None = None,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> ToolSuggestion:
    """An error that was mended, or a proposal that became ``tool_id``. Raises NotFound or Conflict."""
    found = _waiting(session, suggestion_id)
    if tool_id is not None:
        found.tool_id = tool_id
    _settle(session, found, SuggestionState.ACCEPTED, acts.SUGGESTION_ACCEPTED, space_id=space_id, by=by, now=now)
    return found


def refuse(
    session: Session, suggestion_id: int, *, reason: str, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    """Say why nothing is changed. Raises NotFound, Conflict or RuleBroken."""
    found = _waiting(session, suggestion_id)
    found.reason = " ".join(reason.split())
    if not found.reason:
        sentence = _("Dites pourquoi, en quelques mots : vos collègues le liront.")
        raise RuleBroken("reason_missing", sentence, fields={"reason": sentence})
    _settle(session, found, SuggestionState.REFUSED, acts.SUGGESTION_REFUSED, space_id=space_id, by=by, now=now)


def _keep(session: Session, one: ToolSuggestion, now: datetime) -> ToolSuggestion:
    one.state, one.created_at = SuggestionState.WAITING, now
    session.add(one)
    session.flush()
    return one


def _waiting(session: Session, suggestion_id: int) -> ToolSuggestion:
    found = get(session, suggestion_id, lock=True)
    if found.state is not SuggestionState.WAITING:
        sentence = _("C'est déjà réglé par %(who)s.", who=found.settled_by)
        raise Conflict("suggestion_settled", sentence)
    return found


def _settle(
    session: Session,
    found: ToolSuggestion,
    state: SuggestionState,
    act: Act,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    found.state, found.settled_by, found.settled_at = state, by.name[:80], now
    activity.record(session, space_id, act, by=by, now=now, subject_id=found.tool_id, note=found.name)
