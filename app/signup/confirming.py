"""From the phone to the contacts: whoever holds the SMS says that the sign-up is theirs, or that it is not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import BY_LINK, Principal, job
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts import archiving, lists
from app.contacts import service as contacts
from app.contacts.fields import Card
from app.contacts.models import Contact
from app.database.ids import SpaceId
from app.settings import Settings
from app.signup import acts, service
from app.signup.models import SignUp


def pending(session: Session, space_id: SpaceId, fingerprint: str, *, now: datetime) -> Sequence[SignUp]:
    """Who waits for this phone's word, the oldest first."""
    return session.scalars(_pending(space_id, fingerprint, now)).all()


def was_confirmed(session: Session, space_id: SpaceId, fingerprint: str) -> bool:
    """Whether this phone has confirmed somebody lately."""
    query = select(SignUp.id).where(
        SignUp.space_id == space_id, SignUp.fingerprint == fingerprint, SignUp.confirmed_at.is_not(None)
    )
    return session.scalar(query.limit(1)) is not None


def confirm(
    session: Session, space: Space, ids: Collection[int], *, fingerprint: str, settings: Settings, now: datetime
) -> list[Contact]:
    """Make contacts of those of ``ids`` who wait for this phone's word; said twice, it changes nothing more."""
    waiting = session.scalars(_pending(space.id, fingerprint, now).where(SignUp.id.in_(ids)).with_for_update()).all()
    spaces.lock(session, space.id)  # after the rows, as the tick does; two at once could make one person twice
    return [_confirm(session, space, one, settings=settings, now=now) for one in waiting]


def forget(session: Session, space_id: SpaceId, fingerprint: str, *, now: datetime) -> None:
    """« Ce n'est pas moi »: nothing of them is kept."""
    waiting = _pending(space_id, fingerprint, now).with_only_columns(SignUp.id)
    session.execute(delete(SignUp).where(SignUp.space_id == space_id, SignUp.id.in_(waiting)))


def _pending(space_id: SpaceId, fingerprint: str, now: datetime) -> Select[SignUp]:
    return (
        select(SignUp)
        .where(SignUp.space_id == space_id, SignUp.fingerprint == fingerprint)
        .where(SignUp.confirmed_at.is_(None), SignUp.expires_at > now)
        .order_by(SignUp.id)
    )


def _confirm(session: Session, space: Space, one: SignUp, *, settings: Settings, now: datetime) -> Contact:
    by = job(BY_LINK)
    person = _person(session, space, one, key=settings.fingerprint_key, by=by, now=now)
    page = service.get(session, space.id)
    if page.list_id is not None:
        lists.put_on(session, lists.get(session, space.id, page.list_id), [person], by=by, now=now)
    _write_consents(session, one, person, by=by, now=now)
    activity.record(session, space.id, acts.SIGNED_UP, by=by, now=now, subject_id=person.id)
    one.phone = one.first_name = one.last_name = one.wording = one.commercial_wording = ""
    one.availability, one.due_at = 0, None
    one.contact_id, one.confirmed_at = person.id, now
    return person


def _person(session: Session, space: Space, one: SignUp, *, key: str, by: Principal, now: datetime) -> Contact:
    """The contact that they are already, brought back, blanks filled and nothing overwritten; or a new one."""
    known = contacts.find(session, space.id, one.phone, one.first_name)
    typed: Card = {"first_name": one.first_name, "last_name": one.last_name}
    if known is None:
        made = contacts.add(session, space, {"phone": one.phone, **typed}, key=key, by=by, now=now)
        made.availability |= one.availability  # a mended name is somebody known
        return made
    session.refresh(known, with_for_update=True)
    archiving.bring_back(session, known, by=by, now=now)
    known.availability |= one.availability
    blanks: Card = {}
    if not known.first_name:
        blanks["first_name"] = one.first_name
    if not known.last_name and one.last_name:
        blanks["last_name"] = one.last_name
    return contacts.edit(session, space, known, blanks, key=key, by=by, now=now)


def _write_consents(session: Session, one: SignUp, person: Contact, *, by: Principal, now: datetime) -> None:
    """What they ticked on the page, word for word, and where; it holds from the moment the phone said so.

    It is that phone's alone: who gave it up, their card merged into theirs of another number, allows nothing there.
    """
    said = {Family.CHARITABLE: one.wording, Family.COMMERCIAL: one.commercial_wording}
    for family, wording in said.items():
        if wording:
            consent.agree(
                session, one.space_id, one.fingerprint, family=family, given=True, channel=Channel.FORM,
                wording=wording, evidence=f"{one.page} {one.created_at:%Y-%m-%dT%H:%MZ}"[:200], by=by, now=now,
                contact_id=person.id,
            )  # fmt: skip
