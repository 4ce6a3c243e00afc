"""What a contact's card holds beside its phone: one entry a field, read by every form, file, list and program.

A new field is a column of ``Contact``, its migration, an entry here (and its line in ``Card``) and a test. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict

from app.contacts.options import AGE_BANDS, AVAILABILITY, LANGUAGES, RHYTHMS, Option, codes_of, label_of
from app.french.language import _


class Kind(StrEnum):
    """How a field is written, read, cleared and checked."""

    NAME = "name"
    """Part of how somebody is called: the card's title. « Monsieur » or « X » in a cell is no name."""
    LINE = "line"
    EMAIL = "email"
    BIRTH_YEAR = "birth_year"
    """Four digits; a file may hold the whole date. Unknown is None."""
    FLAG = "flag"
    """Yes or no: a box to tick, an answer in a cell. Unknown is no."""
    PARAGRAPH = "paragraph"
    """Several lines."""
    CHOICE = "choice"
    """One of ``options``, by its code. Unknown is ""."""
    SEVERAL = "several"
    """Any of ``options``, a sum of their bits. Unknown is 0."""
    MAYBE = "maybe"
    """Yes, no, or None: not known."""


@dataclass(frozen=True)
class Field:
    """One field: ``name`` is its column of ``Contact``, its key in the API and its choice for a file's column."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    max: int = 0
    """Characters at most, as typed: the length of a column of words; 0 for a flag."""
    heading: str = ""
    """The words of a column's header that tell it, as an expression over ``headings.plain``; none: never guessed."""
    content: str = ""
    """What a cell looks like, where the header says nothing; none: never guessed so."""
    content_share: float = 0.8
    """The part of the cells that must look so."""
    form_label: str = ""
    """Its label in the form and on the card, where the import's says more or less."""
    hint: str = ""
    inputmode: str = ""
    is_fact: bool = True
    """Whether the card has a line for it, where it is known; a name is the card's title."""
    options: tuple[Option, ...] = ()
    key: str = ""
    """Its name for programs, where the column has another."""
    example: Any = None
    """In the API's description of a new contact; None leaves it out."""

    @property
    def blank(self) -> str | int | bool | None:
        """What stands for unknown."""
        return _BLANKS.get(self.kind, "")

    @property
    def title(self) -> str:
        """What people read beside it, in a form or on the card."""
        return self.form_label or self.label

    @property
    def api(self) -> str:
        return self.key or self.name

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(code, label) of each option."""
        return [(one.code, one.label) for one in self.options]

    def typed(self, value: Any) -> list[str]:
        """The codes that a form shows chosen."""
        if self.kind is Kind.SEVERAL:
            return codes_of(self.options, value)
        if self.kind is Kind.MAYBE:
            return [] if value is None else ["yes" if value else "no"]
        return [value] if value else []

    def shown(self, value: Any) -> str:
        """As people read it on the card; "" where nothing is known."""
        if self.kind in (Kind.CHOICE, Kind.SEVERAL):
            return ", ".join(label_of(self.options, code) for code in self.typed(value))
        if self.kind is Kind.MAYBE:
            return "" if value is None else _("oui") if value else _("non")
        return "" if not value else _("oui") if self.kind is Kind.FLAG else str(value)


_BLANKS: dict[Kind, int | bool | None] = {Kind.BIRTH_YEAR: None, Kind.FLAG: False, Kind.SEVERAL: 0, Kind.MAYBE: None}
ONE_LINE = (Kind.NAME, Kind.LINE, Kind.EMAIL)
"""The kinds that are words on one line."""

FIELDS = (
    Field("first_name", _("Prénom"), Kind.NAME, max=80, heading=r"prenoms?|(first|given) ?names?", example="Zoé"),
    Field(
        "last_name",
        _("Nom"),
        Kind.NAME,
        max=80,
        heading=r"noms?( de famille| usuel| d usage)?|patronyme|(last|family) ?name|surname",
        example="Lévêque",
    ),
    Field(
        "email",
        _("E-mail"),
        Kind.EMAIL,
        max=254,
        heading=r"e ?mails?|mails?|mel|courriels?|(adresse|courrier) (e ?mail|mail|electronique|courriel|internet)",
        content=r"[^@\s]+@[^@\s]+\.\w+",
        content_share=0.5,
        example="zoe@association.example",
    ),
    Field(
        "postcode",
        _("Code postal"),
        max=12,
        heading=r"code postale?|cp|c p|zip|postcode",
        content=r"(?:0[1-9]|[1-8]\d|9[0-8])\d{3}",
        inputmode="numeric",
        example="80000",
    ),
    Field("town", _("Ville"), max=80, heading=r"villes?|communes?|localite|city|town", example="Amiens"),
    Field(
        "birth_year",
        _("Année de naissance"),
        Kind.BIRTH_YEAR,
        max=4,
        inputmode="numeric",
        heading=r"(annee|date)( de)? naissance|nee?( e)?( le| en)?|naissance|ddn|birth.*",
        content=r"(?:19[2-9]|20[01])\d",
        hint=_("Utile seulement pour les moins de 15 ans."),
        example=1985,
    ),
    Field(
        "age_band",
        _("Tranche d'âge"),
        Kind.CHOICE,
        max=8,
        heading=r"tranches? d ?ages?|age band",
        options=AGE_BANDS,
        hint=_("Si vous ne connaissez pas l'année."),
    ),
    Field(
        "availability",
        _("Disponibilité"),
        Kind.SEVERAL,
        heading=r"disponibilites?|dispos?|disponible( le| quand)?|creneaux?|availability",
        options=AVAILABILITY,
        form_label=_("Disponible"),
        example=["evenings", "weekends"],
    ),
    Field(
        "rhythm",
        _("Rythme"),
        Kind.CHOICE,
        max=8,
        heading=r"rythmes?|frequences?|regularite",
        options=RHYTHMS,
        form_label=_("Vient"),
        example="regular",
    ),
    Field(
        "is_member",
        _("Adhérent"),
        Kind.MAYBE,
        heading=r"(est )?adherente?s?|adhesion|membres?|(a jour de )?(la )?cotisation|member",
        form_label=_("Adhérent de l'association"),
        options=(Option("yes", _("Oui")), Option("no", _("Non"))),
        key="member",
        example=True,
    ),
    Field("language", _("Langue"), Kind.CHOICE, max=8, heading=r"langues?( parlees?)?|language", options=LANGUAGES),
    Field(
        "phone_is_parents",
        _("Numéro d'un parent (oui ou non)"),
        Kind.FLAG,
        heading=r"numero d un parent oui ou non",  # of our own exports: other words are about somebody else
        form_label=_("Ce numéro est celui d'un parent, qui est d'accord"),
        is_fact=False,
    ),
    Field(
        "note",
        _("Note"),
        Kind.PARAGRAPH,
        max=2000,
        heading=r"notes?|remarques?|commentaires?|observations?|divers",
        hint=_(
            "Rien sur la santé, l'origine, la religion ou les difficultés de la personne : elle peut lire sa fiche."
        ),
    ),
)
"""In the order of forms, cards and choices for a column."""
BY_NAME = {field.name: field for field in FIELDS}
BLANK: dict[str, Any] = {field.name: field.blank for field in FIELDS}
"""A card that says nothing."""
CUSTOM_CHARACTERS = 500
CUSTOM_NAME_CHARACTERS = 60
"""Signs at most of another column of the association's own, and of its name."""


class Card(TypedDict, total=False):
    """What somebody says of a contact. A field left out is left as it is; ``phone`` is as typed."""

    phone: str
    first_name: str
    last_name: str
    email: str
    postcode: str
    town: str
    birth_year: int | None
    age_band: str
    availability: int
    rhythm: str
    is_member: bool | None
    language: str
    phone_is_parents: bool
    note: str
    custom: Mapping[str, str | Sequence[str]]
    """By label: all that the space's own fields say, as typed."""
    skills: Sequence[str]


def of_kinds(*kinds: Kind) -> Iterable[Field]:
    """The fields of these kinds, in their order."""
    return [field for field in FIELDS if field.kind in kinds]
