"""« S'entraîner seul »: a practice space for one person, the workshop's own path in it, and its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import activity, associations, spaces, team
from app.accounts.models import Activity, Association, Mode, Role, Space, User
from app.accounts.principal import TAMBOUR, Principal
from app.campaigns import service as campaigns
from app.carrier.carriers import is_fiction
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.database.ids import SpaceId, UserId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.messaging import mailings
from app.messaging.models import Mailing
from app.settings import Settings
from app.workshops import acts, kinds
from app.workshops.alone.words import told_alone
from app.workshops.models import AlonePractice, Kind, PracticeSpace
from app.workshops.path import steps as path
from app.workshops.path.steps import Done, Kinds, Step
from app.workshops.phones import phonebook
from app.workshops.practice import fates, purging

KIND = Kind.MASS_SMS
"""What one practises alone."""
KEPT_FOR = purging.KEPT_FOR
"""How long a practice that nobody touches stays."""
HINT_AFTER = timedelta(seconds=30)
"""Sooner than in a room: there is nobody to ask."""
OFFERED = 12


def of_user(session: Session, user_id: UserId) -> Space | None:
    """The practice space of a person, while they have one."""
    own = select(Space).join(AlonePractice, AlonePractice.space_id == Space.id)
    return session.scalar(own.where(AlonePractice.user_id == user_id))


def find(session: Session, space_id: SpaceId, user_id: UserId) -> AlonePractice | None:
    """That this space is the practice of this person."""
    own = select(AlonePractice).where(AlonePractice.space_id == space_id, AlonePractice.user_id == user_id)
    return session.scalar(own)


def home(session: Session, practice: AlonePractice) -> Space | None:
    """The association's own space, from which it was begun."""
    own = select(Space).join(Association, Association.space_id == Space.id)
    return session.scalar(own.where(Association.id == practice.association_id))


def begin(
    session: Session,
    home: Space,
    user: User,
    *,
    again: bool = False,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Space:
    """The practice space of ``user``, made and filled when there is none; ``again`` leaves the one there is.

    ``home`` is the association's own space, in which nothing changes.
    """
    session.get_one(User, user.id, with_for_update=True)  # two presses at once make one
    known = of_user(session, user.id)
    if known is not None and not again:
        return known
    if known is not None:
        end(session, known, by=by, now=now)
    made_of = kinds.practice_of(KIND)
    name = _("Entraînement de %(name)s", name=user.name)[:120]
    space = spaces.make(
        session, name=name, mode=Mode.PRACTICE, settings=settings, by=by, now=now,
        sender=made_of.sender, two_way=made_of.two_way, zone=home.zone,
    )  # fmt: skip
    made_of.fill(session, space, settings=settings, by=TAMBOUR, now=now)
    team.add(session, space, user, role=Role.EQUIPIERE, by=by, now=now)
    association = _association(session, home, now=now)
    session.add(
        AlonePractice(space_id=space.id, user_id=user.id, association_id=association.id, begun_at=now, held_phone=None)
    )
    session.flush()
    activity.record(session, space.id, acts.ALONE_BEGUN, by=by, now=now, subject_id=space.id)
    return space


def end(session: Session, space: Space, *, by: Principal, now: datetime) -> None:
    """Nothing planned leaves any more, and everybody of the practice goes, its owner's access included.

    What is left of it goes once nothing can be on its way to it (``clear``).
    """
    campaigns.end_all(session, space.id, by=by, now=now)
    mailings.cancel(session, session.scalars(select(Mailing.id).where(Mailing.space_id == space.id)).all())
    activity.record(session, space.id, acts.ALONE_ENDED, by=by, now=now, subject_id=space.id)
    purging.purge(session, space.id)


def forgotten(session: Session, *, now: datetime) -> Sequence[Space]:
    """The practices in which nobody did anything for a month."""
    at_work = select(Activity.id).where(Activity.space_id == AlonePractice.space_id, Activity.at >= now - KEPT_FOR)
    return session.scalars(
        select(Space)
        .join(AlonePractice, AlonePractice.space_id == Space.id)
        .where(AlonePractice.begun_at < now - KEPT_FOR, ~at_work.exists())
        .order_by(Space.id)
    ).all()


def ended(session: Session) -> Sequence[Space]:
    """What is left of practices that have ended: of those begun again, and of those that nobody touched."""
    told = select(Activity.id).where(Activity.space_id == Space.id, Activity.verb == acts.ALONE_ENDED.verb)
    owned = select(AlonePractice.space_id).where(AlonePractice.space_id == Space.id)
    of_room = select(PracticeSpace.space_id).where(PracticeSpace.space_id == Space.id)
    return session.scalars(
        select(Space)
        .where(Space.mode == Mode.PRACTICE, ~owned.exists(), ~of_room.exists(), told.exists())
        .order_by(Space.id)
    ).all()


def clear(session: Session, space: Space, *, now: datetime) -> None:
    """Empty an ended practice of what has come in since; later take the space away, acts and texts with it.

    A workshop's copy keeps those for its summaries and results. Here nobody can read them any more.
    """
    purging.purge(session, space.id)
    ended_at = session.scalar(
        select(func.max(Activity.at)).where(Activity.space_id == space.id, Activity.verb == acts.ALONE_ENDED.verb)
    )
    if ended_at is not None and now - ended_at > purging.SETTLED_AFTER:
        session.execute(delete(Space).where(Space.id == space.id))


def steps(kinds_of_steps: Kinds) -> list[Step]:
    """The house's path, in the words of somebody who is by themselves."""
    return [told_alone(step) for step in path.house_steps(KIND, kinds_of_steps)]


def done(session: Session, practice: AlonePractice, path_steps: Sequence[Step]) -> dict[str, Done]:
    """What this person did since they began."""
    return path.done_since(session, practice.space_id, path_steps, practice.begun_at)


def offered(session: Session, space: Space) -> list[tuple[str, str]]:
    """Phones to hold, (number, name): the first people whose phone can ring."""
    found = session.scalars(
        select(Contact.phone).where(Contact.space_id == space.id, PRESENT).order_by(Contact.id).limit(3 * OFFERED)
    )
    ringing = [phone for phone in dict.fromkeys(found) if not phone.endswith(fates.NEVER_RING)][:OFFERED]
    names = phonebook.names(session, space.id, set(ringing))
    return [(phone, names.get(phone, "")) for phone in ringing]


def hold(session: Session, space: Space, practice: AlonePractice, phone: str, *, by: Principal, now: datetime) -> None:
    """Take a pretend phone in hand, and put the other down. Raises RuleBroken, NotFound."""
    if not is_fiction(phone):
        raise RuleBroken("phone_real", _("On ne prend ici qu'un téléphone inventé."))
    if not phonebook.is_known(session, space, phone):
        raise NotFound("handset_unknown", _("Ce téléphone n'est pas de cet espace."))
    session.merge(practice).held_phone = phone
    activity.record(session, space.id, acts.HANDSET_HELD, by=by, now=now)


def let_go(session: Session, practice: AlonePractice) -> None:
    """Put the phone down."""
    session.merge(practice).held_phone = None


def say_monday(session: Session, space: Space, *, by: Principal, now: datetime) -> None:
    """They decided who does what: the last step."""
    activity.record(session, space.id, acts.MONDAY_SAID, by=by, now=now, subject_id=space.id)


def _association(session: Session, home: Space, *, now: datetime) -> Association:
    return associations.find_or_make(session, name=home.name, space_id=home.id, now=now)
