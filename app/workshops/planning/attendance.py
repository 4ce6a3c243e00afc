"""Who was at a workshop: ticked on the list of its event, beside the seats that people really took."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.contacts.models import Contact
from app.contacts.naming import fold
from app.errors import Conflict
from app.events import attendance
from app.events.models import Event, EventState, Presence
from app.french.language import _
from app.workshops.models import Seat, Workshop


def has_begun(workshop: Workshop, event: Event, *, now: datetime) -> bool:
    """Whether somebody may have been there: its hour has come, or its doors opened before it."""
    return event.state is not EventState.CANCELLED and (event.starts_at <= now or workshop.opened_at is not None)


def note(
    session: Session,
    workshop: Workshop,
    event: Event,
    noted: Mapping[int, Presence],
    *,
    all_coming: bool,
    by: Principal,
    now: datetime,
) -> None:
    """Note who was there, as ``events.attendance.note`` does; after the end too. Raises Conflict before the day."""
    if not has_begun(workshop, event, now=now):
        raise Conflict("workshop_not_begun", _("Les présences se notent le jour de l'atelier, ou après."))
    attendance.note(session, event, noted, all_coming=all_coming, by=by, now=now)


def recognised(people: Sequence[Contact], seats: Collection[Seat]) -> dict[int, str]:
    """Whose seat a nickname plainly is: {contact id: nickname}.

    It says their whole name, or a first name that nobody else on the list has; anything else is left to the trainer.
    """
    found: dict[int, str] = {}
    for seat in seats:
        typed = fold(seat.nickname)
        whole = [one for one in people if typed == fold(one.name)]
        first = [one for one in people if typed == fold(one.first_name)]
        for namesakes in (whole, first):
            if len(namesakes) == 1:
                found.setdefault(namesakes[0].id, seat.nickname)
                break
    return found
