"""What a resource holds, and what it needs before everybody may read it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.errors import RuleBroken
from app.french.folding import without_accents
from app.french.language import _

TITLE_MAX = 120
AUTHOR_MAX = 80
SUMMARY_LINES = 3
SUMMARY_LINE_MAX = 240
SUMMARY_MAX = SUMMARY_LINES * (SUMMARY_LINE_MAX + 1)
BODY_MAX = 60_000
SLUG_MAX = 80
FRESH = timedelta(days=365)
WORDS_A_MINUTE = 180
"""What an adult reads of a plain text on a screen, rounded down (P)."""


class Kind(StrEnum):
    GUIDE = "guide"
    ARTICLE = "article"
    MATERIAL = "material"


class Topic(StrEnum):
    """The six axes of the diagnostic."""

    RECRUIT = "recruit"
    TRAIN = "train"
    MOBILISE = "mobilise"
    VALUE = "value"
    GOVERN = "govern"
    PROTECT = "protect"


class Reuse(StrEnum):
    """What a reader may do with it."""

    CC_BY = "cc_by"
    CC_BY_SA = "cc_by_sa"
    FREE = "free"
    ASK = "ask"


KINDS: Mapping[Kind, str] = {
    Kind.GUIDE: _("Guide"),
    Kind.ARTICLE: _("Article"),
    Kind.MATERIAL: _("Support de formation"),
}
TOPICS: Mapping[Topic, str] = {
    Topic.RECRUIT: _("Recruter"),
    Topic.TRAIN: _("Former et accueillir"),
    Topic.MOBILISE: _("Mobiliser et informer"),
    Topic.VALUE: _("Valoriser et fidéliser"),
    Topic.GOVERN: _("Gouverner"),
    Topic.PROTECT: _("Protéger les données"),
}
TOOLS: Mapping[Topic, tuple[str, str]] = {
    Topic.RECRUIT: ("recruter", _("Les outils pour recruter")),
    Topic.TRAIN: ("former", _("Les outils pour former")),
    Topic.MOBILISE: ("mobiliser", _("Les outils pour mobiliser")),
    Topic.VALUE: ("valoriser", _("Les outils pour valoriser")),
    Topic.GOVERN: ("gouverner", _("Les outils pour gouverner")),
    Topic.PROTECT: ("proteger", _("Les outils pour protéger")),
}
"""The same axis in the catalogue of tools: the word of its address, and what leads there."""
REUSES: Mapping[Reuse, str] = {
    Reuse.CC_BY: _("Oui, en citant la source (CC BY)"),
    Reuse.CC_BY_SA: _("Oui, en citant la source et sous la même licence (CC BY-SA)"),
    Reuse.FREE: _("Oui, librement (CC0)"),
    Reuse.ASK: _("Demandez-nous d'abord"),
}


@dataclass(frozen=True)
class Content:
    """Everything of a resource that somebody writes. ``summary`` is three lines, ``body`` is Markdown."""

    title: str
    kind: Kind
    summary: str
    body: str
    topics: tuple[Topic, ...]
    author: str
    reuse: Reuse
    checked_on: date | None
    """When its facts were last read again."""


def lines(summary: str) -> list[str]:
    """The lines of a summary, the empty ones left out."""
    return [line.strip() for line in summary.splitlines() if line.strip()]


def check_draft(content: Content, *, today: date) -> None:
    """A draft may be half written, and still has a name. Raises RuleBroken, with every field that is wrong."""
    wrong = {}
    if not content.title:
        wrong["title"] = _("Donnez un titre : il servira aussi d'adresse à la page.")
    if any(len(line) > SUMMARY_LINE_MAX for line in lines(content.summary)):
        wrong["summary"] = _("Une ligne à retenir tient en %(n)s caractères au plus.", n=SUMMARY_LINE_MAX)
    if content.checked_on is not None and content.checked_on > today:
        wrong["checked_on"] = _("Ce jour n'est pas encore venu : quand l'avez-vous relue ?")
    _refuse(wrong)


def check_public(content: Content, *, today: date) -> None:
    """What everybody reads is whole. Raises RuleBroken, with every field that is wrong."""
    wrong = {}
    found = len(lines(content.summary))
    if found != SUMMARY_LINES:
        wrong["summary"] = _("Il faut trois lignes à retenir, une par ligne : il y en a %(n)s.", n=found)
    if not content.body.strip():
        wrong["body"] = _("Écrivez le texte avant de publier.")
    if not content.topics:
        wrong["topics"] = _("Cochez au moins un sujet : c'est par là qu'on la trouve.")
    if not content.author:
        wrong["author"] = _("Dites qui l'a écrite : une personne, ou l'équipe.")
    if content.checked_on is None:
        wrong["checked_on"] = _("Dites quand ses faits ont été relus : qui la lit dans un an doit le savoir.")
    try:
        check_draft(content, today=today)
    except RuleBroken as error:
        wrong = {**wrong, **error.fields}
    _refuse(wrong)


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise RuleBroken("resource_incomplete", next(iter(wrong.values())), fields=wrong)


def is_stale(checked_on: date | None, *, today: date) -> bool:
    """Whether its facts were last read more than a year ago: they may be true no more."""
    return checked_on is not None and today - checked_on > FRESH


def slug_of(title: str) -> str:
    """« Tenir une assemblée en ligne » -> "tenir-une-assemblee-en-ligne"; never empty."""
    words = re.findall(r"[a-z0-9]+", without_accents(title.lower()))
    return "-".join(words)[:SLUG_MAX].strip("-") or "ressource"


def is_slug(word: str) -> bool:
    """Whether an address may be one of ours."""
    return re.fullmatch(rf"[a-z0-9-]{{1,{SLUG_MAX}}}", word) is not None


def minutes(body: str) -> int:
    """How long it takes to read."""
    return max(1, round(len(body.split()) / WORDS_A_MINUTE))
