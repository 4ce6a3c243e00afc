"""The words that a tool is filed under, in the addresses of the catalogue and on its pages. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from app.french.language import _


class Purpose(StrEnum):
    """What a tool is for: one of the six axes of the diagnostic."""

    RECRUIT = "recruter"
    TRAIN = "former"
    MOBILISE = "mobiliser"
    VALUE = "valoriser"
    GOVERN = "gouverner"
    PROTECT = "proteger"


class FactKind(StrEnum):
    """What is known of every tool, in the order in which its page tells it."""

    LICENCE = "licence"
    PRICE = "price"
    HOSTING = "hosting"
    LANGUAGES = "languages"
    PREREQUISITES = "prerequisites"
    EFFORT = "effort"


class Licence(StrEnum):
    """Whether anybody may read, change and give away the program."""

    FREE = "libre"
    PROPRIETARY = "proprietaire"


class Price(StrEnum):
    """``mixed``: free of charge up to a point, or for who keeps their own server."""

    FREE = "gratuit"
    MIXED = "mixte"
    PAID = "payant"
    UNKNOWN = "inconnu"


class Hosting(StrEnum):
    """Where it runs: at its publisher's, on one's own machine, or as one likes."""

    ONLINE = "en-ligne"
    OWN = "chez-soi"
    BOTH = "au-choix"


class Effort(StrEnum):
    """How much it asks before it serves: 1, then 2 and 3, then 4 and 5 of the scale of its facts."""

    LIGHT = "leger"
    MEDIUM = "moyen"
    HEAVY = "important"


LEVELS = ("1", "2", "3", "4", "5")
"""The scale of effort: 1 is an account to open, 5 somebody technical for days."""

PURPOSES: Mapping[Purpose, str] = {
    Purpose.RECRUIT: _("Recruter"),
    Purpose.TRAIN: _("Former"),
    Purpose.MOBILISE: _("Mobiliser"),
    Purpose.VALUE: _("Valoriser"),
    Purpose.GOVERN: _("Gouverner"),
    Purpose.PROTECT: _("Protéger"),
}
FACTS: Mapping[FactKind, str] = {
    FactKind.LICENCE: _("Licence"),
    FactKind.PRICE: _("Prix"),
    FactKind.HOSTING: _("Hébergement"),
    FactKind.LANGUAGES: _("Langues"),
    FactKind.PREREQUISITES: _("Il faut avant"),
    FactKind.EFFORT: _("Effort"),
}
LICENCES: Mapping[Licence, str] = {Licence.FREE: _("Libre"), Licence.PROPRIETARY: _("Propriétaire")}
PRICES: Mapping[Price, str] = {
    Price.FREE: _("Gratuit"),
    Price.MIXED: _("Gratuit ou payant"),
    Price.PAID: _("Payant"),
    Price.UNKNOWN: _("Prix inconnu"),
}
HOSTINGS: Mapping[Hosting, str] = {
    Hosting.ONLINE: _("En ligne"),
    Hosting.OWN: _("Chez soi"),
    Hosting.BOTH: _("Au choix"),
}
EFFORTS: Mapping[Effort, str] = {
    Effort.LIGHT: _("Léger"),
    Effort.MEDIUM: _("Moyen"),
    Effort.HEAVY: _("Important"),
}
FACT_WORDS: Mapping[FactKind, Mapping[str, str]] = {
    FactKind.LICENCE: {one.value: word for one, word in LICENCES.items()},
    FactKind.PRICE: {one.value: word for one, word in PRICES.items()},
    FactKind.HOSTING: {one.value: word for one, word in HOSTINGS.items()},
    FactKind.EFFORT: {level: level for level in LEVELS},
}
"""{fact: {its word: what the page says}}; languages and prerequisites are told in a sentence alone."""


def effort_of(level: str) -> Effort:
    """The size of a level of effort; what is no level asks much."""
    if level == LEVELS[0]:
        return Effort.LIGHT
    return Effort.MEDIUM if level in LEVELS[1:3] else Effort.HEAVY
