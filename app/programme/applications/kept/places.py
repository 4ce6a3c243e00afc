"""The place in its cohort of an association that was kept, and is so no more: another's."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.database.ids import SpaceId
from app.programme import leaving
from app.programme.applications.kept import entering
from app.programme.applications.models import Application
from app.programme.cohorts import members
from app.programme.cohorts.models import Cohort
from app.programme.cohorts.states import MemberState


def leave(
    session: Session,
    application: Application,
    cohort: Cohort,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Its place is free, what was planned for it there is undone, and an invitation that nobody took up is void.

    A closed cohort stays as it ended.
    """
    if application.association_id is None or cohort.closed_at is not None:
        return
    entering.end_invitations(session, application, by=by, now=now)
    member, _association = members.get(session, cohort.id, application.association_id)
    if member.state is not MemberState.LEFT:
        members.move(
            session, cohort.id, application.association_id, to=MemberState.LEFT, reason=application.reason[:300],
            space_id=space_id, by=by, now=now,
        )  # fmt: skip
        leaving.association_left(session, cohort.id, application.association_id, by=by, now=now)
