"""A copy of a practice space has the model's segments, their rules led to its own lists, tags and segments."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.copies import Copied, Copying, of_space
from app.audiences.models import Segment
from app.audiences.rules import SEGMENTS
from app.contacts.models import ContactList, Tag
from app.contacts.profile.models import ContactField
from app.database.tables import Base

NAMED: Mapping[str, type[Base]] = {"lists": ContactList, "tags": Tag, SEGMENTS: Segment}
"""The fields whose values are ids, and of what."""


def _own_rules(session: Session, copying: Copying) -> None:
    turn_rules(session, copying, NAMED)


def turn_rules(session: Session, copying: Copying, tables: Mapping[str, type[Base]]) -> None:
    """Lead what the copy's rules say of these fields to the copy's own rows."""
    for segment in session.scalars(select(Segment).where(Segment.space_id == copying.space_id)):
        segment.rule = turned(segment.rule, copying, tables)
    session.flush()


def turned(rule: Mapping[str, Any], copying: Copying, tables: Mapping[str, type[Base]] = NAMED) -> dict[str, Any]:
    """A stored rule with the copy's ids; 0, which is nothing's, for what the copy has not taken: a hole."""
    found = {
        kind: [turned(one, copying, tables) for one in inside]
        if isinstance(inside, list) and kind != "value"
        else inside
        for kind, inside in rule.items()
    }
    field = str(rule.get("field"))
    room, sharp, own = field.partition(".#")
    if sharp:
        found["field"] = f"{room}.#{copying.turn(ContactField, int(own)) or 0}"
    table = tables.get(field)
    if table is not None and "value" in rule:
        ids = rule["value"] if isinstance(rule["value"], list) else [rule["value"]]
        new = [one if isinstance(one, str) else copying.turn(table, one) or 0 for one in ids]
        found["value"] = new if len(new) > 1 else new[0]
    return found


COPIED = (Copied(table=Segment, rows=of_space(Segment), is_named=True, finish=_own_rules),)
