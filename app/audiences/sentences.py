"""A rule as one French sentence, which ``reading`` reads back to the same rule. Pure.

« Bénévoles de moins de 35 ans, disponibles le soir ou le week-end, sauf ceux de la liste « Nouveaux » »: a comma is
« and », « ou » binds closer, « sauf » comes last and holds for all of it; what is nested deeper stands in brackets.
"""

from app.audiences.fields import Fields
from app.audiences.phrases import PLACE, phrases_of, show_value
from app.audiences.rules import Condition, Group, GroupKind, Rule, canonical
from app.contacts.naming import tidy
from app.french.language import _

GONE = _("[champ supprimé]")
"""Stands where a rule speaks of a field that is no longer there."""


def sentence_of(rule: Rule, fields: Fields) -> str:
    """Whom ``rule`` keeps, as a sentence without a full stop: « Bénévoles adhérents, à moins de 10 km de 80000 »."""
    rule = canonical(rule)
    items = rule.rules if isinstance(rule, Group) and rule.kind is GroupKind.ALL else (rule,)
    kept = [phrase_of(one, fields) for one in items if not is_exception(one)]
    exceptions = [phrase_of(one, fields) for one in items if is_exception(one)]
    if not kept:
        return _("Tous les bénévoles %(exception)s", exception=", ".join(exceptions))
    return _("Bénévoles %(conditions)s", conditions=", ".join([*kept, *exceptions]))


def phrase_of(rule: Rule, fields: Fields) -> str:
    """One line of a rule: « disponibles le soir ou adhérents », « sauf ceux de Paris »."""
    if isinstance(rule, Condition):
        return _condition(rule, fields)
    if rule.kind is GroupKind.ALL:
        return _nested(rule, fields)
    inside = " ou ".join(_nested(one, fields) for one in rule.rules)
    return _("sauf ceux %(inside)s", inside=inside) if rule.kind is GroupKind.NONE else inside


def shortened(sentence: str, max: int) -> str:
    """The sentence as a name, or as many of its conditions, else words, as ``max`` characters hold, « … » behind."""
    name = tidy(sentence).rstrip(" ,")
    if len(name) <= max:
        return name
    room = name[: max - 1]
    kept = room.rpartition(", ")[0] or room.rpartition(" ")[0] or room
    return kept.rstrip(" ,«(") + "…"


def is_exception(rule: Rule) -> bool:
    """Whether the rule says who does not come, « sauf … »."""
    return isinstance(rule, Group) and rule.kind is GroupKind.NONE


def _nested(rule: Rule, fields: Fields) -> str:
    if isinstance(rule, Condition):
        return _condition(rule, fields)
    between = " et " if rule.kind is GroupKind.ALL else " ou "
    inside = between.join(_nested(one, fields) for one in rule.rules)
    return f"(sauf ceux {inside})" if rule.kind is GroupKind.NONE else f"({inside})"


def parts_of(condition: Condition, fields: Fields) -> tuple[str, str, str]:
    """What stands before the value, the value and what follows: « de moins de », « 35 », « ans »."""
    field = fields.get(condition.field)
    operator = field.operator(condition.operator) if field else None
    if field is None or operator is None:
        return GONE, "", ""
    before, place, after = phrases_of(field, operator)[0].partition(PLACE)
    return (before, show_value(field, operator, condition.value), after) if place else (before, "", "")


def _condition(condition: Condition, fields: Fields) -> str:
    return "".join(parts_of(condition, fields))
