"""A practice space made ready to play in: people, lists, a message that went out, another half written."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.principal import Principal
from app.campaigns import service as campaigns
from app.consent import agreeing
from app.consent import service as consent
from app.consent.families import Family
from app.contacts import lists
from app.contacts.archiving import PRESENT
from app.contacts.importing import service as importing
from app.contacts.importing.uploads import read_upload, start_import
from app.contacts.models import Contact, ListMember
from app.database.ids import ListId
from app.settings import Settings
from app.workshops.practice import past as practice_past
from app.workshops.practice import people as pretend_people
from app.workshops.practice import pseudonyms

IMPORTED = "Bénévoles du fichier"
FILE_NAME = "benevoles.csv"
NAME = "AmisDuQuai"
"""The sender of a room, as in reality: a name, which nobody can answer."""
SENDER = "+33353010080"
"""A number that people can answer, from a range kept for fiction: nobody's telephone rings."""
SET_UP = timedelta(days=12)
"""How long before the message the people came in."""
ENOUGH_FOR_A_PAST = 40
"""People it takes for a past message to have met several fates, and answers."""


def past_evening(now: datetime, zone: ZoneInfo) -> datetime:
    """The last Tuesday at 18 h 05 in ``zone`` that is a week old: late enough for every receipt to be in."""
    evening = (now - timedelta(days=7)).astimezone(zone).replace(hour=18, minute=5, second=0, microsecond=0)
    return evening - timedelta(days=(evening.weekday() - 1) % 7)


def fill(
    session: Session, space: Space, *, settings: Settings, by: Principal, now: datetime, own: bytes | None = None
) -> None:
    """Give an empty practice space its pretend life. ``now`` is today; what it finds there is older.

    ``own`` is the association's list, pseudonymised, in place of the house's people.
    """
    evening = past_evening(now, ZoneInfo(space.zone))
    _import(session, space, own, settings=settings, by=by, now=evening - SET_UP)
    people = _people(session, space)
    on = _lists(session, space, people, by=by, now=evening - SET_UP + timedelta(minutes=20))
    if len(people) >= ENOUGH_FOR_A_PAST:
        practice_past.send(session, space, list_id=on["Collecte"], settings=settings, by=by, at=evening)
    campaigns.draft(
        session,
        space,
        by=by,
        now=now - timedelta(hours=20),
        name="Maraude de jeudi",
        family=Family.SERVICE,
        body="Bonjour {prénom}, rendez-vous jeudi à 19h30 au local pour la maraude. Prenez un vêtement chaud.",
        audience={"lists": [on["Maraude du jeudi"]], "contacts": [], "except": []},
    )


def _import(
    session: Session, space: Space, own: bytes | None, *, settings: Settings, by: Principal, now: datetime
) -> None:
    if own is None:
        upload = read_upload(pretend_people.spreadsheet(), file_name=FILE_NAME, mapping=pretend_people.MAPPING)
    else:
        upload = read_upload(own, file_name=pseudonyms.FILE_NAME, mapping=pseudonyms.MAPPING)
    started = start_import(session, space.id, upload, by=by, now=now, list_name=IMPORTED, confirmed=True)
    steps = importing.plan_of(session, started.id)
    while importing.claim(session, started.id) is not None:
        importing.run_batch(
            session,
            started,
            steps,
            key=settings.fingerprint_key,
            opted_out=consent.opted_out,
            object_to=consent.object_by_file,
            agree=agreeing.agree_by_file,
            now=now,
        )
        session.flush()


def _people(session: Session, space: Space) -> list[int]:
    """The ids of the people, in the order of the file."""
    return list(session.scalars(select(Contact.id).where(Contact.space_id == space.id, PRESENT).order_by(Contact.id)))


def _lists(session: Session, space: Space, people: list[int], *, by: Principal, now: datetime) -> dict[str, ListId]:
    made: dict[str, ListId] = {}
    for name, is_on in pretend_people.LISTS.items():
        made[name] = lists.make(session, space.id, name=name, by=by, now=now).id
        on = [{"list_id": made[name], "contact_id": person} for at, person in enumerate(people) if is_on(at)]
        if on:
            session.execute(insert(ListMember), on)
    return made
