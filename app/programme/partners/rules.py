"""What a partner must be, and what a web address is. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.errors import RuleBroken
from app.french.language import _
from app.programme.partners.models import Kind, Subject

KINDS: Mapping[Kind, str] = {
    Kind.FINANCIAL: _("financier"),
    Kind.SKILLS: _("compétences"),
    Kind.OPERATIONAL: _("opérationnel"),
}
KINDS_OF_MANY: Mapping[Kind, str] = {
    Kind.FINANCIAL: _("Ils financent le programme"),
    Kind.SKILLS: _("Ils prêtent leurs compétences"),
    Kind.OPERATIONAL: _("Ils travaillent avec les associations"),
}
SUBJECTS: Mapping[Subject, str] = {
    Subject.TRAINING: _("formation"),
    Subject.TOOL: _("outil"),
    Subject.RESOURCE: _("guide"),
}
PART_TAKEN: Mapping[Subject, str] = {
    Subject.TRAINING: _("Formations :"),
    Subject.TOOL: _("Outils :"),
    Subject.RESOURCE: _("Guides :"),
}
YEARS = range(1900, 2101)
ADDRESS_MAX = 300
_SITE = re.compile(r"https?://[^\s/?#@:\\]+\.[^\s/?#@:\\]+([/?#:][^\s\\]*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """Something that a partner takes part in, as anybody reads of it; no address is a thing without a public page."""

    name: str
    address: str = ""


@dataclass(frozen=True)
class Terms:
    """What is typed of a partner. ``until`` is its last day; None for one that stays."""

    name: str
    kind: Kind
    address: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None


def site(typed: str) -> str | None:
    """A web address as a link may hold it, « www.exemple.fr » made whole; "" for none, None for what is no address."""
    address = typed.strip()
    if not address:
        return ""
    if "://" not in address:
        address = f"https://{address}"
    return address if len(address) <= ADDRESS_MAX and _SITE.fullmatch(address) else None


def check(terms: Terms) -> Terms:
    """The terms with their address made whole; every fault at once. Raises RuleBroken."""
    faults = {}
    address = site(terms.address)
    if not terms.name:
        faults["name"] = _("Donnez son nom.")
    if address is None:
        faults["address"] = _("Écrivez une adresse de site, par exemple https://www.exemple.fr, ou laissez vide.")
    for name, day in (("since", terms.since), ("until", terms.until)):
        if day is not None and day.year not in YEARS:
            faults[name] = _("Vérifiez l'année.")
    if terms.since and terms.until and terms.until < terms.since:
        faults["until"] = _("Le dernier jour vient avant le premier : vérifiez les deux dates.")
    if faults:
        raise RuleBroken("partner_wrong", next(iter(faults.values())), fields=faults)
    return Terms(terms.name, terms.kind, address or "", terms.words, terms.since, terms.until)
