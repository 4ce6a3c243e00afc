"""Tags: free labels on people, « permis B »."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact, ContactTag, Tag
from app.contacts.naming import tidy, twin_key
from app.database.engine import insert_missing
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _

NAME_CHARACTERS = 40


def counted(session: Session, space_id: SpaceId) -> list[tuple[str, int]]:
    """The tags in use and how many people wear each, by name."""
    rows = session.execute(
        select(Tag.name, func.count(ContactTag.contact_id))
        .join(ContactTag, ContactTag.tag_id == Tag.id)
        .join(Contact, Contact.id == ContactTag.contact_id)
        .where(Tag.space_id == space_id, PRESENT)
        .group_by(Tag.name)
    )
    return sorted(((name, people) for name, people in rows), key=lambda row: row[0].casefold())


def worn(session: Session, space_id: SpaceId) -> list[str]:
    """The names of the tags that somebody wears, archived or not; nobody is counted."""
    somebody = exists().where(ContactTag.tag_id == Tag.id)
    return sorted(session.scalars(select(Tag.name).where(Tag.space_id == space_id, somebody)), key=str.casefold)


def of_contacts(session: Session, contact_ids: Iterable[int]) -> Mapping[int, list[str]]:
    """The tags each of these contacts wears."""
    found: dict[int, list[str]] = {contact_id: [] for contact_id in contact_ids}
    for contact_id, name in session.execute(
        select(ContactTag.contact_id, Tag.name)
        .join(Tag, Tag.id == ContactTag.tag_id)
        .where(ContactTag.contact_id.in_(found))
        .order_by(Tag.name)
    ):
        found[contact_id].append(name)
    return found


def put(session: Session, contact: Contact, names: Iterable[str], *, by: Principal, now: datetime) -> None:
    """Make these the contact's tags, and no others. Raises RuleBroken for one too long."""
    wanted = set(named(session, contact.space_id, _checked(names)).values())
    worn = set(session.scalars(select(ContactTag.tag_id).where(ContactTag.contact_id == contact.id)))
    if wanted == worn:
        return
    session.execute(delete(ContactTag).where(ContactTag.contact_id == contact.id))
    session.add_all(ContactTag(tag_id=tag_id, contact_id=contact.id) for tag_id in sorted(wanted))
    session.flush()
    activity.record(
        session, contact.space_id, acts.CONTACT_TAGGED, by=by, now=now, subject_id=contact.id, tags=len(wanted),
        turned=" ".join(map(str, sorted(wanted ^ worn))),
    )  # fmt: skip


def turned(detail: Mapping[str, Any]) -> set[int]:
    """The ids of the tags that were given or taken, as the trail tells of ``CONTACT_TAGGED``; none in older rows."""
    return set(map(int, str(detail.get("turned", "")).split()))


def add(session: Session, space_id: SpaceId, wanted: Mapping[int, Collection[str]]) -> set[int]:
    """Give contacts tags on top of theirs, without a word in the trail; an empty collection takes all theirs away.

    The ids of the contacts that changed.
    """
    worn = of_contacts(session, wanted)
    bare = {contact_id for contact_id, names in wanted.items() if not names and worn[contact_id]}
    session.execute(delete(ContactTag).where(ContactTag.contact_id.in_(bare)))
    missing = {contact_id: set(names) - set(worn[contact_id]) for contact_id, names in wanted.items()}
    ids = named(session, space_id, sorted(set().union(*missing.values())))
    pairs = {(ids[name], at) for at, names in missing.items() for name in names}
    rows = [{"tag_id": tag_id, "contact_id": at} for tag_id, at in sorted(pairs)]
    unique = [ContactTag.tag_id, ContactTag.contact_id]
    return bare | set(insert_missing(session, ContactTag, rows, unique=unique, returning=ContactTag.contact_id))


def lacked(session: Session, space_id: SpaceId, wanted: Mapping[int, Collection[str]]) -> Mapping[int, list[str]]:
    """What ``add`` would change: {contact id: the tags to come}, [] for all theirs taken away. Nothing is written."""
    pairs = select(ContactTag.contact_id, ContactTag.tag_id).where(ContactTag.contact_id.in_(wanted))
    worn = {(contact_id, tag_id) for contact_id, tag_id in session.execute(pairs)}
    dressed = {contact_id for contact_id, _tag in worn}
    ids = _known(session, space_id, sorted(set().union(*wanted.values())))
    found = {at: [name for name in names if (at, ids.get(name)) not in worn] for at, names in wanted.items()}
    return {at: names for at, names in found.items() if names or (not wanted[at] and at in dressed)}


def named(session: Session, space_id: SpaceId, names: Collection[str]) -> Mapping[str, int]:
    """The ids of the tags of these names, or else of another spelling of them, made if absent.

    Raises RuleBroken for a new one that an export and its import would make two.
    """
    found = _known(session, space_id, names)
    rows: dict[str, dict[str, object]] = {}
    for name in names:
        if name not in found:
            _check_single(name)
            rows.setdefault(twin_key(name), {"space_id": space_id, "name": name})
    if rows:
        insert_missing(session, Tag, [rows[key] for key in sorted(rows)], returning=Tag.id)
        found = _known(session, space_id, names)
    return found


def _known(session: Session, space_id: SpaceId, names: Collection[str]) -> dict[str, int]:
    keys = {name: twin_key(name) for name in names}
    same = or_(Tag.name.in_(names), Tag.folded.in_(keys.values()))
    rows = session.execute(select(Tag.name, Tag.folded, Tag.id).where(Tag.space_id == space_id, same)).all()
    by_name, by_key = {row.name: row.id for row in rows}, {row.folded: row.id for row in rows}
    found = {name: by_name.get(name, by_key.get(key)) for name, key in keys.items()}
    return {name: tag_id for name, tag_id in found.items() if tag_id is not None}


def split(typed: str) -> list[str]:
    """« permis B, cuisine » -> ["permis B", "cuisine"]."""
    return [name for part in typed.replace(";", ",").split(",") if twin_key(name := tidy(part))]


def single(session: Session, space_id: SpaceId, typed: str, *, field: str) -> str:
    """The one name typed in a field of that name, "" for none; one of an older release may hold a comma.

    Raises RuleBroken for several.
    """
    whole, names = tidy(typed), split(typed)
    if not names or _known(session, space_id, [whole]):
        return whole if names else ""
    if len(names) > 1:
        raise _several(whole[: 2 * NAME_CHARACTERS], field)
    return names[0]


def _check_single(name: str) -> None:
    if split(name) != [name]:
        raise _several(name, "tags")


def _several(name: str, field: str) -> RuleBroken:
    sentence = _("« %(name)s » contient une virgule ou un point-virgule : faites-en deux étiquettes.", name=name)
    return RuleBroken("tag_has_separator", sentence, fields={field: sentence})


def _checked(names: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(name for typed in names if twin_key(name := tidy(typed))))
    for name in wanted:
        if len(name) > NAME_CHARACTERS:
            sentence = _(
                "« %(name)s » est trop long : %(n)s caractères au plus par étiquette.", name=name, n=NAME_CHARACTERS
            )
            raise RuleBroken("tag_too_long", sentence, fields={"tags": sentence})
    return wanted
