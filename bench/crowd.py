"""People to text, and texts for them, all made by the product's own services. The same seed makes the same people."""

import random
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from app.accounts import principal, spaces
from app.accounts.models import Mode, Space
from app.campaigns import readiness
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.consent import service as consent
from app.contacts import lists
from app.contacts.importing import uploads
from app.contacts.models import Import, ImportStatus
from app.runtime import Runtime
from jobs.importing import run_imports

BY = principal.job("bench")
LIST = "Bénévoles"
BODY = "Bonjour {prénom}, il nous manque des bras samedi à 9 h pour la collecte. Venez !"
SENDER = "Emmaus80"
SEED = 20260303

_FIRST = ("Zoé", "Paul", "Jeanne", "Noël", "Inès", "Aïcha", "François", "Maëlle", "Odile", "Karim")
_LAST = ("Lévêque", "Martin", "Nguyen", "Benoît", "Diallo", "d'Aubigné", "Le Goff", "Garçon")
_HEADER = "Nom;Prénom;Portable;E-mail;Code postal"
_BAD = ("01 99 00 12 34", "6,12346E+08", "06 12 34", "", "inconnu")
FICTION = 10_000
"""How many numbers belong to nobody: the most people of a practice space."""


def real_looking(count: int) -> list[str]:
    """The nine digits of so many French mobiles, none twice. Nothing that sends runs beside them."""
    return [f"61{number:07d}" for number in random.Random(SEED).sample(range(10**7), count)]


def fictions(count: int, *, exclude: Iterable[str] = ()) -> list[str]:
    """The nine digits of so many fiction numbers, none that ends as ``but`` says."""
    left_out = tuple(exclude)
    kept = (f"63998{number:04d}" for number in range(FICTION))
    return [digits for digits in kept if not digits.endswith(left_out)][:count] if left_out else list(kept)[:count]


def spreadsheet(numbers: Sequence[str], *, bad_every: int = 0) -> bytes:
    """What French Excel writes: cp1252 and « ; », numbers typed as people do; every so many rows one is bad."""
    dice = random.Random(SEED)
    lines = [_HEADER]
    for at, digits in enumerate(numbers, 1):
        phone = dice.choice(_BAD) if bad_every and at % bad_every == 0 else typed(digits, dice)
        first, last = dice.choice(_FIRST), dice.choice(_LAST)
        lines.append(f"{last};{first};{phone};p{at}@exemple.fr;{80000 + at % 1000}")
    return "\r\n".join(lines).encode("cp1252")


def typed(digits: str, dice: random.Random) -> str:
    pairs = [f"0{digits}"[at : at + 2] for at in range(0, 10, 2)]
    return dice.choice([" ".join(pairs), "".join(pairs), ".".join(pairs), digits, f"+33{digits}", f"+33 {digits}"])


def make_space(session: Session, runtime: Runtime, *, name: str, mode: Mode) -> Space:
    """A space without a budget; a practice one holds nothing back at night."""
    return spaces.make(session, name=name, mode=mode, settings=runtime.settings, sender=SENDER, by=BY, now=utc_now())


def bring_in(runtime: Runtime, space_id: int, content: bytes, *, list_name: str = LIST) -> int:
    """Ask for the import of a spreadsheet; its id. ``run_imports`` does the work."""
    upload = uploads.read_upload(content, file_name="bénévoles.csv")
    with runtime.database.transaction() as session:
        started = uploads.start_import(
            session, space_id, upload, by=BY, now=utc_now(), list_name=list_name, confirmed=True
        )
        return started.id


def work_imports(runtime: Runtime, import_id: int) -> Import:
    """Do what jobs do about imports, and the one that was asked for once it is over."""
    run_imports(runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)
    with runtime.database.snapshot() as session:
        done = session.get_one(Import, import_id)
    if done.status is not ImportStatus.FINISHED:
        raise RuntimeError(f"the import is {done.status}: {done.reason}")
    return done


def populate(runtime: Runtime, numbers: Sequence[str], *, mode: Mode, name: str = "Les Amis") -> Space:
    """A space whose list holds these people."""
    with runtime.database.transaction() as session:
        space = make_space(session, runtime, name=name, mode=mode)
    work_imports(runtime, bring_in(runtime, space.id, spreadsheet(numbers)))
    return space


def schedule(runtime: Runtime, space: Space, *, body: str = BODY, ahead: timedelta = timedelta(0)) -> Campaign:
    """A text to everybody on the list, due ``ahead`` of now, planned as the API does."""
    now = utc_now()
    when = {"at": now + ahead, "now": now}
    with runtime.database.transaction() as session:
        people = lists.find_or_make(session, space.id, name=LIST, by=BY, now=now)
        audience = {"lists": [people.id], "contacts": [], "except": []}
        campaign = campaigns.draft(session, space, by=BY, now=now, name="Samedi", body=body, audience=audience)
    with runtime.database.snapshot() as session:
        rehearsal = readiness.rehearse(session, space, campaign, settings=runtime.settings, **when)
    with runtime.database.transaction() as session:
        found = campaigns.get(session, space.id, campaign.id, lock=True)
        campaigns.schedule(session, space, found, rehearsal, by=BY, settings=runtime.settings, **when)
    return found
