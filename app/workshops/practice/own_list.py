"""« Leur propre liste »: the association's people, pseudonymised, as those the room practises on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts.archiving import PRESENT
from app.contacts.importing.formulas import as_csv
from app.contacts.models import Contact, Import, ImportFile
from app.contacts.phone import show_phone
from app.errors import Conflict
from app.french.language import _
from app.settings import Settings
from app.workshops import acts, kinds, service
from app.workshops.kits.kit import Part
from app.workshops.models import PracticeSpace, Workshop
from app.workshops.practice import people as pretend_people
from app.workshops.practice import pseudonyms
from app.workshops.practice import service as practice
from app.workshops.practice.purging import OWN


def use(
    session: Session,
    workshop: Workshop,
    content: bytes,
    *,
    keeps_first_names: bool,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> None:
    """Practise on ``content``, a list already pseudonymised, in a new model. Raises Conflict once people sit."""
    if workshop.closed_at is not None or Part.LIST not in kinds.of(workshop.kind).parts:
        raise Conflict("workshop_closed", _("Cet atelier n'a pas d'espace d'entraînement."))
    if service.seats(session, workshop):
        raise Conflict("room_taken", _("Des personnes sont déjà entrées : leur liste se choisit avant."))
    for copy in practice.copies(session, workshop):
        practice.archive(session, copy, by=by, now=now)
    workshop.keeps_first_names = keeps_first_names
    practice.make_model(session, workshop, own=content, settings=settings, by=by, now=now)
    activity.record(session, workshop.space_id, acts.LIST_DISGUISED, by=by, now=now, subject_id=workshop.id)


def is_own(session: Session, workshop: Workshop) -> bool:
    """Whether the room practises on the association's own list."""
    model = session.get(PracticeSpace, workshop.model_space_id) if workshop.model_space_id else None
    return model is not None and model.source == OWN


def kept(session: Session, workshop: Workshop) -> bytes | None:
    """The pseudonymised list, for a fresh model; None when the house's people are practised on."""
    return content(session, workshop.model_space_id) if workshop.model_space_id and is_own(session, workshop) else None


def table(session: Session, workshop: Workshop) -> bytes:
    """« Le fichier de l'atelier »: people whom nobody's copy holds yet, and rows to mend."""
    if not is_own(session, workshop):
        return pretend_people.newcomers_file()
    taken = set(session.scalars(select(Contact.phone).where(Contact.space_id == workshop.model_space_id)))
    free = [one for one in map(pseudonyms.number, range(pseudonyms.NUMBERS)) if one not in taken]
    new = [
        (pretend_people.first_name(at), show_phone(phone)) for at, phone in enumerate(free[: pretend_people.NEWCOMERS])
    ]
    return as_csv([pseudonyms.HEADER, *new, *new[3:40:12], *pseudonyms.TO_MEND])


def content(session: Session, model_id: int) -> bytes:
    """The pseudonymised list as it was brought in, or as its people stand once the file is gone."""
    first = select(ImportFile.content).join(Import, Import.id == ImportFile.import_id)
    file = session.scalar(
        first.where(Import.space_id == model_id, Import.file_name == pseudonyms.FILE_NAME).order_by(Import.id).limit(1)
    )
    if file is not None:
        return file
    people = session.scalars(select(Contact).where(Contact.space_id == model_id, PRESENT).order_by(Contact.id))
    return as_csv([pseudonyms.HEADER, *((one.first_name, show_phone(one.phone)) for one in people)])
