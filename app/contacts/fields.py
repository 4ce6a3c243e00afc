"""What a contact's card holds beside its phone: one entry a field, read by every form, file, list and program.

A new field is a column of ``Contact``, its migration, an entry here (and its line in ``Card``) and a test. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict

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
    example: Any = None
    """In the API's description of a new contact; None leaves it out."""

    @property
    def blank(self) -> str | bool | None:
        """What stands for unknown."""
        return _BLANKS.get(self.kind, "")

    @property
    def title(self) -> str:
        """What people read beside it, in a form or on the card."""
        return self.form_label or self.label


_BLANKS: dict[Kind, bool | None] = {Kind.BIRTH_YEAR: None, Kind.FLAG: False}
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
        example="zoe@exemple.fr",
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
    birth_year: int | None
    phone_is_parents: bool
    note: str
    custom: Mapping[str, str | Sequence[str]]
    """By label: all that the space's own fields say, as typed."""
    skills: Sequence[str]


def of_kinds(*kinds: Kind) -> Iterable[Field]:
    """The fields of these kinds, in their order."""
    return [field for field in FIELDS if field.kind in kinds]
