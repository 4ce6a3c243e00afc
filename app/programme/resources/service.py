"""Writing resources: saved as a draft, published, withdrawn; nothing that was ever saved is lost."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.activity import Act
from app.accounts.principal import Principal
from app.clock import PARIS
from app.database.engine import insert_missing
from app.database.ids import ResourceId, SpaceId
from app.errors import Conflict, NotFound
from app.french.language import _
from app.programme.resources import acts, rules, search
from app.programme.resources.models import Resource, ResourceVersion
from app.programme.resources.rules import Content


def get(session: Session, resource_id: ResourceId, *, lock: bool = False) -> Resource:
    """One resource. Raises NotFound."""
    query = select(Resource).where(Resource.id == resource_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise _unknown()
    return found


def version(session: Session, resource: Resource, number: int) -> ResourceVersion:
    """One of its versions. Raises NotFound."""
    query = select(ResourceVersion).where(ResourceVersion.resource_id == resource.id, ResourceVersion.number == number)
    found = session.scalar(query)
    if found is None:
        raise NotFound("version_unknown", _("Cette version n'existe pas."))
    return found


def versions(session: Session, resource: Resource) -> Sequence[ResourceVersion]:
    """All of them, the newest first."""
    query = select(ResourceVersion).where(ResourceVersion.resource_id == resource.id)
    return session.scalars(query.order_by(ResourceVersion.number.desc())).all()


def all_of_them(session: Session) -> Sequence[tuple[Resource, ResourceVersion]]:
    """Every resource with its last version, by title."""
    rows = session.execute(
        select(Resource, ResourceVersion).join(
            ResourceVersion,
            (ResourceVersion.resource_id == Resource.id) & (ResourceVersion.number == Resource.latest),
        )
    )
    return sorted(((row[0], row[1]) for row in rows), key=lambda row: (rules.slug_of(row[1].title), row[0].id))


def save(
    session: Session,
    resource_id: ResourceId | None,
    content: Content,
    *,
    seen: int,
    publishes: bool,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> Resource:
    """Keep what was written, and with ``publishes`` show it to everybody.

    ``seen`` is the version that its writer had before them. Raises NotFound, RuleBroken, or Conflict where somebody
    else saved another one meanwhile.
    """
    today = now.astimezone(PARIS).date()
    resource = get(session, resource_id, lock=True) if resource_id is not None else None
    if resource is not None and resource.latest != seen:
        raise _changed(version(session, resource, resource.latest))
    rules.check_draft(content, today=today)
    if publishes:
        rules.check_public(content, today=today)
    resource = resource or _begin(session, content, now=now)
    if resource.latest == 0 or version(session, resource, resource.latest).content != content:
        _write(session, resource, content, by=by, now=now)
        if not publishes:
            _record(session, resource, acts.SAVED, space_id=space_id, by=by, now=now)
    if publishes and (resource.published != resource.latest or resource.withdrawn_at is not None):
        resource.published, resource.withdrawn_at, resource.updated_at = resource.latest, None, now
        resource.published_at = resource.published_at or now
        _record(session, resource, acts.PUBLISHED, space_id=space_id, by=by, now=now)
    return resource


def withdraw(
    session: Session, resource_id: ResourceId, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    """Nobody reads it any more; its text, its files and its figures stay. Raises NotFound."""
    resource = get(session, resource_id, lock=True)
    if resource.withdrawn_at is None:
        resource.withdrawn_at = resource.updated_at = now
        _record(session, resource, acts.WITHDRAWN, space_id=space_id, by=by, now=now)


def _begin(session: Session, content: Content, *, now: datetime) -> Resource:
    made: Sequence[ResourceId] = []
    while not made:  # somebody else may take the address between the look and the writing
        row = {
            "slug": _free_slug(session, content.title, None), "latest": 0, "seed_digest": "", "created_at": now,
            "updated_at": now,
        }  # fmt: skip
        made = insert_missing(session, Resource, [row], unique=[Resource.slug], returning=Resource.id)
    return session.get_one(Resource, made[0])


def _write(session: Session, resource: Resource, content: Content, *, by: Principal, now: datetime) -> None:
    if resource.published is None and resource.latest:  # its address has been given to nobody yet
        _readdress(session, resource, content.title)
    resource.latest += 1
    resource.updated_at, resource.seed_digest = now, ""
    session.add(
        ResourceVersion(
            **{**vars(content), "topics": f" {' '.join(content.topics)} "},
            resource_id=resource.id,
            number=resource.latest,
            title_index=search.index(content.title),
            full_index=search.index(_said(content)),
            saved_by=by.name[:80],
            saved_at=now,
        )
    )
    session.flush()


def _readdress(session: Session, resource: Resource, title: str) -> None:
    wanted = _free_slug(session, title, resource.id)
    if wanted == resource.slug:
        return
    try:
        with session.begin_nested():
            resource.slug = wanted
            session.flush()
    except IntegrityError:  # somebody else took it since: they have committed, so that the next look sees it
        session.refresh(resource)
        _readdress(session, resource, title)


def _said(content: Content) -> str:
    """Everything of it that a reader sees, for the search."""
    topics = [rules.TOPICS[topic] for topic in content.topics]
    return "\n".join([content.title, rules.KINDS[content.kind], *topics, content.summary, content.body, content.author])


def _free_slug(session: Session, title: str, resource_id: ResourceId | None) -> str:
    """The title's address, or the same with a number where another resource has it."""
    wanted = rules.slug_of(title)
    others = set(session.scalars(select(Resource.slug).where(Resource.id != (resource_id or 0))))
    if wanted not in others:
        return wanted
    count = session.scalar(select(func.count(Resource.id))) or 0
    numbered = (f"{wanted[: rules.SLUG_MAX - 5]}-{number}" for number in range(2, count + 3))
    return next(one for one in numbered if one not in others)


def _record(
    session: Session, resource: Resource, act: Act, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    activity.record(session, space_id, act, by=by, now=now, subject_id=resource.id, note=resource.slug)


def _changed(latest: ResourceVersion) -> Conflict:
    sentence = _(
        "%(who)s a enregistré un autre texte pendant que vous écriviez. Le vôtre est encore dans le formulaire ; "
        "comparez avec le sien, puis enregistrez.",
        who=latest.saved_by,
    )
    return Conflict("resource_changed", sentence)


def _unknown() -> NotFound:
    return NotFound("resource_unknown", _("Cette ressource n'existe pas."))
