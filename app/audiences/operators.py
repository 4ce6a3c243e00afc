"""What may be asked of a field of each type. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.french.language import _


class FieldType(StrEnum):
    """What a field holds, hence what may be asked of it."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    """One of a closed list."""
    CHOICES = "choices"
    """Any number of a closed list: tags, lists, skills."""
    YES_NO = "yes_no"
    PLACE = "place"
    HISTORY = "history"
    """The last time something happened: a date that the system keeps. Unknown is never."""


class Takes(StrEnum):
    """What stands beside an operator: which input its form has."""

    NOTHING = "nothing"
    TEXT = "text"
    NUMBER = "number"
    RANGE = "range"
    """Two numbers, both within: ``[low, high]``."""
    DAY = "day"
    """``YYYY-MM-DD``."""
    DAYS = "days"
    """How many."""
    CHOICE = "choice"
    """One value of the field's choices."""
    CHOICES = "choices"
    """One or several of them: a value or a list."""
    NEAR = "near"
    """``{"of": postcode, "km": kilometres}``."""


@dataclass(frozen=True)
class Operator:
    """One thing that may be asked; ``label`` is what people choose, « est ; contient »."""

    name: str
    label: str
    takes: Takes


KNOWN = Operator("known", _("est renseigné"), Takes.NOTHING)
UNKNOWN = Operator("unknown", _("n'est pas renseigné"), Takes.NOTHING)

_DAYS = (
    Operator("before", _("avant le"), Takes.DAY),
    Operator("after", _("après le"), Takes.DAY),
    Operator("within_days", _("depuis moins de … jours"), Takes.DAYS),
    Operator("not_within_days", _("pas depuis … jours, ou jamais"), Takes.DAYS),
)

OPERATORS: Mapping[FieldType, tuple[Operator, ...]] = {
    FieldType.TEXT: (
        Operator("equals", _("est"), Takes.TEXT),
        Operator("contains", _("contient"), Takes.TEXT),
        Operator("starts_with", _("commence par"), Takes.TEXT),
        KNOWN,
        UNKNOWN,
    ),
    FieldType.NUMBER: (
        Operator("equals", _("est"), Takes.NUMBER),
        Operator("under", _("moins de"), Takes.NUMBER),
        Operator("over", _("plus de"), Takes.NUMBER),
        Operator("between", _("entre"), Takes.RANGE),
        KNOWN,
        UNKNOWN,
    ),
    FieldType.DATE: (*_DAYS, KNOWN, UNKNOWN),
    FieldType.HISTORY: (
        *_DAYS,
        Operator("known", _("au moins une fois"), Takes.NOTHING),
        Operator("unknown", _("jamais"), Takes.NOTHING),
    ),
    FieldType.CHOICE: (
        Operator("equals", _("est"), Takes.CHOICE),
        Operator("one_of", _("est l'un de"), Takes.CHOICES),
        KNOWN,
        UNKNOWN,
    ),
    FieldType.CHOICES: (
        Operator("has", _("a"), Takes.CHOICES),
        Operator("has_not", _("n'a pas"), Takes.CHOICES),
        KNOWN,
        UNKNOWN,
    ),
    FieldType.YES_NO: (
        Operator("true", _("oui"), Takes.NOTHING),
        Operator("false", _("non"), Takes.NOTHING),
        KNOWN,
        UNKNOWN,
    ),
    FieldType.PLACE: (Operator("within_km", _("à moins de … km de"), Takes.NEAR), KNOWN, UNKNOWN),
}
