"""The volunteers of a practice space: invented, at numbers that nobody owns, on a spreadsheet such as people keep.

Their numbers are thirteen apart and so end in every pair of digits alike: eight in a hundred meet one of the
simulator's fates.
"""

from collections.abc import Callable, Mapping, Sequence

PEOPLE = 320
NEWCOMERS = 60
"""Who is in the file to import, and in no practice space yet."""
COUPLES = 6
"""Pairs who share one phone, as happens."""
STEP, LAST = 13, 5000
"""Numbers go from 06 39 98 00 00 to 06 39 98 49 99: the rest of the range is left to those who import."""

HEADER = (
    "Nom",
    "Prénom",
    "Portable",
    "Code postal",
    "Ville",
    "Né(e) en",
    "Disponibilité",
    "Compétences",
    "Rythme",
    "Adhérent",
)
MAPPING = {
    "Nom": "last_name",
    "Prénom": "first_name",
    "Portable": "phone",
    "Code postal": "postcode",
    "Ville": "town",
    "Né(e) en": "birth_year",
    "Disponibilité": "availability",
    "Compétences": "skills",
    "Rythme": "rhythm",
    "Adhérent": "is_member",
}
LISTS: Mapping[str, Callable[[int], bool]] = {
    "Collecte": lambda at: at < 150,
    "Conducteurs": lambda at: at % 6 == 1,
    "Distribution du samedi": lambda at: at % 5 == 2,
    "Maraude du jeudi": lambda at: at % 7 == 0,
    "Nouveaux": lambda at: at >= 290,
}
"""Who is on which list, by their place in the file. « Collecte » meets every fate."""

_FIRST_NAMES = """
Jeanne Karim Odile Théo Fatou Michel Inès Bernard Louise Amine Chantal Hugo Nadia Patrick Zoé Mamadou Sylvie Lucas
Aïcha Gérard Camille Yanis Brigitte Maël Rachida Alain Clémence Ousmane Monique Nathan Leïla Christian Manon Driss
Françoise Antoine Mariam Thierry Élise Bilal Martine Gabin Samira Dominique Anaïs Idriss Colette Romain Yasmine Denis
Pauline Moussa Nicole Enzo Sofia Jacques Léa Rayan Ginette Baptiste Amel Didier Marion Adam Simone Quentin Assia
"""
_LAST_NAMES = """
Delattre Benali Carpentier Lefebvre Diallo Vasseur Petit Haddad Dubois Caron Traoré Lemaire Morel Bouchard Cissé
Fournier Mercier Amrani Boulanger Roussel Keita Leclercq Marchand Belkacem Gaillard Dumont Sy Picard Renard Toumi
Poulain Masson Camara Brunet Hamel Ziani Collet Vidal Ndiaye Lambert Roger Chérif Maillard Guérin Touré Obry Bailly
Saïdi Prévost Ledoux Konaté Bertin Deschamps Mansouri Tellier Wattel Barry Hubert Fontaine Kaci Sellier Duval Sow
Rousseau Normand Meziane Crépin Thuillier Bah Lenoir Giraud Ouali Devaux Cordier Sané Legrand Pruvost Rahmani Lucas
Quenton Fofana Blanchard Joly Ferhat Tassart Mahieu Diop Herbet Royer Nasri Desprez Aubry Koné Gosselin Lejeune Brahimi
Fauquet
"""
_FIRST, _LAST = _FIRST_NAMES.split(), _LAST_NAMES.split()
_TOWNS = (
    ("80000", "Amiens"),
    ("80080", "Amiens"),
    ("80090", "Amiens"),
    ("80330", "Longueau"),
    ("80450", "Camon"),
    ("80136", "Rivery"),
    ("80480", "Salouël"),
    ("80440", "Boves"),
    ("80800", "Corbie"),
    ("80470", "Ailly-sur-Somme"),
    ("80260", "Villers-Bocage"),
)
_FREE = ("Soirs de semaine", "Week-end", "En journée", "Soirs et week-end", "Tous les jours")
_SKILLS: Mapping[str, Callable[[int], bool]] = {
    "permis B": LISTS["Conducteurs"],
    "permis remorque": lambda at: at % 18 == 1,  # some of those who drive
    "cuisine": lambda at: at % 9 == 4,
    "bricolage": lambda at: at % 11 == 5,
    "informatique": lambda at: at % 13 == 6,
    "accueil": lambda at: at % 10 == 7,
}
_TO_MEND = (
    ("Morel", "Paulette", "03 53 01 00 42", "80000", "Amiens", "1948", "En journée", "", "", ""),
    ("Petit", "Sofiane", "06 39 98 12", "80330", "Longueau", "", "Week-end", "", "", ""),
    ("Leroy", "Marguerite", "", "80800", "Corbie", "1952", "", "", "", ""),
)
"""A landline, a number cut short and none: something to mend, whom nobody can be texted at."""


def phone(at: int) -> str:
    """The E.164 number of the person at a place of the file. Couples at the end have the number of the first."""
    return f"+3363998{_owner(at) * STEP % LAST:04d}"


def rows() -> list[tuple[str, ...]]:
    """The spreadsheet's rows under its header."""
    return [*(_row(at) for at in range(PEOPLE + COUPLES)), *_TO_MEND]


def spreadsheet() -> bytes:
    """The volunteers' file as French Excel saves it."""
    return _saved(rows())


def newcomers_file() -> bytes:
    """« Le fichier de l'atelier »: people whom no practice space has met, some twice, and three rows to mend."""
    new = [_newcomer(at) for at in range(NEWCOMERS)]
    return _saved([*new[:40], *new[3:40:12], *new[40:], *_TO_MEND])


def _saved(lines: Sequence[tuple[str, ...]]) -> bytes:
    return "".join(f"{';'.join(cells)}\r\n" for cells in (HEADER, *lines)).encode("cp1252")


def first_name(at: int) -> str:
    """A first name for the place of somebody whose own is not kept."""
    return _FIRST[at % len(_FIRST)]


def _row(at: int) -> tuple[str, ...]:
    owner = _owner(at)
    postcode, town = _TOWNS[owner % len(_TOWNS)]
    skills = ", ".join(name for name, is_able in _SKILLS.items() if is_able(at))
    return (
        _LAST[owner % len(_LAST)],
        _FIRST[(at + (at >= PEOPLE)) % len(_FIRST)],
        _typed(at),
        postcode,
        town,
        "" if at % 4 == 0 else str(1944 + at * 17 % 61),
        _FREE[at % len(_FREE)],
        skills,
        ("régulier", "ponctuel", "")[at % 3],
        ("oui", "oui", "non", "")[at % 4],
    )


def _newcomer(at: int) -> tuple[str, ...]:
    """Somebody of last week's sign-up sheet, in the half of the range left to those who import."""
    postcode, town = _TOWNS[at * 3 % len(_TOWNS)]
    return (
        _LAST[(at * 5 + 2) % len(_LAST)],
        _FIRST[(at * 7 + 3) % len(_FIRST)],
        _by_hand(f"{60 + at // 7}{10 + at % 7 * STEP}", at),
        postcode,
        town,
        "",
        "",
        "",
        "",
        "",
    )


def _owner(at: int) -> int:
    return at - PEOPLE if at >= PEOPLE else at


def _typed(at: int) -> str:
    return _by_hand(phone(at)[-4:], at)


def _by_hand(four: str, at: int) -> str:
    """The number of these last four digits as one hand or another types it."""
    forms = (
        f"06 39 98 {four[:2]} {four[2:]}",
        f"06.39.98.{four[:2]}.{four[2:]}",
        f"063998{four}",
        f"+33 6 39 98 {four[:2]} {four[2:]}",
        f"63998{four}",
    )
    return forms[at * 7 % 5]
