"""Which column of a file is which field: the choices of the preview page, checked. Pure."""

from collections.abc import Mapping, Sequence

from app.contacts.fields import CUSTOM_NAME_CHARACTERS, Kind, of_kinds
from app.contacts.importing.mapping import FIELDS, guess_mapping
from app.contacts.profile.reading import SKILLS_LABEL
from app.errors import RuleBroken
from app.french.language import _

CUSTOM = "custom"
"""A column of the association's own, kept under its name."""
IGNORE = "ignore"
CONSENT = ("sms_refused", "sms_allowed")
"""Columns of who wants no SMS, said one way or the other."""
ONLY_MISSIONS = "only_missions"
"""A column of who wants the SMS of their missions alone."""

AGREED = "sales_agreed"
"""A column of who agreed to be told of sales: its cells are the evidence."""


def _labels(*kinds: Kind) -> dict[str, str]:
    return {field.name: field.label for field in of_kinds(*kinds)}


LABELS = {
    IGNORE: _("Ne pas importer"),
    "phone": _("Téléphone mobile"),
    "phone_2": _("Autre téléphone"),
    "parent_phone": _("Téléphone d'un parent"),
    **_labels(Kind.NAME),
    "full_name": _("Prénom et nom ensemble"),
    **_labels(*(set(Kind) - {Kind.NAME, Kind.PARAGRAPH})),
    "sms_refused": _("Ne veut pas de SMS (oui ou non)"),
    "sms_allowed": _("Accepte les SMS (oui ou non)"),
    ONLY_MISSIONS: _("Seulement les SMS de ses missions (oui ou non)"),
    AGREED: _("Accord pour les ventes (sa date ou sa preuve)"),
    "tags": _("Étiquettes"),
    "skills": SKILLS_LABEL,
    **_labels(Kind.PARAGRAPH),
    CUSTOM: _("Garder telle quelle"),
}
"""Every choice for a column, in the order of the page."""
PHONES = ("phone", "phone_2", "parent_phone")
_REPEATED = (IGNORE, CUSTOM, "phone_2", "parent_phone")

assert set(FIELDS) <= set(LABELS)  # noqa: S101 - a guess must be one of the choices


class Columns:
    """A mapping made ready to read rows with."""

    def __init__(self, header: Sequence[str], mapping: Mapping[int, str]) -> None:
        chosen = sorted((at, name) for at, name in mapping.items() if name != IGNORE)
        self.phones = [at for wanted in PHONES for at, name in chosen if name == wanted]
        self.parents = {at for at, name in chosen if name == "parent_phone"}
        self.custom = [(at, custom_name(header[at])) for at, name in chosen if name == CUSTOM]
        self.consent = [(at, name) for at, name in chosen if name in (*CONSENT, ONLY_MISSIONS)]
        apart = ("phone", AGREED, *CONSENT, ONLY_MISSIONS, *_REPEATED)
        self.plain = [(at, name) for at, name in chosen if name not in apart]
        self.agreed = [at for at, name in chosen if name == AGREED]


def custom_name(header: str) -> str:
    """Under which name a column of the association's own is kept."""
    return header[:CUSTOM_NAME_CHARACTERS]


def guess(header: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> dict[int, str]:
    """The likely field of every column. Raises RuleBroken when none holds phones."""
    return checked(guess_mapping(header, rows), len(header))


def checked(mapping: Mapping[int, str], width: int) -> dict[int, str]:
    """The mapping, one field for each of ``width`` columns. Raises RuleBroken, tied to ``column-N`` fields."""
    asked = {at: mapping.get(at, IGNORE) for at in range(width)}
    taken: dict[str, int] = {}
    for at, name in asked.items():
        if name not in LABELS:
            sentence = _("« %(name)s » n'est pas un choix possible pour une colonne.", name=name)
            raise RuleBroken("mapping_unknown_field", sentence, fields={f"column-{at}": sentence})
        if name not in _REPEATED and taken.setdefault(name, at) != at:
            sentence = _("Deux colonnes disent « %(field)s » : gardez-en une.", field=LABELS[name])
            raise RuleBroken("mapping_repeated", sentence, fields={f"column-{at}": sentence})
    if not {"phone", "parent_phone"} & set(asked.values()):
        raise RuleBroken(
            "no_phone_column",
            _("Aucune colonne ne contient de numéros de téléphone. Il en faut une, avec un mobile par ligne."),
        )
    return asked


def by_name(header: Sequence[str], named: Mapping[str, str]) -> dict[int, str]:
    """A program's {column name or index: field} by index. Raises RuleBroken for a column not in the file."""
    places = {str(at): at for at in range(len(header))}
    places |= {name.strip().casefold(): at for at, name in reversed(list(enumerate(header)))}
    found: dict[int, str] = {}
    for name, field in named.items():
        at = places.get(name.strip().casefold())
        if at is None:
            sentence = _("Le fichier n'a pas de colonne « %(name)s ».", name=name)
            raise RuleBroken("mapping_unknown_column", sentence, fields={"mapping": sentence})
        found[at] = field
    return found
