"""What an application must be: how answers are read, the four conditions, what is missing, and until when. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from app.errors import RuleBroken
from app.french.language import _, ngettext
from app.french.typography import show_date
from app.programme.applications.questions import Field, Kind

EMPLOYEES = range(5, 16)
FIELD_CODES = frozenset({"solidarity", "exclusion", "poverty"})
OLDEST_YEAR = 1901
"""Of the law on associations: a board's date before it is a slip of the keyboard."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Verdict(StrEnum):
    """What a condition comes to: fulfilled, missed, or not known yet."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"


class FileState(StrEnum):
    """The board's file as far as a condition minds."""

    NONE = "none"
    WAITING = "waiting"
    CHECKED = "checked"


@dataclass(frozen=True)
class Judged:
    """A condition's verdict, in plain words, and in the few of a list."""

    verdict: Verdict
    sentence: str
    word: str


Values = Mapping[str, str]
CONDITIONS: Mapping[str, str] = {
    "field": _("Solidarité, exclusion, pauvreté"),
    "employees": _("De 5 à 15 salariés"),
    "board": _("Accord du conseil d'administration"),
    "time": _("Une demi-journée par semaine"),
}
SHORT: Mapping[str, str] = {
    "field": _("champ"),
    "employees": _("salariés"),
    "board": _("conseil"),
    "time": _("temps"),
}
_MET, _MISSED, _EXPLAINED, _OPEN = _("remplie"), _("à expliquer"), _("expliquée"), _("à remplir")


def read(field: Field, typed: Sequence[str], *, today: date) -> str:
    """An answer as it is kept, empty for none. Raises RuleBroken, tied to the field."""
    if field.options:
        known = {one.code for one in field.options}
        chosen = [one for one in typed if one in known]
        return " ".join(chosen if field.kind is Kind.SEVERAL else chosen[:1])
    words = (typed[0] if typed else "").replace("\0", "").replace("\r\n", "\n").strip()
    words = words if field.kind is Kind.TEXT else " ".join(words.split())
    if len(words) > field.max and field.kind is not Kind.NUMBER:
        _refuse(field, _("C'est trop long : %(max)s signes au plus, il y en a %(n)s.", max=field.max, n=len(words)))
    if words and field.kind is Kind.EMAIL and not _EMAIL.fullmatch(words):
        _refuse(field, _("Cette adresse n'est pas complète : elle s'écrit ainsi, nom@association.fr."))
    if words and field.kind is Kind.NUMBER:
        if not re.fullmatch(r"[0-9]{1,4}", words):
            _refuse(field, _("Écrivez un nombre entier, en chiffres : 7, par exemple."))
        return str(int(words))
    if words and field.kind is Kind.DAY:
        return _day(field, words, today)
    return words


def _day(field: Field, words: str, today: date) -> str:
    try:
        on = date.fromisoformat(words)
    except ValueError:
        _refuse(field, _("Cette date n'est pas lisible : choisissez un jour."))
    if on > today:
        sentence = _(
            "Le %(day)s n'est pas encore passé. Indiquez la date où le conseil a dit oui, ou laissez vide et "
            "déposez : la pièce pourra suivre.",
            day=show_date(on),
        )
        _refuse(field, sentence)
    if on.year < OLDEST_YEAR:
        _refuse(field, _("Vérifiez l'année."))
    return on.isoformat()


def _refuse(field: Field, sentence: str) -> NoReturn:
    raise RuleBroken("answer_wrong", sentence, fields={field.key: sentence})


def judge(values: Values, *, file: FileState) -> Mapping[str, Judged]:
    """{condition: its verdict}, the four always, in their order."""
    return {
        "field": _judge_field(values),
        "employees": _judge_employees(values),
        "board": _judge_board(values, file),
        "time": _judge_time(values),
    }


def _missed(values: Values, key: str, sentence: str) -> Judged:
    return Judged(Verdict.MISSED, sentence, _EXPLAINED if values.get(f"{key}_why") else _MISSED)


def _judge_field(values: Values) -> Judged:
    chosen = set(values.get("field", "").split())
    if not chosen:
        return Judged(Verdict.OPEN, _("Cochez ce qui vous ressemble, plusieurs si vous voulez."), _OPEN)
    if chosen & FIELD_CODES:
        return Judged(Verdict.MET, _("C'est le champ du programme."), _MET)
    sentence = _("Le programme va aux associations de solidarité. Dites-nous pourquoi il vous va quand même.")
    return _missed(values, "field", sentence)


def _judge_employees(values: Values) -> Judged:
    typed = values.get("employees", "")
    if not typed:
        return Judged(Verdict.OPEN, _("Il manque le nombre de salariés."), _OPEN)
    count = int(typed)
    if count in EMPLOYEES:
        return Judged(Verdict.MET, _("De 5 à 15 salariés : c'est bon."), _MET)
    sentence = ngettext(
        "Le programme en demande de 5 à 15, vous en avez %(n)s. Dites-nous pourquoi il vous va quand même.",
        "Le programme en demande de 5 à 15, vous en avez %(n)s. Dites-nous pourquoi il vous va quand même.",
        count,
    )
    return _missed(values, "employees", sentence)


def _judge_board(values: Values, file: FileState) -> Judged:
    dated = bool(values.get("board_on"))
    if dated and file is not FileState.NONE:
        return Judged(Verdict.MET, _("Le conseil a dit oui, et la pièce est là."), _MET)
    if dated:
        sentence = _("Il manque le procès-verbal : joignez-le, ou déposez, il pourra suivre.")
        return Judged(Verdict.OPEN, sentence, _("pièce attendue"))
    if file is not FileState.NONE:
        return Judged(Verdict.OPEN, _("Il manque la date où le conseil a dit oui."), _("date à indiquer"))
    sentence = _("Pas encore de décision du conseil ? Déposez quand même, la date et la pièce pourront suivre.")
    return Judged(Verdict.OPEN, sentence, _OPEN)


def _judge_time(values: Values) -> Judged:
    chosen = values.get("time", "")
    if chosen == "half":
        return Judged(Verdict.MET, _("Une demi-journée par semaine et par personne : c'est bon."), _MET)
    if chosen == "less":
        sentence = _("Le programme demande une demi-journée par semaine. Dites-nous comment vous comptez faire.")
        return _missed(values, "time", sentence)
    return Judged(Verdict.OPEN, _("Choisissez l'une des deux réponses."), _OPEN)


def is_off_criteria(judged: Mapping[str, Judged]) -> bool:
    """Whether a condition is missed. One that is only open waits for a piece."""
    return any(one.verdict is Verdict.MISSED for one in judged.values())


def asked(field: Field, judged: Mapping[str, Judged]) -> bool:
    """Whether the field is asked at all: a « pourquoi » only of a condition missed."""
    return not field.why_of or judged[field.why_of].verdict is Verdict.MISSED


def missing(values: Values, judged: Mapping[str, Judged], fields: Sequence[Field]) -> list[Field]:
    """The fields that must be filled in before it is filed, in the order of the pages: none that is asked no more."""
    return [one for one in fields if one.is_required and asked(one, judged) and not values.get(one.key)]


def is_in_time(closes_at: datetime | None, now: datetime) -> bool:
    """Whether applications have not closed: the minute that is announced belongs to the time, « jusqu'à 23 h 59 »."""
    return closes_at is None or now < closes_at.replace(second=0, microsecond=0) + timedelta(minutes=1)


class Season(StrEnum):
    """Whether a cohort takes applications."""

    UNSAID = "unsaid"
    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


def season(opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> Season:
    """Without an opening said, nobody applies."""
    if opens_at is None:
        return Season.UNSAID
    if now < opens_at:
        return Season.BEFORE
    return Season.OPEN if is_in_time(closes_at, now) else Season.OVER


def changed(before: Values, after: Values, fields: Sequence[Field]) -> list[Field]:
    """The fields whose answer is another, in the order of the pages."""
    return [one for one in fields if before.get(one.key, "") != after.get(one.key, "")]
