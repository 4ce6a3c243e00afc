"""A copy of a practice space for one seat: the same people, lists and past, none of its acts."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, insert, inspect, select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Mode, Space
from app.accounts.principal import Principal
from app.campaigns.models import Campaign
from app.consent.models import OptOut
from app.contacts.models import Contact, ContactList, ContactTag, ListMember, Tag
from app.database.tables import Base
from app.links import service as links
from app.messaging import messages
from app.messaging.models import Mailing, Message, Receipt, Reply, Tally
from app.settings import Settings

_TOKEN = re.compile(re.escape(links.PATH) + r"(\w+)")
Ids = dict[type[Base], dict[int, int]]
_REFERRED_TO = (Contact, ContactList, Tag, Mailing, Message)
"""Whose new ids the rows of other tables need."""


def copy_space(session: Session, model: Space, *, name: str, settings: Settings, by: Principal, now: datetime) -> Space:
    """A new practice space with what ``model`` holds, in an account of its own at the simulator."""
    copy = spaces.make(
        session,
        name=name,
        mode=Mode.PRACTICE,
        settings=settings,
        by=by,
        now=now,
        sender=model.sender,
        two_way=model.two_way,
    )
    for word in ("contact_name", "contact_phone", "zone", "hours_hold", "rate_per_s"):
        setattr(copy, word, getattr(model, word))
    ids: Ids = {Space: {model.id: copy.id}}
    for table in (Contact, ContactList, Tag, OptOut, Mailing):
        _copy(session, table, model.id, ids)
    _copy(session, Campaign, model.id, ids, mailing_id=Mailing)
    _copy_messages(session, model.id, ids, now=now)
    _copy(session, Tally, model.id, ids, mailing_id=Mailing)
    _copy(session, Reply, model.id, ids, contact_id=Contact)
    _join(session, ListMember, ids, list_id=ContactList, contact_id=Contact)
    _join(session, ContactTag, ids, tag_id=Tag, contact_id=Contact)
    _retarget_audiences(session, copy, ids)
    return copy


def _copy(session: Session, table: type[Any], space_id: int, ids: Ids, **keys: type[Base]) -> None:
    """Copy the rows of one table, their foreign keys led to the copies already made."""
    rows = _rows(session, table, table.space_id == space_id)
    values = [_values(row, ids, {"space_id": Space, **keys}) for row in rows]
    if table is Reply:
        for value in values:
            value["account_sid"] = f"copy-{ids[Space][space_id]}"
    _insert(session, table, rows, values, ids)


def _copy_messages(session: Session, space_id: int, ids: Ids, *, now: datetime) -> None:
    """Messages and receipts, each with a callback id and a personal link of its own: a link acts in its own copy."""
    rows = _rows(session, Message, Message.space_id == space_id)
    values, tokens = [], []
    for row in rows:
        value = _values(row, ids, {"space_id": Space, "mailing_id": Mailing, "contact_id": Contact})
        value["public_id"] = messages.new_public_id("p")
        token = links.new_token()
        value["body"] = _TOKEN.sub(links.PATH + token, row.body)
        values.append(value)
        tokens.append(
            links.row(
                token,
                now=now,
                space_id=value["space_id"],
                purpose=messages.OPT_OUT,
                subject_id=value["mailing_id"],
                contact_id=value["contact_id"],
                fingerprint=row.fingerprint,
            )
        )
    _insert(session, Message, rows, values, ids)
    links.store(session, tokens)
    receipts = _rows(session, Receipt, Receipt.message_id.in_(list(ids.get(Message, {}))))
    _insert(session, Receipt, receipts, [_values(row, ids, {"message_id": Message}) for row in receipts], ids)


def _join(session: Session, table: type[Any], ids: Ids, **keys: type[Base]) -> None:
    (first, first_table), (second, second_table) = keys.items()
    rows = session.execute(select(table).where(getattr(table, first).in_(list(ids.get(first_table, {}))))).scalars()
    values = [
        {first: ids[first_table][getattr(row, first)], second: ids[second_table][getattr(row, second)]} for row in rows
    ]
    if values:
        session.execute(insert(table), values)


def _retarget_audiences(session: Session, copy: Space, ids: Ids) -> None:
    tables: Mapping[str, type[Base]] = {"lists": ContactList, "contacts": Contact, "except": Contact}
    for campaign in session.scalars(select(Campaign).where(Campaign.space_id == copy.id)):
        campaign.audience = {
            name: [new for one in campaign.audience.get(name) or [] if (new := ids.get(table, {}).get(one))]
            for name, table in tables.items()
        }
    session.flush()


def _rows(session: Session, table: type[Any], those: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Plain rows: making an object of each took longer than all the rest of a copy."""
    return session.execute(select(*inspect(table).local_table.c).where(those).order_by(table.id)).all()


def _values(row: Row[Any], ids: Ids, keys: Mapping[str, type[Base]]) -> dict[str, Any]:
    found = dict(row._mapping)
    del found["id"]
    for key, table in keys.items():
        found[key] = ids.get(table, {}).get(found[key])
    return found


def _insert(
    session: Session, table: type[Any], rows: Sequence[Row[Any]], values: list[dict[str, Any]], ids: Ids
) -> None:
    if not values:
        return
    into = insert(cast(Table, table.__table__))
    if table not in _REFERRED_TO:
        session.execute(into, values)
        return
    new = session.scalars(into.returning(table.id, sort_by_parameter_order=True), values)
    ids.setdefault(table, {}).update(zip((row.id for row in rows), new, strict=True))
