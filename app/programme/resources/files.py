"""The files of a resource: joined, taken away, given to whoever may read the page."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from app.accounts import activity
from app.accounts.principal import Principal
from app.database.ids import ResourceId, SpaceId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.programme.files import given
from app.programme.resources import acts, service
from app.programme.resources.models import Resource, ResourceFile

FILES_MAX = 10
"""Of one resource (P)."""


def of(session: Session, resource_id: ResourceId) -> Sequence[ResourceFile]:
    """Its files without their bytes, in the order in which they came."""
    query = select(ResourceFile).where(ResourceFile.resource_id == resource_id).order_by(ResourceFile.id)
    return session.scalars(query).all()


def get(session: Session, resource_file_id: int, *, resource_id: ResourceId) -> ResourceFile:
    """A file of a resource with its bytes, also of a draft. Raises NotFound."""
    found = session.scalar(_whole(resource_file_id).where(ResourceFile.resource_id == resource_id))
    if found is None:
        raise _unknown()
    return found


def public(session: Session, resource_file_id: int) -> ResourceFile:
    """A file with its bytes. Raises NotFound where everybody may not read the page that it belongs to."""
    query = _whole(resource_file_id).join(Resource, Resource.id == ResourceFile.resource_id)
    found = session.scalar(query.where(Resource.published.is_not(None), Resource.withdrawn_at.is_(None)))
    if found is None:
        raise _unknown()
    return found


def add(
    session: Session,
    resource_id: ResourceId,
    *,
    label: str,
    typed_name: str,
    content: bytes,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> ResourceFile:
    """Join a file; without a label it is called as it was on its machine. Raises NotFound or RuleBroken."""
    resource = service.get(session, resource_id, lock=True)
    if len(of(session, resource_id)) >= FILES_MAX:
        sentence = _("Dix fichiers, c'est assez pour une page : retirez-en un d'abord.")
        raise RuleBroken("files_many", sentence, fields={"file": sentence})
    columns = given.columns_of(content, label=label, typed_name=typed_name, by=by, now=now)
    file = ResourceFile(resource_id=resource_id, **columns)
    session.add(file)
    session.flush()
    note = f"{resource.slug} : {file.file_name}"
    activity.record(session, space_id, acts.FILE_ADDED, by=by, now=now, subject_id=resource_id, note=note)
    return file


def remove(
    session: Session,
    resource_id: ResourceId,
    resource_file_id: int,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Take a file away for good. Raises NotFound."""
    resource = service.get(session, resource_id, lock=True)
    file = session.scalar(
        select(ResourceFile).where(ResourceFile.resource_id == resource_id, ResourceFile.id == resource_file_id)
    )
    if file is None:
        raise _unknown()
    note = f"{resource.slug} : {file.file_name}"
    session.delete(file)
    activity.record(session, space_id, acts.FILE_REMOVED, by=by, now=now, subject_id=resource_id, note=note)


def _whole(resource_file_id: int) -> Select[ResourceFile]:
    return select(ResourceFile).where(ResourceFile.id == resource_file_id).options(undefer(ResourceFile.content))


def _unknown() -> NotFound:
    return NotFound("file_unknown", _("Ce fichier n'existe pas, ou n'est plus donné."))
