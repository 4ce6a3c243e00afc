"""What is typed of a tool, and what it must be. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.errors import RuleBroken
from app.french.folding import without_accents
from app.french.language import _
from app.programme.partners.rules import site
from app.programme.tools.words import FACT_WORDS, FactKind, Purpose

TAKEN = frozenset({"comparer", "proposer", "merci", "signaler", "catalogue"})
"""Addresses of the catalogue's own pages."""
SLUG_MAX = 60
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class FactTerms:
    """One fact as it is typed: ``word`` for filters, ``detail`` in a sentence, who says it, read on which day."""

    word: str
    detail: str
    source: str
    read_on: date | None
    is_sure: bool = False


@dataclass(frozen=True)
class ToolTerms:
    """A tool as it is typed, with a fact of each kind."""

    name: str
    purposes: tuple[Purpose, ...]
    does: str
    facts: Mapping[FactKind, FactTerms]
    address: str = ""
    address_source: str = ""
    address_read_on: date | None = None
    sends_sms: bool = False


def check(terms: ToolTerms, *, today: date) -> ToolTerms:
    """The terms with their address made whole; every fault at once, each under its field. Raises RuleBroken."""
    faults = {}
    address = site(terms.address)
    if not slug_of(terms.name):
        faults["name"] = _("Donnez le nom de l'outil.")
    if not terms.purposes:
        faults["purposes"] = _("Cochez au moins un usage.")
    if not terms.does:
        faults["does"] = _("Dites en une phrase ce que fait l'outil.")
    if address is None:
        faults["address"] = _("Écrivez une adresse de site, par exemple https://www.exemple.fr, ou laissez vide.")
    elif address and terms.address_source:
        faults |= dict(_day_faults("address", terms.address_read_on, today))
    for kind in FactKind:
        faults |= dict(_faults(kind, terms.facts[kind], today))
    if faults:
        raise RuleBroken("tool_wrong", next(iter(faults.values())), fields=faults)
    is_told = bool(address and terms.address_source)
    return replace(
        terms,
        address=address or "",
        address_source=terms.address_source if is_told else "",
        address_read_on=terms.address_read_on if is_told else None,
    )


def _faults(kind: FactKind, fact: FactTerms, today: date) -> Iterator[tuple[str, str]]:
    choices = FACT_WORDS.get(kind)
    if choices is not None and fact.word not in choices:
        yield f"{kind.value}_word", _("Choisissez une réponse.")
    if not fact.source:
        yield f"{kind.value}_source", _("Dites d'où vient ce fait : une page, un fichier, une personne.")
    yield from _day_faults(kind.value, fact.read_on, today)


def _day_faults(key: str, read_on: date | None, today: date) -> Iterator[tuple[str, str]]:
    if read_on is None or read_on < EARLIEST:
        yield f"{key}_read_on", _("Choisissez le jour où ce fait a été lu.")
    elif read_on > today:
        yield f"{key}_read_on", _("Ce jour est à venir : écrivez celui où ce fait a été lu.")


def slug_of(name: str) -> str:
    """The name as an address: « Bénévalibre 2 » is « benevalibre-2 »; empty for a name without letters or figures."""
    words = re.findall("[a-z0-9]+", without_accents(name.lower()))
    slug = "-".join(words)[:SLUG_MAX].strip("-")
    return f"{slug}-outil" if slug in TAKEN else slug
