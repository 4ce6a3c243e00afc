"""The guides that the house gives: Markdown files beside this one, written again where nobody has changed them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.principal import TAMBOUR
from app.programme.resources import service
from app.programme.resources.models import Resource
from app.programme.resources.rules import Content, Kind, Reuse, Topic

GUIDES = Path(__file__).with_name("guides")
_RULE = "---\n"


@dataclass(frozen=True)
class Guide:
    """A file of ours; its name is its address. ``digest`` tells whether it has changed since it was written."""

    slug: str
    digest: str
    content: Content


def seed(session: Session, now: datetime, *, folder: Path = GUIDES) -> int:
    """Publish the guides of ``folder`` that are not there, and renew those that nobody has written in; how many.

    One that staff changed, or withdrew, is theirs: it stays as it is.
    """
    given = list(guides(folder))
    slugs = [guide.slug for guide in given]
    known = {one.slug: one for one in session.scalars(select(Resource).where(Resource.slug.in_(slugs)))}
    return sum(_write(session, guide, known.get(guide.slug), now=now) for guide in given)


def _write(session: Session, guide: Guide, known: Resource | None, *, now: datetime) -> bool:
    if known is not None and (known.seed_digest in ("", guide.digest) or known.withdrawn_at is not None):
        return False
    resource = service.save(
        session,
        known.id if known else None,
        guide.content,
        seen=known.latest if known else 0,
        publishes=True,
        space_id=None,
        by=TAMBOUR,
        now=now,
    )
    resource.slug, resource.seed_digest = guide.slug, guide.digest
    session.flush()
    return True


def guides(folder: Path = GUIDES) -> Iterator[Guide]:
    """The files, by name."""
    for path in sorted(folder.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        yield Guide(path.stem, sha256(text.encode()).hexdigest(), read(text))


def read(text: str) -> Content:
    """A file: « name: value » lines between two rules, then Markdown. A name said again is one more line of it."""
    _before, head, body = text.split(_RULE, 2)
    said: dict[str, list[str]] = {}
    for line in head.splitlines():
        name, _colon, value = line.partition(":")
        said.setdefault(name.strip(), []).append(value.strip())
    return _content(said, body.strip())


def _content(said: Mapping[str, list[str]], body: str) -> Content:
    return Content(
        title=said["title"][0],
        kind=Kind(said["kind"][0]),
        summary="\n".join(said["summary"]),
        body=body,
        topics=tuple(topic for topic in Topic if topic.value in said["topic"]),
        author=said["author"][0],
        reuse=Reuse(said["reuse"][0]),
        checked_on=date.fromisoformat(said["checked_on"][0]),
    )
