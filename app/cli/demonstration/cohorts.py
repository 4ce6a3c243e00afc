"""The three cohorts, the associations in them and their people."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from app.accounts import spaces
from app.accounts.models import Mode
from app.cli.demonstration import cast
from app.cli.demonstration.cast import Role
from app.cli.demonstration.story import Story
from app.clock import PARIS
from app.contacts.fields import Card
from app.contacts.models import Contact
from app.contacts.phone import show_phone
from app.database.ids import CohortId
from app.french.folding import without_accents
from app.programme.cohorts import members, people
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Function
from app.programme.cohorts.rules import Terms
from app.programme.cohorts.states import MemberState

APART = 371
"""Days from one cohort's first to the next's: more than a year, so that each has a year of its own in its name."""
BEGINS, LASTS = -300, 340
"""The first day of the cohort under way, and how many more it has."""
PLACES = 12
OPENED, CLOSES = -35, 18
"""The days of the applications that are being taken."""


def under_way(story: Story) -> CohortId:
    """The cohort of the story, begun ten months ago: twelve inside, one that left, one invited."""
    note = "Une cohorte de démonstration : changez-la comme vous voulez."
    cohort_id = _cohort(story, BEGINS, note=note, capacity=PLACES + 1, applications=(BEGINS - 70, BEGINS - 25))
    for role in cast.COHORT:
        if role.first_sms is not None:
            _home(story, role, now=story.at(BEGINS - 1, 9))
    for role in (*cast.COHORT, cast.GONE):
        _inside(story, cohort_id, role, now=story.at(BEGINS, 10))
    members.add(
        story.session, cohort_id, name=cast.INVITED, state=MemberState.INVITED, space_id=story.programme.id,
        by=story.by, now=story.at(-12, 16),
    )  # fmt: skip
    return cohort_id


def leave(story: Story, cohort_id: CohortId) -> None:
    """One goes, and nobody takes its place."""
    members.move(
        story.session, cohort_id, story.known[cast.LEFT].id, to=MemberState.LEFT, reason=cast.WHY_GONE,
        space_id=story.programme.id, by=story.by, now=story.at(BEGINS + 95, 11),
    )  # fmt: skip
    cohorts.get(story.session, cohort_id).capacity = PLACES


def before(story: Story) -> CohortId:
    """Last year's, small; it is closed once everything of it is told."""
    cohort_id = _cohort(story, BEGINS - APART, capacity=len(cast.FORMER))
    for role in cast.FORMER:
        if role.first_sms is not None:
            _home(story, role, now=story.at(BEGINS - APART - 1, 9))
        _inside(story, cohort_id, role, now=story.at(BEGINS - APART, 10))
    return cohort_id


def close(story: Story, cohort_id: CohortId) -> None:
    """After its last day nothing of it changes."""
    now = story.at(BEGINS - APART + LASTS + 6, 17)
    cohorts.close(story.session, cohort_id, space_id=story.programme.id, by=story.by, now=now)


def to_come(story: Story) -> CohortId:
    """The next one, which associations apply to."""
    return _cohort(story, BEGINS + APART, applications=(OPENED, CLOSES))


def _cohort(
    story: Story, begins: int, *, note: str = "", capacity: int = PLACES, applications: tuple[int, int] | None = None
) -> CohortId:
    starts_on = story.today + timedelta(days=begins)
    opens = closes = None
    if applications is not None:
        opens, closes = (story.today + timedelta(days=one) for one in applications)
    terms = Terms(
        name=f"Cohorte {starts_on.year}",
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=LASTS),
        capacity=capacity,
        applications_open_at=datetime.combine(opens, time(8), tzinfo=PARIS) if opens else None,
        applications_close_at=datetime.combine(closes, time(23, 59), tzinfo=PARIS) if closes else None,
        note=note,
    )
    now = story.at(min(begins - 80, OPENED - 3), 9)
    return cohorts.make(story.session, terms, space_id=story.programme.id, by=story.by, now=now).id


def _inside(story: Story, cohort_id: CohortId, role: Role, *, now: datetime) -> None:
    """In the cohort, with its three people, and whom to call."""
    session, space_id, by = story.session, story.programme.id, story.by
    association = members.add(
        session, cohort_id, name=role.name, state=MemberState.INSIDE, space_id=space_id, by=by, now=now
    )
    story.known[role.name] = association
    functions = (Function.REFERENT, role.referent), (Function.DIRECTOR, role.director), (Function.BOARD, role.board)
    found = {}
    for function, name in functions:
        first, _space, last = name.partition(" ")
        card: Card = {"first_name": first, "last_name": last, "phone": story.phone()}
        person = people.add(
            session, story.programme, association.id, function=function, card=card, settings=story.settings, by=by,
            now=now,
        )  # fmt: skip
        found[function] = (person, session.get_one(Contact, person.contact_id))
    story.people[role.name] = found
    members.choose_contact(
        session, cohort_id, association.id, name=role.referent, phone=show_phone(found[Function.REFERENT][1].phone),
        space_id=space_id, by=by, now=now,
    )  # fmt: skip


def _home(story: Story, role: Role, *, now: datetime) -> None:
    """Its live space, as its acceptance opened it, with the sender that it chose since."""
    word = "".join(sign for sign in without_accents(role.name.split()[-1]) if sign.isalnum())
    spaces.make(
        story.session, name=role.name, mode=Mode.LIVE, settings=story.settings, by=story.by, now=now, sender=word[:11]
    )


def contacts_of(story: Story, roles: Sequence[Role], function: Function) -> list[Contact]:
    """Those who do this in these associations."""
    return [story.contact(role.name, function) for role in roles]
