"""The words of a profile: each choice with its code, its label and how people write it in a cell. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from app.clock import PARIS
from app.contacts.naming import fold
from app.french.language import _


@dataclass(frozen=True)
class Option:
    """One choice. ``code`` is kept and told to programs; ``words`` tell it in a cell, an expression over ``fold``."""

    code: str
    label: str
    words: str = ""
    bit: int = 0
    """Its part of a sum, where several may hold."""
    short: str = ""
    """How a sentence says it, where that is not its label."""

    @property
    def said(self) -> str:
        """Its words inside a sentence."""
        return self.short or self.label[:1].lower() + self.label[1:]


_DAYS = r"lundis?|mardis?|mercredis?|jeudis?|vendredis?"
AVAILABILITY = (
    Option(
        "weekdays",
        _("En journée, la semaine"),
        rf"journees?|jours?|semaine|matins?|matinees?|apres midis?|{_DAYS}",
        1,
        _("en journée"),
    ),
    Option("evenings", _("Le soir"), r"soirs?|soirees?", 2),
    Option("weekends", _("Le week-end"), r"week ?ends?|we|samedis?|dimanches?", 4),
)
_WEEK_EVENINGS = re.compile(rf"\b(?:({_DAYS}) soirs?|soirs?( de| en)?( la)? semaine|soirs? ({_DAYS}))\b")
_ALWAYS = re.compile(r"\b(toujours|tout le temps|tous les jours|n importe quand)\b")
_NEVER = re.compile(r"\b(pas|jamais|sauf|aucune?|hors|indisponible)\b")
RHYTHMS = (
    Option(
        "one_off",
        _("De temps en temps"),
        r"ponctuel(le|les|s)?|de temps en temps|occasionnel(le|les|s)?|parfois|one off",
    ),
    Option("regular", _("Régulièrement"), r"reguliers?|regulieres?|regulierement|hebdomadaire|chaque semaine|regular"),
)
AGE_BANDS = (
    Option("u18", _("Moins de 18 ans"), r"(moins de|) ?18( ans)?|mineure?s?|0 17( ans)?|u18"),
    Option("18-24", _("18 à 24 ans"), r"18 (a )?2[45]( ans)?"),
    Option("25-34", _("25 à 34 ans"), r"25 (a )?3[45]( ans)?"),
    Option("35-49", _("35 à 49 ans"), r"35 (a )?(49|50)( ans)?"),
    Option("50-64", _("50 à 64 ans"), r"50 (a )?6[45]( ans)?"),
    Option("65+", _("65 ans et plus"), r"(plus de )?65( ans)?( et plus| et)?|seniors?"),
)
BAND_AGES: dict[str, tuple[float, float]] = {
    "u18": (0, 17),
    "18-24": (18, 24),
    "25-34": (25, 34),
    "35-49": (35, 49),
    "50-64": (50, 64),
    "65+": (65, inf),
}
"""From and to which age each band goes, both in."""
LANGUAGES = (
    Option("fr", _("Français"), r"francais(e)?|french"),
    Option("ar", _("Arabe"), r"arabe|arabic"),
    Option("en", _("Anglais"), r"anglais(e)?|english"),
    Option("es", _("Espagnol"), r"espagnole?|castillan|espanol|spanish"),
    Option("pt", _("Portugais"), r"portugais(e)?|portuguese"),
    Option("uk", _("Ukrainien"), r"ukrainien(ne)?"),
    Option("ru", _("Russe"), r"russe"),
    Option("tr", _("Turc"), r"turc|turque"),
    Option("fa", _("Persan, dari"), r"persan|farsi|dari", short=_("persan")),
    Option("ps", _("Pachto"), r"pachto|pashto"),
    Option("zh", _("Chinois"), r"chinois(e)?|mandarin"),
    Option("ro", _("Roumain"), r"roumain(e)?"),
    Option("it", _("Italien"), r"italien(ne)?"),
    Option("de", _("Allemand"), r"allemande?"),
    Option("wo", _("Wolof"), r"wolof"),
    Option("lsf", _("Langue des signes"), r"lsf|langue des signes( francaise)?"),
)


def read_option(options: Sequence[Option], text: str) -> str | None:
    """The code that a cell tells, None where it tells none or several."""
    words = fold(text)
    for one in options:
        if text.strip() == one.code or words in (fold(one.code), fold(one.label)) or re.fullmatch(one.words, words):
            return one.code
    return None


def read_several(options: Sequence[Option], text: str) -> int | None:
    """« soirs et week-end » -> 6; None where nothing is told, or a refusal that words alone cannot turn round."""
    words = _WEEK_EVENINGS.sub("soir", fold(text))
    if _ALWAYS.search(words):
        return sum(one.bit for one in options)
    if _NEVER.search(words):
        return None
    return sum(one.bit for one in options if re.search(rf"\b({one.words}|{one.code})\b", words)) or None


def codes_of(options: Sequence[Option], mask: int) -> list[str]:
    """The choices of a sum."""
    return [one.code for one in options if mask & one.bit]


def told(options: Sequence[Option], mask: int) -> str:
    """« le soir, le week-end »; empty when unknown."""
    return ", ".join(one.said for one in options if mask & one.bit)


def label_of(options: Sequence[Option], code: str) -> str:
    return next((one.label for one in options if one.code == code), code)


def band_of(birth_year: int | None, age_band: str, *, now: datetime) -> str:
    """The age band: by the civil year where the year of birth is known, else as it was said; "" is unknown."""
    if birth_year is None:
        return age_band
    age = now.astimezone(PARIS).year - birth_year
    return next((code for code, (_youngest, oldest) in BAND_AGES.items() if age <= oldest), "") if age >= 0 else ""
