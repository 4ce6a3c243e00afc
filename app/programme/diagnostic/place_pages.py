"""Where a diagnostic is looked at from: the programme's desk, or the association's own space, page for page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts import associations
from app.accounts.models import Association, Mode, Role, Space, Staff
from app.accounts.web.guards import needs, space, staff
from app.database.ids import SpaceId
from app.errors import NotFound
from app.french.language import _
from app.programme import home_pages
from app.programme.cohorts.models import Cohort, CohortMember
from app.programme.diagnostic import service
from app.web.problems import problem_of, refuse
from app.web.requests import number_argument, runtime


@dataclass(frozen=True)
class Place:
    """An association, one of its cohorts, and how this visitor's addresses begin."""

    association: Association
    cohort: Cohort
    member: CohortMember
    cohorts: Sequence[Cohort]
    """All that it is or was in."""
    blueprint: str
    ids: Mapping[str, str | int]
    """What every address of the place takes."""
    is_staff: bool
    journal_id: SpaceId | None
    """The space whose journal tells what is done from here."""
    is_open: bool
    """Whether the diagnostic still changes."""
    role: Role

    @property
    def manages(self) -> bool:
        """Whether this visitor asks people, and settles the agreed answer."""
        return self.role is Role.REFERENTE and self.is_open

    @property
    def writes(self) -> bool:
        """Whether this visitor writes the inventory."""
        return self.role.includes(Role.EQUIPIERE)

    def href(self, name: str, **words: str | int) -> str:
        """An address of the place; the cohort goes along where it was chosen."""
        chosen = {"cohorte": self.cohort.id} if number_argument("cohorte") else {}
        values: dict[str, Any] = {**self.ids, **chosen, **words}
        return url_for(f"{self.blueprint}.{name}", **values)


OUTSIDE = ("not_in_programme", "not_in_cohort")
"""Refusals of an association that the programme does not follow."""
AtPlace = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Route:
    """One page or act of the place. ``role`` is who may in the association's space; None is the staff's alone."""

    method: str
    path: str
    view: AtPlace
    role: Role | None


def programme_space(session: Session) -> Space | None:
    """The programme's own live space; None where nobody made it."""
    return home_pages.find_programme(session)


def own_blueprint(routes: Sequence[Route]) -> Blueprint:
    """The pages in an association's own space."""
    made = Blueprint("own_diagnostic", __name__, url_prefix="/e/<slug>/diagnostic")
    for one in routes:
        if one.role is not None:
            view = needs(one.role)(_within(one.view, _own_place))
            made.add_url_rule(one.path, endpoint=one.view.__name__, view_func=view, methods=[one.method])
    made.register_error_handler(NotFound, _outside)
    return made


def _outside(missing: NotFound) -> ResponseReturnValue:
    """A live space whose association follows no programme reads so where its menu leads; all else is not there."""
    live = (
        "space" in g and g.space.mode is Mode.LIVE and request.method == "GET" and request.path.endswith("/diagnostic")
    )
    if live and missing.code in OUTSIDE:
        return render_template("programme/diagnostic/outside.html")
    return refuse(problem_of(missing))


def staff_blueprint(routes: Sequence[Route]) -> Blueprint:
    """The same for the programme's staff, by the association's number."""
    made = Blueprint("diagnostics", __name__, url_prefix="/programme/associations/<int:association_id>/diagnostic")
    for one in routes:
        view = staff(Staff.PROGRAMME)(_within(one.view, _staff_place))
        made.add_url_rule(one.path, endpoint=one.view.__name__, view_func=view, methods=[one.method])
    return made


def _within(view: AtPlace, enter: Callable[[dict[str, Any]], Place]) -> AtPlace:
    @wraps(view)
    def entered(**words: Any) -> ResponseReturnValue:
        return view(enter(words), **words)

    return entered


def _own_place(_words: dict[str, Any]) -> Place:
    with runtime().database.snapshot() as session:
        association = associations.of_space(session, space().id)
        if association is None:
            raise NotFound("not_in_programme", _("Le diagnostic est pour les associations qui suivent le programme."))
        words: dict[str, Any] = {"blueprint": "own_diagnostic", "ids": {"slug": space().slug}, "is_staff": False}
        return _place(session, association, journal_id=space().id, role=g.role, **words)


def _staff_place(words: dict[str, Any]) -> Place:
    with runtime().database.snapshot() as session:
        association = service.association(session, words.pop("association_id"))
        programme = programme_space(session)
        ids: dict[str, str | int] = {"association_id": association.id}
        journal_id = programme.id if programme is not None else None
        return _place(
            session, association, journal_id=journal_id, role=Role.REFERENTE, blueprint="diagnostics", ids=ids,
            is_staff=True,
        )  # fmt: skip


def _place(session: Session, association: Association, **words: Any) -> Place:
    found = service.cohorts_of(session, association.id)
    wanted = number_argument("cohorte")
    chosen = [row for row in found if wanted is None or row[0].id == wanted]
    if not chosen:
        raise NotFound("not_in_cohort", _("Cette association n'est dans aucune cohorte : elle n'a pas de diagnostic."))
    cohort, member = chosen[0]
    is_open = service.may_change(cohort, member)
    return Place(association, cohort, member, [row[0] for row in found], is_open=is_open, **words)
