"""A condition as a sentence with gaps: each way to ask of a field, with its inputs where its phrase has a place. Pure.

An input is named after its operator (``v-under``), so that what was typed in one gap stays while another is ticked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.audiences.fields import Fields, SegmentField
from app.audiences.operators import Operator, Takes
from app.audiences.phrases import PLACE, phrases_of
from app.audiences.rules import Condition, Fault, Near, Value, to_json
from app.french.language import _

SPANS = (("1", _("jours")), ("7", _("semaines")), ("30", _("mois")))
"""Days in a unit, and its word."""
_SAME_AS = {"has_not": "has", "equals": "one_of"}
"""What « sauf ceux » or one value among several says as well: offered only where a rule holds it already."""
INPUTS: Mapping[Takes, tuple[str, ...]] = {
    Takes.NOTHING: (),
    Takes.RANGE: ("", "-high"),
    Takes.DAYS: ("", "-unit"),
    Takes.NEAR: ("", "-of"),
}
"""How the inputs of a gap end, beside the one that ends with nothing."""


Typed = MultiDict[str, str]
"""A form or a query: several values a name."""


@dataclass(frozen=True)
class Gap:
    """One way to ask: the words around its inputs, what was typed in them and what is wrong with that."""

    operator: Operator
    before: str
    after: str
    values: Mapping[str, Sequence[str]]
    is_chosen: bool = False
    error: str = ""

    @property
    def words(self) -> str:
        """« de moins de … ans »."""
        return f"{self.before} … {self.after}".strip() if self.operator.takes is not Takes.NOTHING else self.before

    def value(self, ending: str = "") -> str:
        """What one of its inputs holds."""
        return next(iter(self.values.get(ending, ())), "")


def gaps(field: SegmentField, typed: Typed, *, held: str = "", error: str = "") -> list[Gap]:
    """The ways to ask of ``field``; ``held`` is the operator of the condition that is being changed."""
    offered = offered_operators(field, held)
    chosen = chosen_operator(field, typed, held) or offered[0].name
    return [
        _gap(field, one, typed, is_chosen=one.name == chosen, error=error if one.name == chosen else "")
        for one in offered
    ]


def offered_operators(field: SegmentField, held: str = "") -> list[Operator]:
    """Its operators, one for each thing that can be said."""
    names = {one.name for one in field.operators}
    return [
        one
        for one in field.operators
        if _SAME_AS.get(one.name) not in names or (one.name == held and one.name != "equals")
    ]


def chosen_operator(field: SegmentField, typed: Typed, held: str = "") -> str:
    """The one that is ticked; the only one filled where the ticked one has an empty gap."""
    ticked = typed.get("is", "")
    operator = field.operator(ticked)
    if operator is None or operator.takes is Takes.NOTHING or _is_filled(operator, typed):
        return ticked
    filled = [one.name for one in offered_operators(field, held) if _is_filled(one, typed)]
    return filled[0] if len(filled) == 1 else ticked


def read_gaps(fields: Fields, field: SegmentField, typed: Typed, *, held: str = "") -> Condition:
    """The condition that a form says. Raises Fault with a sentence for its gap."""
    operator = field.operator(chosen_operator(field, typed, held))
    if operator is None:
        raise Fault("is", _("Choisissez l'une de ces phrases."))
    data: dict[str, Any] = {"field": field.name, "is": operator.name}
    if operator.takes is not Takes.NOTHING:
        data["value"] = _value(field, operator, typed)
    if operator.name == "one_of" and len(data["value"]) == 1:  # said better of one alone
        data = {**data, "is": "equals", "value": data["value"][0]}
    return fields.read(data)


def filled_by(condition: Condition, field: SegmentField) -> dict[str, list[str]]:
    """What a form holds to say a condition."""
    operator = "one_of" if condition.operator == "equals" and field.operator("one_of") else condition.operator
    return {"is": [operator], **_written(f"v-{operator}", condition.value, to_json(condition).get("value"))}


def _written(name: str, value: Value, plain: Any) -> dict[str, list[str]]:
    if value is None:
        return {}
    if isinstance(value, Near):
        return {name: [str(value.km)], f"{name}-of": [value.of]}
    if isinstance(plain, list):
        if name == "v-between":
            return {name: [_number(plain[0])], f"{name}-high": [_number(plain[1])]}
        return {name: [str(one) for one in plain]}
    return {name: [_number(plain) if isinstance(plain, float) else str(plain)]}


def _number(value: object) -> str:
    return str(value).replace(".", ",")


def _gap(field: SegmentField, operator: Operator, typed: Typed, *, is_chosen: bool, error: str) -> Gap:
    before, _place, after = phrases_of(field, operator)[0].partition(PLACE)
    endings = INPUTS.get(operator.takes, ("",))
    values = {ending: typed.getlist(f"v-{operator.name}{ending}") for ending in endings}
    return Gap(operator, before.strip(), after.strip(), values, is_chosen, error)


def _is_filled(operator: Operator, typed: Typed) -> bool:
    return any(one.strip() for one in typed.getlist(f"v-{operator.name}"))


def _value(field: SegmentField, operator: Operator, typed: Typed) -> object:
    name = f"v-{operator.name}"
    given = typed.get(name, "").strip()
    if operator.takes is Takes.RANGE:
        return [given, typed.get(f"{name}-high", "").strip()]
    if operator.takes is Takes.NEAR:
        place = typed.get(f"{name}-of", "").strip()
        return {"of": place, "km": given} if given or place else None
    if operator.takes is Takes.DAYS:
        unit = typed.get(f"{name}-unit", "1")
        is_whole = given.isascii() and given.isdigit() and len(given) < 6 and unit in dict(SPANS)
        return int(given) * int(unit) if is_whole else given
    if operator.takes in (Takes.CHOICE, Takes.CHOICES):
        by_word = {str(one.value): one.value for one in field.choices}
        several = [by_word.get(one, one) for one in typed.getlist(name) if one.strip()]
        return several if operator.takes is Takes.CHOICES else (several[0] if several else None)
    return given
