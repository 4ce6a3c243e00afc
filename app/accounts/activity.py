"""The activity trail: every act of a principal leaves a row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Activity
from app.accounts.principal import Principal
from app.database.ids import SpaceId

PAUSE = timedelta(minutes=2)


@dataclass(frozen=True)
class Act:
    """What a principal may do, declared once by its feature in ``acts.py``.

    ``sentence`` follows the principal's name in the journal; its ``%(name)s`` places are filled with the details.
    ``about`` says what the subject is, in French. ``is_former``: only rows of older releases say it.
    """

    verb: str
    sentence: str
    about: str
    is_former: bool = False

    @property
    def subject(self) -> str:
        return self.verb.partition(".")[0]


def declared(names: Mapping[str, object]) -> tuple[Act, ...]:
    """The acts among a module's names."""
    return tuple(one for one in names.values() if isinstance(one, Act))


def by_verb(acts: Iterable[Act]) -> dict[str, Act]:
    """The table of all acts. A verb declared twice is a mistake of the house."""
    table: dict[str, Act] = {}
    for act in acts:
        if act.verb in table:
            raise ValueError(f"two acts are called {act.verb}")
        table[act.verb] = act
    return table


def record(
    session: Session,
    space_id: SpaceId | None,
    act: Act,
    *,
    by: Principal,
    now: datetime,
    subject_id: int | None = None,
    note: str = "",
    **detail: int | str | bool | None,
) -> None:
    """Write that ``by`` did ``act``.

    ``detail`` holds figures and ids, never a text or a phone.
    """
    session.add(
        Activity(
            space_id=space_id,
            at=now,
            principal=by.kind,
            principal_id=by.id,
            principal_name=by.name[:80],
            verb=act.verb,
            subject=act.subject,
            subject_id=subject_id,
            detail=detail,
            note=note,
        )
    )


def forget_notes(session: Session, space_id: SpaceId | None, subject: str, subject_id: int) -> None:
    """Blank what was written beside the acts on one thing, when what it names is thrown away; the acts stay."""
    session.execute(
        update(Activity)
        .where(Activity.space_id == space_id, Activity.subject == subject, Activity.subject_id == subject_id)
        .values(note="")
    )


def go_on(
    session: Session,
    space_id: SpaceId,
    act: Act,
    *,
    by: Principal,
    now: datetime,
    subject_id: int,
    **detail: Any,
) -> None:
    """Write an act that is done little by little, as a text is typed: one row for as long as nobody pauses."""
    latest = session.scalar(
        select(Activity)
        .where(Activity.space_id == space_id, Activity.subject == act.subject)
        .where(Activity.subject_id == subject_id)
        .order_by(Activity.id.desc())
        .limit(1)
    )
    same = latest is not None and (latest.verb, latest.principal, latest.principal_id) == (act.verb, by.kind, by.id)
    if latest is not None and same and now - latest.at < PAUSE:
        latest.at, latest.detail = now, detail
    else:
        record(session, space_id, act, by=by, now=now, subject_id=subject_id, **detail)


def trail(session: Session, space_id: SpaceId, *, before_id: int | None, limit: int) -> Sequence[Activity]:
    """A page of the space's trail, newest first."""
    query = select(Activity).where(Activity.space_id == space_id).order_by(Activity.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(Activity.id < before_id)
    return session.scalars(query).all()


def story(session: Session, space_id: SpaceId, subject: str, subject_id: int) -> Sequence[Activity]:
    """What was done to one thing, newest first."""
    return session.scalars(
        select(Activity)
        .where(Activity.space_id == space_id, Activity.subject == subject, Activity.subject_id == subject_id)
        .order_by(Activity.id.desc())
        .limit(100)
    ).all()
