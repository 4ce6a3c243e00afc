"""What rules may ask of events: who said yes, who said no, who was invited and has said nothing."""

from collections import Counter
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.fields import Question, SegmentField
from app.audiences.operators import FieldType
from app.audiences.phrases import show_date
from app.audiences.sources.comparing import SeveralIn
from app.audiences.sources.held import Beside
from app.audiences.values import Choice
from app.database.ids import SpaceId
from app.events.models import Answer, Event, Registration
from app.french.language import _

YES, NO, NOTHING = NAMES = "answered_yes", "answered_no", "unanswered"
MAX_EVENTS = 200
"""The latest of a space, planned ones first: a rule about one that is older is to be mended."""


def segment_fields(session: Session, space_id: SpaceId) -> Iterable[SegmentField]:
    """What the space's dates give to its rules."""
    choices = _events(session, space_id)
    return (
        _said(
            space_id,
            YES,
            _("oui à une mission"),
            Answer.COMING,
            choices,
            {
                "has": _("qui ont dit oui à %(value)s"),
                "has_not": _("qui n'ont pas dit oui à %(value)s, invités ou non | qui n'ont pas dit oui à %(value)s"),
            },
        ),
        _said(
            space_id,
            NO,
            _("non à une mission"),
            Answer.NOT_COMING,
            choices,
            {
                "has": _("qui ont dit non à %(value)s"),
                "has_not": _("qui n'ont pas dit non à %(value)s, invités ou non | qui n'ont pas dit non à %(value)s"),
            },
        ),
        _said(
            space_id,
            NOTHING,
            _("pas de réponse à une mission"),
            Answer.INVITED,
            choices,
            {"has": _("qui n'ont pas répondu à %(value)s")},
        ),
    )


def _said(
    space_id: SpaceId, name: str, label: str, answer: Answer, choices: tuple[Choice, ...], phrases: dict[str, str]
) -> SegmentField:
    def scope() -> tuple[ColumnElement[bool], ...]:
        return (Registration.space_id == space_id, Registration.answer == answer)

    return SegmentField(
        name,
        label,
        Question.SAID,
        FieldType.CHOICES,
        SeveralIn(Beside(Registration.event_id, Registration.contact_id, scope)),
        choices=choices,
        only=tuple(phrases),
        unknown=_("n'a pas répondu"),
        phrases=phrases,
    )


def _events(session: Session, space_id: SpaceId) -> tuple[Choice, ...]:
    """The dates, each called by its title and its day; two of one day by their number too."""
    rows = session.execute(
        select(Event.id, Event.title, Event.starts_at, Space.zone)
        .join(Space, Space.id == Event.space_id)
        .where(Event.space_id == space_id)
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(MAX_EVENTS)
    ).all()
    labels = {
        row.id: _("%(title)s, %(day)s", title=row.title, day=show_date(row.starts_at.astimezone(ZoneInfo(row.zone))))
        for row in rows
    }
    alike = Counter(labels.values())
    return tuple(
        Choice(one, label if alike[label] == 1 else _("%(label)s, n° %(id)s", label=label, id=one))
        for one, label in labels.items()
    )
