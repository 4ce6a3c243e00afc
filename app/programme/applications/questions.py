"""The fields of an application, by page, with the version of the form that brought or reworded each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.french.language import _
from app.french.typography import show_date

CURRENT = 1
"""A draft is moved to it when it is opened, with a mark on what changed; what was filed keeps its own."""


class Page(StrEnum):
    """The pages that are filled in; the third one files."""

    ASSOCIATION = "association"
    CONDITIONS = "conditions"


class Kind(StrEnum):
    """How a field is typed and read."""

    LINE = "line"
    TEXT = "text"
    EMAIL = "email"
    NUMBER = "number"
    DAY = "day"
    ONE = "one"
    SEVERAL = "several"
    FILE = "file"


@dataclass(frozen=True)
class Option:
    """An answer to choose."""

    code: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Field:
    """One question. ``section`` groups those that one form of the page saves together."""

    key: str
    section: str
    label: str
    kind: Kind = Kind.LINE
    max: int = 200
    hint: str = ""
    options: Sequence[Option] = ()
    is_required: bool = True
    why_of: str = ""
    """Of « Pourquoi le programme vous va quand même »: the condition that must be missed for it to be asked."""
    since: int = 1
    reworded: int = 1
    until: int = CURRENT
    """The last version of the form that asks it."""

    @property
    def page(self) -> Page:
        return Page.ASSOCIATION if self.section in ("who", "does") else Page.CONDITIONS


_WHY = _("Pourquoi le programme vous va quand même")

FIELDS: Sequence[Field] = (
    Field("association", "who", _("Nom de l'association"), max=120),
    Field("town", "who", _("Commune"), max=80),
    Field("contact_name", "who", _("Qui suit la candidature"), max=80, hint=_("Prénom et nom.")),
    Field("contact_function", "who", _("Sa fonction"), max=80, hint=_("Coordinatrice, directeur, présidente…")),
    Field(
        "contact_email", "who", _("Son adresse e-mail"), Kind.EMAIL, max=254,
        hint=_("Si la candidature est retenue, c'est elle qui ouvrira votre espace. Nous n'y écrivons pas."),
    ),
    Field(
        "activity", "does", _("Ce que fait l'association"), Kind.TEXT, max=1500,
        hint=_("En quelques phrases : pour qui, où, avec combien de bénévoles."),
    ),
    Field(
        "need", "does", _("Ce que vous attendez du programme"), Kind.TEXT, max=1500,
        hint=_("Ce qui ne va pas aujourd'hui quand il faut trouver, prévenir ou remercier des bénévoles."),
    ),
    Field(
        "field", "field", _("Votre champ"), Kind.SEVERAL,
        options=(
            Option("solidarity", _("Solidarité")),
            Option("exclusion", _("Lutte contre l'exclusion")),
            Option("poverty", _("Lutte contre la pauvreté")),
            Option("other", _("Autre chose")),
        ),
    ),
    Field("field_why", "field", _WHY, Kind.TEXT, max=1000, why_of="field"),
    Field(
        "employees", "employees", _("Combien de personnes salariées aujourd'hui ?"), Kind.NUMBER, max=4,
        hint=_("Toutes celles qui ont un contrat, même à temps partiel. Pas les bénévoles ni les services civiques."),
    ),
    Field("employees_why", "employees", _WHY, Kind.TEXT, max=1000, why_of="employees"),
    Field("board_on", "board", _("Date de la décision"), Kind.DAY, is_required=False),
    Field(
        "board_file", "board", _("Le procès-verbal, ou son extrait"), Kind.FILE, is_required=False,
        hint=_("Un PDF ou une photo (PNG, JPEG, WEBP), 10 Mo au plus."),
    ),
    Field(
        "time", "time", _("Combien de temps par semaine, pour chaque personne qui suivra le programme ?"), Kind.ONE,
        options=(
            Option("half", _("Une demi-journée ou plus"), _("C'est ce que demandent les formations et les essais.")),
            Option("less", _("Moins d'une demi-journée"), _("Vous direz comment vous comptez faire.")),
        ),
    ),
    Field("who", "time", _("Qui suivra le programme ?"), hint=_("Deux personnes, c'est mieux : l'une peut manquer.")),
    Field("time_why", "time", _WHY, Kind.TEXT, max=1000, why_of="time"),
)  # fmt: skip
BY_KEY: Mapping[str, Field] = {one.key: one for one in FIELDS}
SECTIONS: Mapping[str, str] = {
    "who": _("Qui vous êtes"),
    "does": _("Ce que vous faites"),
    "field": _("Votre champ"),
    "employees": _("Vos salariés"),
    "board": _("L'accord du conseil d'administration"),
    "time": _("Le temps libéré"),
}
"""In the order of the pages."""
FILES = tuple(one.key for one in FIELDS if one.kind is Kind.FILE)


def fields_of(version: int, fields: Sequence[Field] = FIELDS) -> Sequence[Field]:
    """What a form of this version asks."""
    return [one for one in fields if one.since <= version <= one.until]


def sections_of(page: Page) -> list[str]:
    """The sections of a page, in order."""
    return list(dict.fromkeys(one.section for one in FIELDS if one.page is page))


def mark_of(field: Field, version: int) -> str:
    """What changed of a field since the version that a draft was begun with; empty for nothing."""
    if field.since > version:
        return _("Nouvelle question")
    return _("Question reformulée") if field.reworded > version else ""


def shown(field: Field, value: str) -> str:
    """An answer as people read it."""
    if field.options:
        return ", ".join(one.label for one in field.options if one.code in value.split())
    if field.kind is Kind.DAY and value:
        return show_date(date.fromisoformat(value))
    return value
