"""What everybody reads: found by words or by topic, and what is read most."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from app.database.ids import ResourceId
from app.programme.resources import rules, search
from app.programme.resources.models import Resource, ResourceMonth, ResourceVersion
from app.programme.resources.rules import Topic

MOST_READ = 5


@dataclass(frozen=True)
class Shown:
    """A public resource, as a list shows it; its body is not loaded."""

    resource: Resource
    version: ResourceVersion
    views: int
    """Since it was first published."""


def find(session: Session, slug: str) -> tuple[Resource, ResourceVersion] | None:
    """The resource that was ever published at this address, with what everybody reads of it."""
    if not rules.is_slug(slug):
        return None
    row = session.execute(_public(withdrawn=True).where(Resource.slug == slug)).first()
    return (row[0], row[1]) if row else None


def public(session: Session, resource_ids: Collection[int]) -> Sequence[tuple[Resource, ResourceVersion]]:
    """Those of these that anybody may read."""
    return [(row[0], row[1]) for row in session.execute(_listed().where(Resource.id.in_(resource_ids)))]


def all_public(session: Session) -> Sequence[ResourceVersion]:
    """What anybody may read, without the long texts."""
    return [row[1] for row in session.execute(_listed())]


def browse(session: Session, question: str = "", topic: Topic | None = None) -> Sequence[Shown]:
    """What answers, the nearest first and then the most read; everything without a question or a topic."""
    needles = search.needles(question)
    if question.strip() and not needles:
        return []
    query = _listed()
    for needle in needles:
        query = query.where(ResourceVersion.full_index.like(f"%{needle}%"))
    if topic is not None:
        query = query.where(ResourceVersion.topics.like(f"% {topic.value} %"))
    found = _shown(session, query)
    return sorted(found, key=lambda one: (-_nearness(one, needles), -one.views, one.version.title))


def most_read(session: Session, limit: int = MOST_READ) -> Sequence[Shown]:
    """The public ones that were read most, the most read first."""
    return sorted(_shown(session, _listed()), key=lambda one: (-one.views, one.version.title))[:limit]


def beside(session: Session, resource_id: ResourceId, topics: Sequence[Topic], limit: int = 3) -> Sequence[Shown]:
    """What to read next: those that share most topics with it."""
    others = [one for one in most_read(session, limit=1000) if one.resource.id != resource_id]
    return sorted(others, key=lambda one: -len(set(topics) & set(one.version.topic_list)))[:limit]


def topics(session: Session) -> Mapping[Topic, int]:
    """How many public resources each topic has, those without any left out."""
    known = [one.version.topic_list for one in _shown(session, _listed())]
    counts = {topic: sum(topic in one for one in known) for topic in Topic}
    return {topic: count for topic, count in counts.items() if count}


def months(session: Session, resource_id: ResourceId) -> Mapping[date, int]:
    """{first day of a month: views}, in order, those without any left out."""
    rows = session.execute(
        select(ResourceMonth.month, ResourceMonth.views)
        .where(ResourceMonth.resource_id == resource_id)
        .order_by(ResourceMonth.month)
    )
    return {row[0]: row[1] for row in rows}


def all_months(session: Session) -> Mapping[ResourceId, Mapping[date, int]]:
    """The same of every resource that was read."""
    rows = session.execute(select(ResourceMonth).order_by(ResourceMonth.month)).scalars()
    found: dict[ResourceId, dict[date, int]] = {}
    for row in rows:
        found.setdefault(row.resource_id, {})[row.month] = row.views
    return found


def _nearness(one: Shown, needles: Sequence[str]) -> int:
    return sum(needle in one.version.title_index for needle in needles)


def _public(*, withdrawn: bool = False) -> Select[Resource, ResourceVersion]:
    query = select(Resource, ResourceVersion).join(
        ResourceVersion,
        (ResourceVersion.resource_id == Resource.id) & (ResourceVersion.number == Resource.published),
    )
    return query if withdrawn else query.where(Resource.withdrawn_at.is_(None))


def _listed() -> Select[Resource, ResourceVersion]:
    """Without the long texts, which no list shows."""
    return _public().options(defer(ResourceVersion.body), defer(ResourceVersion.full_index))


def _shown(session: Session, query: Select[Resource, ResourceVersion]) -> list[Shown]:
    rows = session.execute(
        select(ResourceMonth.resource_id, func.sum(ResourceMonth.views)).group_by(ResourceMonth.resource_id)
    )
    views: dict[ResourceId, int] = {row[0]: int(row[1]) for row in rows}
    return [Shown(row[0], row[1], views.get(row[0].id, 0)) for row in session.execute(query)]
