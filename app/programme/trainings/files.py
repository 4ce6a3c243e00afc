"""The files of a training: joined and taken back by the staff, given to the associations that have somebody in it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, undefer

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.database.ids import TrainingId
from app.errors import NotFound, RuleBroken
from app.events.models import Answer, Registration
from app.french.language import _
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import AssociationPerson
from app.programme.files import given
from app.programme.trainings import acts, service
from app.programme.trainings.models import Training, TrainingFile

FILES_MAX = 10
"""Of one training (P): ten megabytes each lie in the database."""


def of_trainings(session: Session, training_ids: Collection[TrainingId]) -> Mapping[TrainingId, Sequence[TrainingFile]]:
    """{training: its files without their bytes, in the order in which they came}; nothing for one that has none."""
    found: dict[TrainingId, list[TrainingFile]] = defaultdict(list)
    query = select(TrainingFile).where(TrainingFile.training_id.in_(training_ids)).order_by(TrainingFile.id)
    for file in session.scalars(query):
        found[file.training_id].append(file)
    return found


def get(session: Session, training_id: TrainingId, training_file_id: int) -> TrainingFile:
    """A file of this training with its bytes. Raises NotFound."""
    query = select(TrainingFile).where(TrainingFile.training_id == training_id, TrainingFile.id == training_file_id)
    found = session.scalar(query.options(undefer(TrainingFile.content)))
    if found is None:
        raise NotFound("file_unknown", _("Ce fichier n'existe pas, ou n'est plus donné."))
    return found


def given_to(session: Session, association_id: int, training_ids: Collection[TrainingId]) -> Collection[TrainingId]:
    """Those of these trainings whose files an association may take: somebody of it has a seat, or was there."""
    query = (
        select(Training.id)
        .join(Registration, Registration.event_id == Training.event_id)
        .join(AssociationPerson, AssociationPerson.contact_id == Registration.contact_id)
        .where(Training.id.in_(training_ids), AssociationPerson.association_id == association_id)
        .where(or_(Registration.answer == Answer.COMING, Registration.attended.is_(True)))
    )
    return set(session.scalars(query))


def add(
    session: Session,
    programme: Space,
    training_id: TrainingId,
    content: bytes,
    *,
    label: str,
    typed_name: str,
    by: Principal,
    now: datetime,
) -> TrainingFile:
    """Join a file; without a label it is called as it was on its machine. Raises AppError."""
    training, event = service.get(session, training_id, lock=True)
    cohorts.changeable(session, training.cohort_id)
    if len(of_trainings(session, [training_id]).get(training_id, ())) >= FILES_MAX:
        sentence = _("Dix fichiers, c'est assez pour une formation : retirez-en un d'abord.")
        raise RuleBroken("files_many", sentence, fields={"file": sentence})
    columns = given.columns_of(content, label=label, typed_name=typed_name, by=by, now=now)
    file = TrainingFile(training_id=training_id, **columns)
    session.add(file)
    session.flush()
    note = f"{event.title} : {file.file_name}"
    activity.record(session, programme.id, acts.FILE_ADDED, by=by, now=now, subject_id=training_id, note=note)
    return file


def remove(
    session: Session,
    programme: Space,
    training_id: TrainingId,
    training_file_id: int,
    *,
    reason: str,
    by: Principal,
    now: datetime,
) -> None:
    """Take a file back for good, also from a cohort that is closed; the journal keeps why. Raises NotFound."""
    _training, event = service.get(session, training_id, lock=True)
    file = get(session, training_id, training_file_id)
    note = f"{event.title} : {file.file_name}. {reason}"
    session.delete(file)
    activity.record(session, programme.id, acts.FILE_REMOVED, by=by, now=now, subject_id=training_id, note=note)
