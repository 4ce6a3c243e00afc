"""Selections that are offered made: those whose fields the space has. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.audiences.fields import Fields
from app.audiences.rules import Rule
from app.errors import RuleBroken
from app.french.language import _

DRIVERS = _("Conducteurs")
"""Offered once somebody was said to drive."""
READY: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...] = (
    (_("Disponibles ce soir"), ({"field": "availability", "is": "has", "value": "evenings"},)),
    (_("Moins de 35 ans"), ({"field": "age", "is": "under", "value": 35},)),
    (_("Pas contactés depuis 3 mois"), ({"field": "last_contacted", "is": "not_within_days", "value": 90},)),
    (
        DRIVERS,
        (
            {"field": "skills", "is": "has", "value": "permis B"},
            {"field": "skills", "is": "has", "value": "permis"},
            {"field": "tags", "is": "has", "value": "permis B"},
            {"field": "tags", "is": "has", "value": "permis"},
            {"field": "tags", "is": "has", "value": "conducteur"},
            {"field": "lists", "is": "has", "value": "Conducteurs"},
        ),
    ),
    (_("Disponibles le week-end"), ({"field": "availability", "is": "has", "value": "weekends"},)),
    (_("Disponibles en journée"), ({"field": "availability", "is": "has", "value": "weekdays"},)),
    (_("Jamais contactés"), ({"field": "last_contacted", "is": "unknown"},)),
    (_("Venus depuis moins d'un an"), ({"field": "last_came", "is": "within_days", "value": 365},)),
    (_("Jamais venus"), ({"field": "last_came", "is": "unknown"},)),
    (_("60 ans et plus"), ({"field": "age", "is": "over", "value": 59},)),
    (_("Bénévoles réguliers"), ({"field": "rhythm", "is": "equals", "value": "regular"},)),
    (_("Adhérents"), ({"field": "member", "is": "true"},)),
    (_("Ajoutés depuis moins de 30 jours"), ({"field": "created", "is": "within_days", "value": 30},)),
)
"""A name, and the conditions that say it, of which any will do; those most asked for first."""


@dataclass(frozen=True)
class ReadyMade:
    """One that can be taken as it is."""

    name: str
    rule: Rule


def ready_made(fields: Fields) -> Iterator[ReadyMade]:
    """Those of which the space has the fields and the words."""
    for name, conditions in READY:
        known = [one for one in conditions if _is_known(fields, one)]
        if known:
            yield ReadyMade(name, fields.parse(known[0] if len(known) == 1 else {"any": known}))


def _is_known(fields: Fields, condition: Mapping[str, Any]) -> bool:
    try:
        fields.parse(dict(condition))
    except RuleBroken:
        return False
    return True
