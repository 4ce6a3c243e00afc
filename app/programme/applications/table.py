"""Applications as a table for a spreadsheet. The names of its columns do not change: others count on them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.clock import PARIS
from app.french.language import _
from app.programme.applications import numbers, questions, rules, states, views
from app.programme.applications.listing import Row
from app.programme.applications.questions import Kind
from app.programme.applications.versions import Published

COLUMNS = (
    _("Numéro"), _("Association"), _("SIREN ou RNA"), _("Commune"), _("État"), _("Commencée le"), _("Déposée le"),
    _("État depuis le"), _("Motif"), _("Champ"), _("Salariés"), _("Accord du conseil le"), _("Temps"),
    _("Condition : champ"), _("Condition : salariés"), _("Condition : conseil"), _("Condition : temps"),
    _("Hors critère"), _("Avis : plutôt retenir"), _("Avis : j'hésite"), _("Avis : plutôt refuser"),
    _("Décision préparée"),
)  # fmt: skip
"""Stable; a new one goes to the end. After them, what the staff added to the form: each by its own number."""
_VERDICTS = {"met": _("remplie"), "missed": _("manque"), "open": _("ouverte")}


def lines(rows: Sequence[Row], known: Published) -> Iterator[Sequence[str]]:
    """The names of the columns, then a line an application; of drafts no text is told.

    A question that the staff added has a column once somebody was asked it; it is empty where somebody was not.
    """
    added = known.added({row.application.form_version for row in rows if row.filings})
    yield (*COLUMNS, *(f"{one.key.upper()} : {one.label}" for one in added))
    for row in rows:
        yield (*_line(row), *(row.values.get(one.key, "") for one in added))


def _line(row: Row) -> Sequence[str]:
    one, values = row.application, row.values
    given = [opinion.view for opinion in row.opinions]
    return (
        one.number,
        one.association_name,
        numbers.show(one.registration or ""),
        values.get("town", ""),
        states.WORDS[one.state],
        _day(one.created_at),
        _day(one.filed_at),
        _day(one.state_at),
        one.reason,
        *(_shown(values, key) for key in ("field", "employees", "board_on", "time")),
        *(_VERDICTS[row.judged[key].verdict.value] if row.judged else "" for key in rules.CONDITIONS),
        (_("oui") if row.is_off_criteria else _("non")) if row.judged else "",
        *(str(given.count(view)) for view in views.View),
        views.DECISIONS[row.decision.decision] if row.decision else "",
    )


def _shown(values: rules.Values, key: str) -> str:
    field, value = questions.BY_KEY[key], values.get(key, "")
    if field.kind is Kind.DAY and value:
        year, month, day = value.split("-")
        return f"{day}/{month}/{year}"
    return questions.shown(field, value)


def _day(at: datetime | None) -> str:
    return at.astimezone(PARIS).strftime("%d/%m/%Y") if at else ""
