"""The whole story, from its oldest cohort to this week."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Activity, Space, Staff, User
from app.accounts.principal import TAMBOUR
from app.accounts.signing import users
from app.cli.demonstration import applications, cohorts, dates, diagnostics, reading, sendings, tools
from app.cli.demonstration.story import Story
from app.settings import Settings

COLLEAGUE = "Karim Belmont"


def play(session: Session, programme: Space, *, staff: User, trainer: User, settings: Settings, now: datetime) -> None:
    """Fill the programme's rooms, which hold nothing but what every house has.

    The cohort under way is written first: it is what the first addresses lead to.
    """
    last = session.scalar(select(func.max(Activity.id))) or 0
    colleague = users.make_missing(session, email="lecture@demo.example", name=COLLEAGUE, by=TAMBOUR, now=now)
    users.join_staff(session, colleague, kind=Staff.PROGRAMME, by=TAMBOUR, now=now)
    story = Story(session, programme, settings, now, staff, colleague, trainer)
    reading.begin(story)
    present, former, to_come = cohorts.under_way(story), cohorts.before(story), cohorts.to_come(story)
    applications.tell_before(story, present)
    for room in (diagnostics, dates, tools):
        room.tell_before(story, former)
        room.tell(story, present)
    cohorts.leave(story, present)
    cohorts.close(story, former)
    sendings.tell(story)
    applications.tell(story, to_come)
    tools.suggest(story)
    reading.tell(story)
    session.flush()
    _put_in_order(session, after=last)


def _put_in_order(session: Session, *, after: int) -> None:
    """Let the journal tell what was written room by room as it happened: the latest act is the last row."""
    session.expire_all()
    columns = [column for column in Activity.__table__.columns if column.name != "id"]
    written = session.execute(select(*columns).where(Activity.id > after).order_by(Activity.at, Activity.id)).all()
    session.execute(delete(Activity).where(Activity.id > after))
    session.execute(insert(Activity), [dict(row._mapping) for row in written])
