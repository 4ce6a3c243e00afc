"""Files of applications: taken by their content, kept at once, looked through by a tick before anybody opens them."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from app.accounts import activity, quotas, spaces
from app.accounts.principal import BY_LINK, job
from app.database.ids import ApplicationId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.programme.applications import acts, answering, correcting, service, versions
from app.programme.applications.models import Application, ApplicationFile
from app.programme.applications.questions import FILES, Kind
from app.programme.cohorts.models import Cohort
from app.programme.files import kinds
from app.settings import Settings

FILES_A_DAY = 20
"""Of one application: ten megabytes each lie in the database (P)."""
NAMES = {"board_file": "accord-du-conseil"}
"""How files are called, by their field: the name that came with one is never used."""


def add(
    session: Session,
    application: Application,
    cohort: Cohort,
    key: str,
    content: bytes,
    *,
    name: str,
    space_id: SpaceId | None,
    now: datetime,
) -> ApplicationFile:
    """Keep a file as the answer of its field, in place of the one before. The rows are held by the caller.

    Raises RuleBroken for what is no file of ours, tied to the field.
    """
    field = versions.published(session).get(key)
    answering.check_open(application, cohort, key, now=now)
    if field.kind is not Kind.FILE:
        raise RuleBroken("answer_no_file", _("Cette question n'attend pas de pièce."))
    try:
        kind = kinds.kind_of(content, kinds.PIECES)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.code, refusal.sentence, fields={key: refusal.sentence}) from None
    quotas.take(session, f"application-files:{application.id}", a_day=FILES_A_DAY, now=now)
    made = ApplicationFile(
        application_id=application.id, field=key, kind=kind, size=len(content),
        sha256=sha256(content).hexdigest(), content=content, uploaded_by=name[:80], uploaded_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _hold(session, application, key, str(made.id), name=name, now=now)
    activity.record(
        session, space_id, acts.FILE_ADDED, by=job(BY_LINK), now=now, subject_id=application.id,
        note=application.association_name,
    )  # fmt: skip
    return made


def take_off(session: Session, application: Application, cohort: Cohort, key: str, *, name: str, now: datetime) -> None:
    """The field holds no file any more; one that was filed stays with what was filed."""
    answering.check_open(application, cohort, key, now=now)
    if key in FILES:
        _hold(session, application, key, "", name=name, now=now)


def _hold(session: Session, application: Application, key: str, value: str, *, name: str, now: datetime) -> None:
    held = answering.find(session, application.id, key)
    if held is None and not value:
        return
    answering.write(session, application, held, key, value, name=name, now=now)
    filed = {one.answers.get(key, "") for one in service.filings(session, application.id)}
    for one in service.files_of(session, application.id).values():
        if one.field == key and str(one.id) != value and str(one.id) not in filed:
            session.delete(one)


def get(session: Session, application_id: ApplicationId, file_id: int) -> ApplicationFile:
    """A file of this application, its bytes with it. Raises NotFound for any other, and for one thrown away."""
    query = select(ApplicationFile).where(
        ApplicationFile.application_id == application_id, ApplicationFile.id == file_id, ApplicationFile.refused == ""
    )
    found = session.scalar(query.options(undefer(ApplicationFile.content)))
    if found is None:
        raise NotFound("file_unknown", _("Cette pièce n'existe pas."))
    return found


def filed(session: Session, application_id: ApplicationId, file_id: int) -> ApplicationFile:
    """The same for a reviewer: one that was filed. Raises NotFound, or Conflict before it was looked through."""
    found = get(session, application_id, file_id)
    if not any(str(file_id) == one.answers.get(found.field) for one in service.filings(session, application_id)):
        raise NotFound("file_unknown", _("Cette pièce n'existe pas."))
    if found.checked_at is None:
        raise Conflict("file_unchecked", _("Cette pièce n'est pas encore vérifiée : revenez dans une minute."))
    return found


def name_of(file: ApplicationFile) -> str:
    """« accord-du-conseil-12.pdf »."""
    return f"{NAMES.get(file.field, 'piece')}-{file.id}.{file.kind.value}"


def is_due(session: Session, *, now: datetime) -> bool:  # noqa: ARG001 - queues have it
    """Whether a file waits to be looked through."""
    return session.scalar(_unchecked().with_only_columns(ApplicationFile.id).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> ApplicationFile | None:  # noqa: ARG001 - queues have it
    """One that waits, held until the transaction ends."""
    query = _unchecked().where(ApplicationFile.id.not_in(exclude)).order_by(ApplicationFile.id).limit(1)
    return session.scalar(query.options(undefer(ApplicationFile.content)).with_for_update(skip_locked=True))


def check(session: Session, file: ApplicationFile, /, *, limit: int, settings: Settings, now: datetime) -> int:  # noqa: ARG001 - queues have it
    """Look through one; what should not be opened keeps its line and the reason, loses its bytes, and they are told."""
    file.checked_at = now
    file.refused = kinds.fault_of(file.content)
    if file.refused:
        file.content, file.size = b"", 0
        _ask_again(session, file, settings=settings, now=now)
    session.flush()
    return 1


def _ask_again(session: Session, file: ApplicationFile, *, settings: Settings, now: datetime) -> None:
    """Of one that was filed: its association left the page long ago, and may send another even after the close."""
    application = session.get_one(Application, file.application_id)
    latest = next(iter(service.filings(session, application.id)), None)
    if latest is not None and latest.answers.get(file.field) == str(file.id):
        programme = spaces.find(session, settings.programme_space)
        correcting.ask_file(session, application, file.field, programme=programme, settings=settings, now=now)


def _unchecked() -> Select[ApplicationFile]:
    return select(ApplicationFile).where(ApplicationFile.checked_at.is_(None))
