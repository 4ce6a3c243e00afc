"""First real SMS, and what associations share of them by month. Their rows are written as they stand afterwards.

No carrier took them: the numbers are nobody's, and nothing of it may leave.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import insert, select

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.secrets import fingerprint
from app.campaigns import acts as campaign_acts
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.cli.demonstration import cast
from app.cli.demonstration.cast import Role
from app.cli.demonstration.cohorts import APART, BEGINS
from app.cli.demonstration.story import Story
from app.clock import PARIS
from app.consent.families import Family
from app.contacts.models import Contact, ContactList, ListMember
from app.contacts.naming import name_key, sort_key
from app.database.ids import ContactId
from app.messaging import mailings, tallies
from app.messaging.messages import new_public_id
from app.messaging.models import Mailing, Message
from app.messaging.status import Status
from app.programme.sharing import rules
from app.programme.sharing import service as sharing
from app.programme.sharing.models import SharedMonth

EVERY = 24
"""Days between two texts of an association."""
RECENT = -21
"""An association that goes on has sent one since."""
TEXTS = (
    ("Collecte du samedi", "{prénom}, besoin de bras samedi 9h-12h pour la collecte. Qui vient ?"),
    ("Distribution", "{prénom}, il manque 4 personnes jeudi 17h pour la distribution. Disponible ?"),
    ("Merci", "{prénom}, merci pour samedi : 640 kg triés à vous tous. A bientôt !"),
    ("Permanence", "{prénom}, permanence de mercredi déplacée à 15h, salle du bas."),
)
FIRST = ("Anne", "Bilal", "Chloé", "Driss", "Emma", "Farid", "Gaëlle", "Henri", "Irène", "Joël", "Kenza", "Léon",
         "Maïa", "Noé", "Olga", "Pierrot", "Quitterie", "Rosa", "Sacha", "Tiphaine")  # fmt: skip
LAST = ("Aubertin", "Brumaire", "Cornouaille", "Duvallon", "Estrade", "Fougeray", "Guimauve", "Hauterive", "Islette",
        "Jonquille", "Landelle")  # fmt: skip
AGES = (71, 68, 44, 31, 66, 58, 27, 73, 52, 38, 22, 69, 33, 61, 20, 47, 29, 67, 24, 35, 19, 41, 23, 30, 21, 36)
"""Of volunteers as they came, the first pillars older than those of this year."""


@dataclass(frozen=True)
class Volunteer:
    """Somebody of an association's own space, and since when."""

    contact_id: ContactId
    phone: str
    since: datetime
    birth_year: int


def tell(story: Story) -> None:
    """Of the seven that went real, five of them sharing their counts; and of the two of last year that did."""
    for role, begins in (*((one, BEGINS) for one in cast.COHORT), *((one, BEGINS - APART) for one in cast.FORMER)):
        if role.first_sms is not None:
            space = _space(story, role)
            people = _people(story, role, space, begins=begins)
            sent = [story.at(days, 18, 5) for days in _days(role, role.first_sms)]
            left = [_send(story, role, space, people, place, at) for place, at in enumerate(sent)]
            if role.shares:
                _share(story, role, space, people, dict(zip(sent, left, strict=True)))


def _space(story: Story, role: Role) -> Space:
    return story.session.get_one(Space, story.known[role.name].space_id)


def _days(role: Role, first: int) -> Sequence[int]:
    """The days of its texts; one that went silent sent a single one."""
    if not role.shares and role.volunteers < 25:
        return [first]
    days = list(range(first, 0, EVERY))
    return days if days[-1] >= RECENT else [*days, RECENT + 3]


def _people(story: Story, role: Role, space: Space, *, begins: int) -> list[Volunteer]:
    """Half of them at once, on the first day, the others month after month."""
    session, came = story.session, []
    for number in range(role.volunteers):
        late = max(0, number - role.volunteers // 2) * (-begins - 30) // (role.volunteers // 2)
        came.append(story.at(begins + 2 + late, 10))
    rows: list[dict[str, Any]] = []
    for number, since in enumerate(came):
        first, last = FIRST[number % len(FIRST)], LAST[(number + len(role.name)) % len(LAST)]
        phone = story.phone()
        rows.append({
            "space_id": space.id, "phone": phone, "first_name": first, "last_name": last,
            "fingerprint": fingerprint(phone, key=story.settings.fingerprint_key), "name_key": name_key(first),
            "sort_key": sort_key(last, first), "birth_year": story.today.year - AGES[number % len(AGES)],
            "created_at": since, "updated_at": since,
        })  # fmt: skip
    session.execute(insert(Contact), rows)
    query = select(Contact.id, Contact.phone).where(Contact.space_id == space.id).order_by(Contact.id)
    made = [
        Volunteer(row.id, row.phone, since, kept["birth_year"])
        for row, since, kept in zip(session.execute(query), came, rows, strict=True)
    ]
    everyone = ContactList(space_id=space.id, name="Bénévoles", created_at=came[0])
    session.add(everyone)
    session.flush()
    session.execute(insert(ListMember), [{"list_id": everyone.id, "contact_id": one.contact_id} for one in made])
    return made


def _send(story: Story, role: Role, space: Space, people: Sequence[Volunteer], place: int, at: datetime) -> int:
    """One text to those who are there by then, all of it over; how many took it."""
    session = story.session
    name, body = TEXTS[place % len(TEXTS)]
    mailing = mailings.open(session, space, family=Family.CHARITABLE, now=at)
    session.add(Campaign(
        space_id=space.id, name=name, family=Family.CHARITABLE, body=body, sender=space.sender,
        audience={"lists": [], "segments": [], "contacts": [one.contact_id for one in people], "except": []},
        stage=Stage.FINISHED, mailing_id=mailing.id, send_at=at, created_by=role.referent,
        created_at=at - timedelta(minutes=20), updated_at=at, finished_at=at + timedelta(days=2),
    ))  # fmt: skip
    price = story.settings.part_price_micros
    rows = [_message(story, space, mailing, one, body, at) for one in people if one.since <= at]
    session.execute(insert(Message), rows)
    delivered = len([row for row in rows if row["status"] is Status.DELIVERED])
    counts = {Status.DELIVERED: delivered, Status.UNDELIVERED: len(rows) - delivered}
    tallies.note(session, [
        tallies.Change(space.id, mailing.id, None, status, people=count, price_micros=count * price)
        for status, count in counts.items() if count
    ])  # fmt: skip
    mailing.spent_micros = len(rows) * price
    session.flush()
    mailings.close(session, [mailing.id])
    activity.record(session, space.id, campaign_acts.FINISHED, by=story.by, now=at, note=name)
    return len(rows)


def _message(story: Story, space: Space, mailing: Mailing, one: Volunteer, body: str, at: datetime) -> dict[str, Any]:
    """One in seventeen never arrived."""
    status = Status.UNDELIVERED if one.contact_id % 17 == 3 else Status.DELIVERED
    return {
        "public_id": new_public_id("l"), "space_id": space.id, "mailing_id": mailing.id, "contact_id": one.contact_id,
        "is_personal": True, "phone": one.phone,
        "fingerprint": fingerprint(one.phone, key=story.settings.fingerprint_key), "zone": "Europe/Paris",
        "body": body, "parts": 1, "price_micros": story.settings.part_price_micros, "not_before": at,
        "not_after": at + timedelta(hours=24), "status": status, "carrier_sid": f"SM{token_hex(16)}",
        "claimed_at": at, "settled_at": at + timedelta(seconds=9), "created_at": at,
        "error_code": 30003 if status is Status.UNDELIVERED else None,
    }  # fmt: skip


def _share(story: Story, role: Role, space: Space, people: Sequence[Volunteer], sent: dict[datetime, int]) -> None:
    """A row a month since it went live: the texts are those that left, the ages those of who was there."""
    session, agreed = story.session, min(sent) - timedelta(days=1)
    sharing.agree(session, space, by=story.by, now=agreed)
    rows = []
    for place, month in enumerate(rules.ended(agreed, now=story.now)):
        _first, end = rules.bounds(month)
        texts = sum(count for at, count in sent.items() if at.astimezone(PARIS).date().replace(day=1) == month)
        there = [one for one in people if one.since < end]
        ages = rules.ages(Counter((one.birth_year, "") for one in there), now=end)
        figures = rules.figures(texts=texts, dates=_dates(place), places=_places(texts, place), ages=ages)
        rows.append({"association_id": story.known[role.name].id, "month": month, "made_at": end, **vars(figures)})
    session.execute(insert(SharedMonth), rows)


def _dates(place: int) -> int:
    """More each quarter, five at least so that they are told."""
    return 5 + place // 2


def _places(texts: int, place: int) -> int:
    """About three in ten of those who had a text, some more from month to month."""
    return texts * min(25 + 3 * place, 40) // 100
