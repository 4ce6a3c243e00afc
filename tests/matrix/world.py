"""Two spaces with a row of everything that an address can name, and everybody who may come to the door."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import access_grants, invitations, keys
from app.accounts.models import OneTime, Role, SignedIn, Space, Staff, User
from app.accounts.principal import USER, Principal
from app.audiences import segments
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.contacts.bulk.models import BulkEdit, Change
from app.contacts.merging import service as merging
from app.contacts.models import Import, ImportFile, ImportStatus
from app.contacts.pairs.models import DuplicatePair, PairReason
from app.contacts.profile import values
from app.events.acts import About
from app.events.models import Event, EventMailing, EventState, Registration, Reminder
from app.events.placeholders import EVENT
from app.messaging.models import Reply, StrayReply
from app.messaging.status import Status
from app.programme.trainings.models import Training
from app.workshops.models import Kind, Seat
from app.workshops.path import scenarios
from app.workshops.planning import service as planning
from tests.factories import (
    NOON,
    make_campaign,
    make_contact,
    make_delivery,
    make_hook,
    make_list,
    make_mailing,
    make_message,
    make_space,
    make_user,
)
from tests.matrix.programme import rows as rows_of_programme

Ids = dict[str, int]


@dataclass(frozen=True)
class World:
    """``ids`` and ``foreign_ids`` are {name of an address's argument: row}; ``users`` and ``keys`` are by caller."""

    slug: str
    foreign_slug: str
    ids: Ids
    foreign_ids: Ids
    users: dict[str, int]
    keys: dict[str, str]


def build(session: Session) -> World:
    """A live space, another one, and a practice space with a workshop over it."""
    own, other = (make_space(session, contact_phone="01 23 45 67 89") for _number in range(2))
    users = {role.value: make_user(session, space=own, role=role) for role in Role}
    users["foreigner"] = make_user(session, space=other)
    users["trainer"] = make_user(session, staff=Staff.TRAINER)
    users["other trainer"] = make_user(session, staff=Staff.TRAINER)
    users["programme"] = make_user(session, staff=Staff.PROGRAMME)
    programme = make_space(session, slug="programme")
    made = {role.value: _key(session, own, role) for role in Role}
    made["foreigner"] = _key(session, other, Role.REFERENTE)
    ids = _rows(session, own, users["referente"], users["programme"])
    foreign_ids = _rows(session, other, users["foreigner"], users["programme"])
    ids |= _workshop(session, programme, users["trainer"]) | rows_of_programme(session, programme, own, "2026")
    foreign_ids |= _workshop(session, programme, users["other trainer"])
    foreign_ids |= rows_of_programme(session, programme, other, "2027")
    session.get_one(Training, ids["training_id"]).leader_id = users["trainer"].id
    return World(
        slug=own.slug,
        foreign_slug=other.slug,
        ids=ids,
        foreign_ids=foreign_ids,
        users={name: user.id for name, user in users.items()},
        keys=made,
    )


def _key(session: Session, space: Space, role: Role) -> str:
    return keys.make(session, space, name=role.value, role=role, by=_by(1), now=utc_now())


def _by(user_id: int) -> Principal:
    return Principal(USER, user_id, "Odile")


def _rows(session: Session, space: Space, member: User, staff: User) -> Ids:
    now = utc_now()
    by = _by(member.id)
    people = make_list(session, space)
    contact = make_contact(session, space, on=people)
    [field] = values.named(session, space.id, ["Taille"], now=now).values()
    mailing = make_mailing(session, space)
    message = make_message(session, mailing, contact_id=contact.id, status=Status.DELIVERED, phone=contact.phone)
    campaign = make_campaign(
        session,
        space,
        stage=Stage.SENDING,
        mailing_id=mailing.id,
        send_at=NOON,
        audience={"lists": [people.id], "contacts": [], "except": []},
    )
    rule = {"field": "lists", "is": "has", "value": people.id}
    segment = segments.make(session, space, name="Les gens", rule=rule, by=by, now=now)
    twins = [make_contact(session, space) for _number in range(4)]
    pair = DuplicatePair(
        space_id=space.id, low_id=twins[0].id, high_id=twins[1].id, reason=PairReason.EMAIL, made_at=now
    )
    merge = merging.merge(session, space, survivor_id=twins[2].id, loser_id=twins[3].id, moves=(), by=by, now=now)
    edit = BulkEdit(
        space_id=space.id, change=Change.ARCHIVE, people=1, principal=by.kind, principal_id=by.id,
        principal_name=by.name, at=now,
    )  # fmt: skip
    event = Event(
        space_id=space.id, title="Collecte", starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=2), state=EventState.OPEN, created_at=now, updated_at=now,
    )  # fmt: skip
    file = Import(
        space_id=space.id, status=ImportStatus.UPLOADED, file_name="liste.csv", encoding="utf-8", delimiter=";",
        mapping={"0": "phone"}, rows_total=1, principal=by.kind, principal_id=by.id, principal_name=by.name,
        created_at=now,
    )  # fmt: skip
    reply = Reply(
        space_id=space.id, account_sid="AC" + "0" * 32, carrier_sid=f"SM{space.id}", contact_id=contact.id,
        phone=contact.phone, body="c'est qui ?", meaning="unclear", at=now,
    )  # fmt: skip
    stray = StrayReply(
        account_sid="AC" + "0" * 32, carrier_sid=f"SM{space.id}", phone=contact.phone, number="+33937000000",
        body="STOP", meaning="stop", at=now,
    )  # fmt: skip
    session.add_all([pair, edit, event, file, reply, stray])
    session.flush()
    campaign.link_purpose, campaign.link_subject_id = EVENT, event.id
    invitation = make_mailing(session, space)
    session.add(
        EventMailing(
            space_id=space.id, event_id=event.id, mailing_id=invitation.id, about=About.INVITATION, body="Vous venez ?"
        )
    )
    reminder = Reminder(
        space_id=space.id, event_id=event.id, before_s=86_400, body="À demain", due_at=now + timedelta(days=2),
        created_at=now,
    )  # fmt: skip
    session.add_all([
        ImportFile(import_id=file.id, content=b"Portable\r\n06 12 34 56 78\r\n"),
        Registration(space_id=space.id, event_id=event.id, contact_id=contact.id, created_at=now),
        reminder,
    ])  # fmt: skip
    colleague = make_user(session, space=space, role=Role.LECTRICE)
    invitations.invite(session, space, email=f"i{space.id}@exemple.fr", name="I", role=Role.LECTRICE, by=by, now=now)
    opened = access_grants.open_to(session, space, staff.id, lasts=timedelta(hours=1), reason="voir", by=by, now=now)
    session.flush()
    keys.make(session, space, name="clé", role=Role.LECTRICE, by=by, now=now)
    signed_in = SignedIn(
        user_id=member.id, token_digest=f"{member.id:064d}", created_at=now, seen_at=now,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    session.add(signed_in)
    session.flush()
    return {
        "list_id": people.id,
        "field_id": field.id,
        "contact_id": contact.id,
        "pair_id": pair.id,
        "merge_id": merge.id,
        "edit_id": edit.id,
        "message_id": message.id,
        "campaign_id": campaign.id,
        "segment_id": segment.id,
        "event_id": event.id,
        "mailing_id": invitation.id,
        "import_id": file.id,
        "reply_id": reply.id,
        "stray_id": stray.id,
        "reminder_id": reminder.id,
        "user_id": colleague.id,
        "invitation_id": _newest(session, OneTime, space.id),
        "opening_id": opened.id,
        "key_id": keys.of_space(session, space.id)[0].id,
        "signed_in_id": signed_in.id,
        **_hook(session, space),
    }


def _hook(session: Session, space: Space) -> Ids:
    hook = make_hook(session, space)
    return {"hook_id": hook.id, "delivery_id": make_delivery(session, hook).id}


def _newest(session: Session, table: type[OneTime], space_id: int) -> int:
    query = select(table.id).where(table.space_id == space_id).order_by(table.id.desc()).limit(1)
    return int(session.scalars(query).one())


def _workshop(session: Session, programme: Space, trainer: User) -> Ids:
    now = utc_now()
    scenario = scenarios.copy(session, scenarios.house(session, now=now), trainer, now=now)
    workshop = planning.plan(
        session, programme, kind=Kind.MASS_SMS, association="Les Amis du Quai", trainers=[trainer], scenario=scenario,
        by=_by(trainer.id), now=now, starts_at=now, ends_at=now + timedelta(minutes=90),
    )  # fmt: skip
    session.flush()
    seat = Seat(
        workshop_id=workshop.id, nickname="Amina", token_digest=f"{workshop.id:064d}", joined_at=now, seen_at=now
    )  # fmt: skip
    session.add(seat)
    session.flush()
    return {"workshop_id": workshop.id, "scenario_id": scenario.id, "seat_id": seat.id}
