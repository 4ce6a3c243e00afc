"""The figure that a page shows: who would get a text, and who would not, by reason; it adds up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences import counting, people, seen
from app.audiences.book import open_book
from app.audiences.counting import Count
from app.audiences.models import Segment
from app.consent.families import Family
from app.contacts.models import Contact
from app.errors import Conflict, RuleBroken
from app.french.language import _

NAMED = 5
"""People named for each reason."""


@dataclass(frozen=True)
class Net:
    """``kept`` people less those ``left_out``, by reason, are ``ids``.

    Over ten thousand nobody is walked through: ``is_whole`` is then False, and ``ids`` none.
    """

    kept: Count
    left_out: Mapping[str, int]
    ids: tuple[int, ...] = ()
    names: Mapping[str, Sequence[Contact]] = field(default_factory=dict)
    """The first of those left out, by reason."""

    @property
    def is_whole(self) -> bool:
        """Whether everybody was looked at."""
        return not self.kept.is_capped

    @property
    def people(self) -> int:
        """How many would get a text."""
        return len(self.ids)


def net_of(session: Session, space: Space, segment: Segment, family: Family, *, now: datetime) -> Net:
    """Whom a text of this family, sent to the segment, would reach; nobody while it is to be mended."""
    book = open_book(session, space)
    rule = book.rules.get(segment.id)
    if rule is None:
        return Net(Count(0), {})
    kept = counting.count_capped(session, book, rule, now=now)
    if kept.is_capped:
        return Net(kept, {})
    ids: list[int] = []
    left_out: Counter[str] = Counter()
    names: dict[str, list[Contact]] = {}
    for batch in people.everyone(session, space, {"segments": [segment.id]}, family, now=now):
        ids += [one.contact_id for one in batch.recipients if one.contact_id is not None]
        for person, reason in batch.left_out:
            left_out[reason] += 1
            names[reason] = [*names.get(reason, []), person][:NAMED]
    return Net(kept, dict(left_out.most_common()), tuple(ids), names)


def check_seen(session: Session, space: Space, segment: Segment, word: str, family: Family, *, now: datetime) -> None:
    """Raises Conflict when it has not the people that it had when ``word`` was made, RuleBroken when it is broken."""
    book = open_book(session, space)
    if fault := book.fault(segment.id):
        raise RuleBroken("segment_broken", fault, fields={"audience.segments": fault})
    if not word:
        return  # too many to show one by one: the review shows the figure
    ids = net_of(session, space, segment, family, now=now).ids
    change = seen.change_since(word, book.rules[segment.id], ids)
    if not change:
        return
    if change.came is None or not (change.came or change.left):
        raise Conflict("segment_changed", _("La sélection a changé depuis votre relecture. Relisez-la."))
    sentence = _(
        "+%(came)s, −%(left)s depuis votre relecture. Relisez, puis confirmez.", came=change.came, left=change.left
    )
    raise Conflict("segment_changed", sentence)
