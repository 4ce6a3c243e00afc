"""« Coûts »: for the programme's staff, what each live space may spend in a month and what it spent, month by month."""

from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from babel.dates import format_date
from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space, Staff
from app.accounts.web.guards import staff
from app.clock import PARIS, utc_now
from app.contacts.importing.formulas import as_csv
from app.french.language import _
from app.messaging import budget
from app.web.edge import download
from app.web.requests import runtime

blueprint = Blueprint("costs", __name__, url_prefix="/sante/couts")

MONTHS = 12
COLUMNS = (
    _("Espace"), _("Adresse"), _("Expéditeur"), _("Mois"), _("Limite du mois"), _("Coût"), _("Monnaie"),
)  # fmt: skip


class Line(NamedTuple):
    """A space in one month; money in millionths. ``share`` of its limit in hundredths, None without a limit.

    The limit is today's: what it was in an older month is in the space's journal.
    """

    space: Space
    spent_micros: int
    share: int | None


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@staff(Staff.PROGRAMME)
def show() -> ResponseReturnValue:
    """Spaces by their names and sums alone, the dearest first."""
    months = _months(utc_now())
    asked = request.args.get("mois", "")
    at = next((at for at in range(MONTHS) if _word(months[at]) == asked), 0)
    with runtime().database.snapshot() as session:
        lines = _lines(session, months[at], months[at - 1] if at else None)
    return render_template(
        "dashboard/costs.html",
        lines=sorted(lines, key=lambda one: (-one.spent_micros, one.space.name)),
        total_micros=sum(one.spent_micros for one in lines),
        months=[(_word(one), _name(one)) for one in months[:MONTHS]],
        month=_word(months[at]),
        month_name=_name(months[at]),
    )


@blueprint.get("/couts.csv")
@staff(Staff.PROGRAMME)
def table() -> ResponseReturnValue:
    """A line a space and a month, the last twelve."""
    months, currency = _months(utc_now()), runtime().settings.currency
    rows: list[tuple[str, ...]] = []
    with runtime().database.snapshot() as session:
        for following, month in [(None, months[0]), *pairwise(months[:MONTHS])]:
            for one in _lines(session, month, following):
                limit = one.space.budget_micros
                rows.append((
                    one.space.name, one.space.slug, one.space.sender, _word(month),
                    _plain(limit) if limit is not None else "", _plain(one.spent_micros), currency,
                ))  # fmt: skip
    return download(as_csv([COLUMNS, *rows]), file_name=f"couts-{_word(months[0])}.csv", mimetype="text/csv")


def _lines(session: Session, month: datetime, following: datetime | None) -> list[Line]:
    spent = budget.spent_by_space(session, since=month, until=following)
    return [
        Line(one, spent.get(one.id, 0), _share(spent.get(one.id, 0), one.budget_micros)) for one in spaces.live(session)
    ]


def _share(spent: int, limit: int | None) -> int | None:
    return None if limit is None else 100 * spent // limit if limit else 100


def _months(now: datetime) -> list[datetime]:
    """The beginnings of this month and of those before, in Paris, the latest first."""
    first = now.astimezone(PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    count = first.year * 12 + first.month - 1
    return [first.replace(year=at // 12, month=at % 12 + 1) for at in range(count, count - MONTHS, -1)]


def _word(month: datetime) -> str:
    return month.strftime("%Y-%m")


def _name(month: datetime) -> str:
    return str(format_date(month.date(), "MMMM yyyy", locale="fr"))


def _plain(micros: int) -> str:
    """« 120,50 », as a French spreadsheet reads a number."""
    return f"{micros / 1_000_000:.2f}".replace(".", ",")
