"""What every part of the story needs: where it is written, who acts, and instants counted from today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Association, Space, User
from app.accounts.principal import Principal
from app.accounts.signing.signing_in import principal_of
from app.clock import PARIS
from app.contacts.models import Contact
from app.programme.cohorts.models import AssociationPerson, Function
from app.settings import Settings

_NUMBERS = range(33639980000, 33639990000)
"""Those kept for fiction."""
_PRACTICE = range(33639980000, 33639985000)
"""Of pretend people."""
_FATES = range(10)
"""Last two digits that mean something to the simulator."""


@dataclass
class Story:
    """A demonstration that is being written."""

    session: Session
    programme: Space
    settings: Settings
    now: datetime
    staff: User
    colleague: User
    """A second reader of applications, who signs in nowhere."""
    trainer: User
    known: dict[str, Association] = field(default_factory=dict)
    """{name: association}"""
    people: dict[str, Mapping[Function, tuple[AssociationPerson, Contact]]] = field(default_factory=dict)
    """{association: who stands for it}"""

    def __post_init__(self) -> None:
        free = (one for one in reversed(_NUMBERS) if one not in _PRACTICE and one % 100 not in _FATES)
        self._phones = (f"+{one}" for one in free)

    @property
    def by(self) -> Principal:
        return principal_of(self.staff)

    @property
    def today(self) -> date:
        """In Paris."""
        return self.now.astimezone(PARIS).date()

    def day(self, days: int) -> date:
        """So many days from today; a weekend gives way to the Friday before, or the Monday after in the future."""
        on = self.today + timedelta(days=days)
        late = on.weekday() - 4
        if late <= 0:
            return on
        return on + timedelta(days=3 - late) if days > 0 else on - timedelta(days=late)

    def at(self, days: int, hour: int = 14, minute: int = 0) -> datetime:
        """An hour of such a day, on the clock of Paris."""
        return datetime.combine(self.day(days), time(hour, minute), tzinfo=PARIS)

    def phone(self) -> str:
        """A number that nobody of the story has yet."""
        return next(self._phones)

    def contact(self, name: str, function: Function) -> Contact:
        """Who does that in an association."""
        return self.people[name][function][1]
