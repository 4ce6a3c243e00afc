"""What a training is, checked; its materials, read from what was typed. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import RuleBroken
from app.french.language import _

MAX_MATERIALS = 20
_MATERIAL = re.compile(r"(?P<title>.*?)\s*(?::|-|–|\|)?\s*(?P<link>https?://\S+)", re.DOTALL)


class Prepares(StrEnum):
    """The kind of individual workshop that a training prepares, by the words of that room, which stands above."""

    NONE = ""
    MASS_SMS = "mass_sms"
    WEBINAR = "webinar"
    ASSEMBLY = "assembly"


PREPARES: Mapping[Prepares, str] = {
    Prepares.NONE: _("aucun en particulier"),
    Prepares.MASS_SMS: _("l'atelier SMS groupé"),
    Prepares.WEBINAR: _("l'atelier webinaire"),
    Prepares.ASSEMBLY: _("l'atelier assemblée générale à distance"),
}


@dataclass(frozen=True)
class Terms:
    """What is typed of a training besides its date; ``seats`` and ``min_seats`` are None where nobody counts."""

    prepares: Prepares = Prepares.NONE
    expert: str = ""
    aim: str = ""
    materials: str = ""
    seats: int | None = None
    min_seats: int | None = None


@dataclass(frozen=True)
class Material:
    title: str
    link: str


def check(terms: Terms) -> None:
    """Refuse what cannot be, every fault at once. Raises RuleBroken."""
    faults = {}
    if terms.min_seats is not None and terms.seats is not None and terms.min_seats > terms.seats:
        faults["min_seats"] = _("Le minimum ne peut pas dépasser le nombre de places.")
    try:
        read_materials(terms.materials)
    except RuleBroken as wrong:
        faults["materials"] = wrong.sentence
    if faults:
        raise RuleBroken("training_invalid", next(iter(faults.values())), fields=faults)


def read_materials(typed: str) -> list[Material]:
    """« Le diaporama : https://… », one a line. Raises RuleBroken with the first line that has no address."""
    found = []
    for line in (line.strip() for line in typed.splitlines()):
        if not line:
            continue
        read = _MATERIAL.fullmatch(line)
        if read is None:
            sentence = _("« %(line)s » : finissez la ligne par une adresse en https://.", line=line[:60])
            raise RuleBroken("material_unreadable", sentence, fields={"materials": sentence})
        found.append(Material(read["title"].strip() or read["link"], read["link"]))
    if len(found) > MAX_MATERIALS:
        sentence = _("%(max)s supports au plus.", max=MAX_MATERIALS)
        raise RuleBroken("materials_many", sentence, fields={"materials": sentence})
    return found
