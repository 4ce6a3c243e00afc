"""What a campaign may become, and when it may be planned for."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.carrier.codes import Action, Explanation
from app.consent import hours
from app.consent.families import Family
from app.consent.hours import HoursException
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.messaging import afterthought


class Stage(StrEnum):
    """Where a campaign is between the first word and the last receipt."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LAUNCHING = "launching"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


AFTERTHOUGHT = afterthought.AFTERTHOUGHT
"""How long « Maintenant » on the page leaves to change one's mind: what every mailing leaves."""
LATE_CLICK = timedelta(minutes=2)
"""A chosen minute that has just gone by still means « maintenant »."""
FARTHEST = timedelta(days=366)

_NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.SCHEDULED}),
    Stage.SCHEDULED: frozenset({Stage.DRAFT, Stage.LAUNCHING, Stage.PAUSED, Stage.CANCELLED}),
    Stage.LAUNCHING: frozenset({Stage.SENDING, Stage.PAUSED, Stage.CANCELLED}),
    Stage.SENDING: frozenset({Stage.PAUSED, Stage.FINISHED, Stage.CANCELLED}),
    Stage.PAUSED: frozenset({Stage.CANCELLED}),  # and back to where it was, by « reprendre » alone
    Stage.FINISHED: frozenset(),
    Stage.CANCELLED: frozenset(),
}

LIVE = frozenset({Stage.SCHEDULED, Stage.LAUNCHING, Stage.SENDING, Stage.PAUSED})
"""Stages that something is still to come of."""

_WORDS = {
    Stage.DRAFT: _("Brouillon"),
    Stage.SCHEDULED: _("Programmé"),
    Stage.LAUNCHING: _("Préparation"),
    Stage.SENDING: _("Envoi en cours"),
    Stage.PAUSED: _("En pause"),
    Stage.FINISHED: _("Terminé"),
    Stage.CANCELLED: _("Annulé"),
}

_HELD = {Action.POSTPONE: _("La suite part demain"), Action.SLOW_DOWN: _("La suite part plus tard")}
REST_ON = _("La suite part %(day)s")

_REFUSALS = {
    Stage.DRAFT: _("Ce message est encore un brouillon."),
    Stage.SCHEDULED: _("Cet envoi est déjà programmé : rien n'a été envoyé deux fois."),
    Stage.LAUNCHING: _("Cet envoi est déjà parti : rien n'a été envoyé deux fois."),
    Stage.SENDING: _("Cet envoi est déjà en cours : rien n'a été envoyé deux fois."),
    Stage.PAUSED: _("Cet envoi est en pause."),
    Stage.FINISHED: _("Cet envoi est terminé."),
    Stage.CANCELLED: _("Cet envoi a été annulé."),
}


def stage_words(stage: Stage, held: Explanation | None = None, *, day: str = "") -> str:
    """The stage as a page shows it; ``held`` is what the carrier said, when it keeps the rest waiting.

    ``day`` is when a rest put off leaves, when that is not tomorrow.
    """
    if held and held.action is Action.POSTPONE and day:
        return _(REST_ON, day=day)
    return (held and _HELD.get(held.action)) or _WORDS[stage]


def check_stage(current: Stage, wanted: Stage) -> None:
    """Raise Conflict unless a campaign may go from ``current`` to ``wanted``."""
    if wanted not in _NEXT[current]:
        raise Conflict(f"campaign_{current.value}", _REFUSALS[current])


def check_draft(current: Stage) -> None:
    """Raise Conflict unless the campaign can still be changed."""
    if current is not Stage.DRAFT:
        raise Conflict(f"campaign_{current.value}", _("Ce message n'est plus un brouillon : il ne change plus."))


def take_exception(family: Family, zone: str, at: datetime, *, by: str) -> HoursException | None:
    """What « envoyer quand même » opens to a campaign planned for ``at``; None within its hours.

    Raises RuleBroken when nothing may.
    """
    if hours.slot(family, zone, at).opens_at <= at:
        return None
    found = hours.possible_exception(family, zone, at, by=by)
    if found is None:
        sentence = _("À cette heure, ce SMS ne peut pas partir, même sous votre responsabilité : décochez la case.")
        raise RuleBroken("hours_hold", sentence, fields={"ignores_hours": sentence})
    return found


def check_time(at: datetime, *, now: datetime) -> datetime:
    """When to send: never in the past, nor so far ahead that nobody would remember. Raises RuleBroken."""
    if at < now - LATE_CLICK:
        sentence = _("Cette heure est déjà passée. Choisissez une heure à venir, ou « Maintenant ».")
        raise RuleBroken("time_past", sentence, fields={"at": sentence})
    if at > now + FARTHEST:
        sentence = _("C'est dans plus d'un an. Choisissez une date plus proche.")
        raise RuleBroken("time_too_far", sentence, fields={"at": sentence})
    return max(at, now).astimezone(UTC)  # in local time, a day across a change of hour is 23 or 25 hours
