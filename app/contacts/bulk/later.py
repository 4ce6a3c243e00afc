"""Whose tag, or place on a list, is still what a change made it: what somebody decided since stays."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Activity
from app.contacts import acts, tags
from app.contacts.bulk.models import BulkEdit, BulkEditRow, Change
from app.contacts.models import ContactList, Import, ListDeparture
from app.contacts.naming import twin_key

_BY_HAND = (acts.PUT_ON_LIST.verb, acts.TAKEN_OFF_LIST.verb, acts.CONTACT_TAGGED.verb)


def undecided(session: Session, edit: BulkEdit, ids: Collection[int]) -> list[int]:
    """Those of the contacts of whom nobody decided the same thing again, by hand, by a file or by another change."""
    if edit.change is Change.TAKE_OFF:
        off = select(ListDeparture.contact_id).where(ListDeparture.list_id == edit.list_id)
        off = off.where(ListDeparture.left_at == edit.at, ListDeparture.contact_id.in_(ids))
        return sorted(session.scalars(off))
    if edit.change is Change.PUT_ON and _is_made_like_a_file(session, edit):
        return []
    decided = _by_changes(session, edit, ids) | _by_hand(session, edit, ids)
    return sorted({*ids} - decided)


def _by_changes(session: Session, edit: BulkEdit, ids: Collection[int]) -> set[int]:
    """Whom a later change of the same tag or list changed, unless it was undone."""
    same = BulkEdit.tag_id == edit.tag_id if edit.tag_id else BulkEdit.list_id == edit.list_id
    later = select(BulkEdit.id).where(BulkEdit.space_id == edit.space_id, BulkEdit.id > edit.id, same)
    rows = select(BulkEditRow.contact_id).where(BulkEditRow.edit_id.in_(later.where(BulkEdit.undone_at.is_(None))))
    return set(session.scalars(rows.where(BulkEditRow.contact_id.in_(ids))))


def _by_hand(session: Session, edit: BulkEdit, ids: Collection[int]) -> set[int]:
    """Whom somebody put on the list or took off it since, or gave or took the tag, as the trail tells."""
    told = select(Activity.subject_id, Activity.detail).where(
        Activity.space_id == edit.space_id,
        Activity.subject == acts.PUT_ON_LIST.subject,
        Activity.subject_id.in_(ids),
        Activity.verb.in_(_BY_HAND),
        Activity.at > edit.at,
    )
    found = session.execute(told)
    if edit.tag_id:
        return {row.subject_id for row in found if edit.tag_id in tags.turned(row.detail)}
    return {row.subject_id for row in found if row.detail.get("list") == edit.list_id}


def _is_made_like_a_file(session: Session, edit: BulkEdit) -> bool:
    """Whether a file has since said who is on the list, and who is not."""
    name = session.scalar(
        select(ContactList.name).where(ContactList.space_id == edit.space_id, ContactList.id == edit.list_id)
    )
    files = select(Import.list_name).where(Import.space_id == edit.space_id, Import.is_whole_list)
    files = files.where(Import.finished_at > edit.at)
    return name is not None and twin_key(name) in map(twin_key, session.scalars(files))
