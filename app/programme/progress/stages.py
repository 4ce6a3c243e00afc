"""How far an association has come, and whether it has gone quiet. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.french.language import _

SILENCE = timedelta(days=30)
"""Without any news for so long after its workshop, an association is silent."""
CALL_COUNTS = timedelta(days=21)
"""For how long a call that was noted takes an association off the list of the silent."""


class Stage(StrEnum):
    """The furthest that an association has come."""

    NOTHING = "nothing"
    PLANNED = "planned"
    DONE = "done"
    SENT = "sent"


WORDS: Mapping[Stage, str] = {
    Stage.NOTHING: _("sans atelier"),
    Stage.PLANNED: _("atelier prévu"),
    Stage.DONE: _("atelier fait"),
    Stage.SENT: _("premier vrai SMS"),
}
REACHED = frozenset({Stage.SENT})
"""What the programme works for."""


@dataclass(frozen=True)
class Signs:
    """What is known of an association without reading anything it wrote: instants, None for what never was."""

    workshop_done_at: datetime | None = None
    """When its last workshop ended."""
    first_sent_at: datetime | None = None
    last_sent_at: datetime | None = None
    last_seen_at: datetime | None = None
    """When somebody of it last opened a page of its space, signed in."""
    called_at: datetime | None = None
    is_planned: bool = False
    """Whether a workshop is to come."""


def stage_of(signs: Signs) -> Stage:
    """An association stands once, at its furthest stage."""
    if signs.first_sent_at is not None:
        return Stage.SENT
    if signs.workshop_done_at is not None:
        return Stage.DONE
    return Stage.PLANNED if signs.is_planned else Stage.NOTHING


def last_news(signs: Signs) -> datetime | None:
    """The latest of its workshop, its sendings and its sign-ins."""
    known = (signs.workshop_done_at, signs.last_sent_at, signs.last_seen_at)
    return max((at for at in known if at is not None), default=None)


def quiet_days(signs: Signs, *, now: datetime) -> int | None:
    """For how many whole days there has been no news; None for who is not silent, or has had no workshop."""
    news = last_news(signs)
    if signs.workshop_done_at is None or news is None or now - news <= SILENCE:
        return None
    if signs.called_at is not None and now - signs.called_at <= CALL_COUNTS:
        return None
    return (now - news).days
