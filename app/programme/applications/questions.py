"""The form of an application: its fields by page, its first version, and what a later one changed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.errors import RuleBroken
from app.french.language import _, ngettext
from app.french.typography import show_date


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

    @property
    def page(self) -> Page:
        return page_of(self.section)


def page_of(section: str) -> Page:
    """Where a section stands."""
    return Page.ASSOCIATION if section in ("who", "does") else Page.CONDITIONS


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
OWN = frozenset({"activity", "need", "who"})
"""Of the first version, what a later one may leave out. Rules, lists and letters read all the rest."""

LENGTHS: Mapping[Kind, int] = {Kind.LINE: 200, Kind.TEXT: 1500}
"""How long the answers of questions that the staff add may be: no rule reads them, so they are words alone."""


@dataclass(frozen=True)
class Version:
    """The form as one version asks it."""

    number: int
    fields: Sequence[Field]

    @property
    def by_key(self) -> Mapping[str, Field]:
        return {one.key: one for one in self.fields}

    def get(self, key: str) -> Field:
        """One of its fields. Raises RuleBroken for any other word."""
        found = self.by_key.get(key)
        if found is None:
            raise RuleBroken("field_unknown", _("Cette question n'est pas dans le formulaire."))
        return found

    def of_section(self, section: str) -> Sequence[Field]:
        return [one for one in self.fields if one.section == section]


FIRST = Version(1, FIELDS)
"""The form that the product comes with; the staff publish the later ones."""


@dataclass(frozen=True)
class Changes:
    """What a later version changed for whoever had begun with an earlier one."""

    reworded: Mapping[str, str]
    """{key: the words of before}."""
    added: frozenset[str]
    removed: Sequence[Field]

    @property
    def count(self) -> int:
        return len(self.reworded) + len(self.added) + len(self.removed)

    def mark(self, key: str) -> str:
        """What changed of a field that is still asked; empty for nothing."""
        if key in self.added:
            return _("Nouvelle question")
        return _("Question reformulée") if key in self.reworded else ""

    @property
    def sentence(self) -> str:
        """« 1 question reformulée, 1 nouvelle, 1 qui n'est plus posée »."""
        kinds = (
            (len(self.reworded), _("%(n)s question reformulée"), _("%(n)s questions reformulées")),
            (len(self.added), _("%(n)s nouvelle question"), _("%(n)s nouvelles questions")),
            (len(self.removed), _("%(n)s question qui n'est plus posée"), _("%(n)s questions qui ne sont plus posées")),
        )
        return ", ".join(ngettext(one, many, count) for count, one, many in kinds if count)


def between(old: Version, new: Version) -> Changes:
    """What ``new`` changed of ``old``. Another hint asks nothing else: it is not counted."""
    before, after = old.by_key, new.by_key
    return Changes(
        reworded={key: before[key].label for key in after if key in before and before[key].label != after[key].label},
        added=frozenset(key for key in after if key not in before),
        removed=[one for key, one in before.items() if key not in after],
    )


NO_CHANGES = between(FIRST, FIRST)


def shown(field: Field, value: str) -> str:
    """An answer as people read it."""
    if field.options:
        chosen = [one.label for one in field.options if one.code in value.split()]
        return ", ".join([*chosen[:1], *(label[:1].lower() + label[1:] for label in chosen[1:])])
    if field.kind is Kind.DAY and value:
        return show_date(date.fromisoformat(value))
    return value
