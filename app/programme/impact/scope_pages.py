"""Which cohorts a page of figures counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.database.ids import CohortId, id_of
from app.french.language import _
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.web.requests import number_argument

ALL = "toutes"


@dataclass(frozen=True)
class Scope:
    """Which cohorts are counted: one of them, or all."""

    cohorts: Sequence[Cohort]
    chosen: Cohort | None

    @property
    def counted(self) -> Sequence[Cohort]:
        return [self.chosen] if self.chosen is not None else self.cohorts

    @property
    def ids(self) -> Sequence[CohortId]:
        return [one.id for one in self.counted]

    @property
    def name(self) -> str:
        return self.chosen.name if self.chosen is not None else _("Toutes les cohortes")

    @property
    def argument(self) -> str:
        """As an address says it."""
        return str(self.chosen.id) if self.chosen is not None else ALL


def read(session: Session, *, now: datetime) -> Scope:
    """The cohort asked for, all of them, or that of this week. Raises NotFound for an address that names none."""
    every = [cohort for cohort, _inside in cohorts.all_of_them(session)]
    asked = request.args.get("cohorte", "")
    if asked == ALL:
        return Scope(every, None)
    if asked:
        return Scope(every, cohorts.get(session, id_of(CohortId, number_argument("cohorte")) or CohortId(0)))
    return Scope(every, cohorts.current(session, today=now.astimezone(PARIS).date()) or (every[0] if every else None))
