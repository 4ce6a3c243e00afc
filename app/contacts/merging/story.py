"""What a merge did and what came after it, for the page that undoes it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts.merging.models import Merge, MergeAction, MergeRow
from app.contacts.merging.moving import Moves
from app.french.language import ngettext


def done(session: Session, merge: Merge) -> Mapping[MergeAction, int]:
    """How many things were moved, folded, kept aside; the cards aside."""
    query = select(MergeRow.action, func.count()).where(MergeRow.merge_id == merge.id, MergeRow.kind != "contacts")
    return Counter({row[0]: row[1] for row in session.execute(query.group_by(MergeRow.action))})


def came_after(session: Session, merge: Merge, moves: Sequence[Moves]) -> list[str]:
    """What the survivor got since, by either card: it stays theirs when the cards are separated."""
    found = []
    for table in (table for each in moves for table in each.tables if table.came_at and table.told):
        rows = table.rows
        since = rows.c[table.came_at] > merge.at
        query = select(func.count()).select_from(rows).where(rows.c.contact_id == merge.survivor_id, since)
        if (n := session.scalar(query) or 0) and table.told:
            found.append(table.told(n))
    return found


def moved_sentence(n: int) -> str:
    """« 12 éléments de l'autre fiche sont sur celle-ci »."""
    return ngettext(
        "%(n)s élément de l'autre fiche est passé sur celle-ci.",
        "%(n)s éléments de l'autre fiche sont passés sur celle-ci.",
        n,
    )
