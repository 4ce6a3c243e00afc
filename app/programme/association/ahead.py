"""The next dates of an association in its programme, each with its answers: workshops, trainings, what waits."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts import associations
from app.accounts.models import Association, Space
from app.database.ids import SpaceId
from app.events import service as events
from app.events.models import Answer, Event, EventState
from app.events.seats import service as seats
from app.french.language import _, ngettext
from app.programme.cohorts import people
from app.programme.cohorts.models import Cohort
from app.programme.diagnostic import respondents
from app.programme.diagnostic import service as diagnostic
from app.programme.diagnostic.axes import MOMENT_WORDS
from app.programme.progress.planned import Workshops
from app.programme.recommendations import service as recommendations
from app.programme.recommendations.states import FOLLOWED
from app.programme.trainings import registering
from app.programme.trainings import service as trainings
from app.programme.trainings.models import Training

LINES_MAX = 5
SOON = timedelta(days=14)
"""A day of follow-up is named from so long before on."""


@dataclass(frozen=True)
class Going:
    """A training to come, with how many of the association are registered or wait, and the seats that are left."""

    training: Training
    event: Event
    going: int
    waiting: int
    left: int | None
    """None where there is no limit."""


@dataclass(frozen=True)
class Next:
    """A line of the home: its day, None for what has none, a title, the answers so far, and its page in the space."""

    on: date | None
    title: str
    said: str
    endpoint: str
    anchor: str = ""


def next_of_space(session: Session, space_id: SpaceId, workshops: Workshops, *, now: datetime) -> Sequence[Next]:
    """What comes next for the association of a space, on its own days, what has no day first; nothing in no cohort."""
    own = associations.of_space(session, space_id)
    found = registering.cohorts_of(session, own.id) if own is not None else ()
    if own is None or not found:
        return []
    zone = ZoneInfo(session.get_one(Space, space_id).zone)
    lines = [
        *_to_answer(session, own, found[0]),
        *_workshops(session, own, workshops, now=now, zone=zone),
        *_trainings(going_to(session, own, found, now=now), zone),
        *_follow_ups(session, own, today=now.astimezone(zone).date()),
    ]
    return sorted(lines, key=lambda one: one.on or date.min)[:LINES_MAX]


def _to_answer(session: Session, own: Association, cohort: Cohort) -> Iterator[Next]:
    """A diagnostic under way, with how many of those asked have finished."""
    for one in diagnostic.of_association(session, own.id, cohort.id).values():
        if one.agreed_at is None:
            asked = respondents.all_of(session, one.id)
            done, words = len([each for each in asked if each.finished_at is not None]), {"all": len(asked)}
            said = _("Dites qui va répondre.")
            if asked:
                said = ngettext("%(n)s personne sur %(all)s a répondu", "%(n)s sur %(all)s ont répondu", done, **words)
            title = _("Diagnostic de %(moment)s", moment=MOMENT_WORDS[one.moment])
            yield Next(None, title, said, "own_diagnostic.show")


def _workshops(
    session: Session, own: Association, workshops: Workshops, *, now: datetime, zone: ZoneInfo
) -> Iterator[Next]:
    for one in workshops.planned(session, [own.id]):
        if one.is_to_come(now):
            title = _("Votre atelier : %(kind)s", kind=one.kind)
            yield Next(
                _day(one.event, zone), title, answers(events.counts(session, one.event.id)), "own_programme.show"
            )


def answers(said: Mapping[Answer, int]) -> str:
    """« 4 viennent, 1 ne peut pas, 2 n'ont pas répondu »."""
    coming, no, silent = (said.get(one, 0) for one in (Answer.COMING, Answer.NOT_COMING, Answer.INVITED))
    if not coming and not no and not silent:
        return _("Personne n'est encore invité")
    parts = [ngettext("%(n)s vient", "%(n)s viennent", coming)]
    if no:
        parts.append(ngettext("%(n)s ne peut pas", "%(n)s ne peuvent pas", no))
    if silent:
        parts.append(ngettext("%(n)s n'a pas répondu", "%(n)s n'ont pas répondu", silent))
    return ", ".join(parts)


def _trainings(going: Sequence[Going], zone: ZoneInfo) -> Iterator[Next]:
    """Those that somebody of it is registered for, or waits for."""
    for one in going:
        if one.going or one.waiting:
            parts = []
            if one.going:
                parts.append(ngettext("%(n)s personne de chez vous", "%(n)s personnes de chez vous", one.going))
            if one.waiting:
                parts.append(_("%(n)s en liste d'attente", n=one.waiting))
            anchor = f"formation-{one.training.id}"
            yield Next(_day(one.event, zone), one.event.title, ", ".join(parts), "own_trainings.show", anchor)


def _follow_ups(session: Session, own: Association, *, today: date) -> Iterator[Next]:
    """The tools whose day of follow-up is near, or past without news."""
    for one in recommendations.of_association(session, own.id):
        on = one.row.follow_up_on
        if on is not None and on <= today + SOON and one.row.state in FOLLOWED:
            yield Next(on, one.tool.name, _("Où en êtes-vous ?"), "own_recommendations.show")


def _day(event: Event, zone: ZoneInfo) -> date:
    return event.starts_at.astimezone(zone).date()


def going_to(session: Session, own: Association, found: Sequence[Cohort], *, now: datetime) -> list[Going]:
    """Its trainings to come, by date."""
    rows = [row for one in found for row in trainings.of_cohort(session, one.id)]
    ahead = [row for row in rows if row[1].ends_at > now and row[1].state is not EventState.CANCELLED]
    ids = [event.id for _training, event in ahead]
    ours = [contact.id for _person, contact in people.of_association(session, own.id)]
    places = registering.answers_of(session, ids, ours)
    said = Counter((where, one.answer) for (where, _who), one in places.items())
    its = seats.of_events(session, ahead[0][1].space_id, ids) if ahead else {}
    return [
        Going(
            training,
            event,
            going=said[event.id, Answer.COMING],
            waiting=said[event.id, Answer.WAITING],
            left=its[event.id].left if its[event.id].total is not None else None,
        )
        for training, event in sorted(ahead, key=lambda row: row[1].starts_at)
    ]


def lacking(going: Sequence[Going]) -> str:
    """The first training that nobody of it goes to and that has a seat."""
    free = [one for one in going if not one.going and not one.waiting and (one.left is None or one.left)]
    return free[0].event.title if free else ""
