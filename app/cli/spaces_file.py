"""Spaces by the file: one a line, all of them or none."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import spaces, team
from app.accounts.models import Mode, Role, Space
from app.accounts.principal import Principal
from app.accounts.signing import signing_in, users
from app.clock import ZONES
from app.contacts.importing.reading import csv_text
from app.errors import AppError, RuleBroken
from app.french.folding import without_accents
from app.french.language import _
from app.settings import Settings

COLUMNS = {
    "nom": "name",
    "mode": "mode",
    "adresse": "slug",
    "expediteur": "sender",
    "fuseau": "zone",
    "budget": "budget",
    "referente": "referente",
    "e-mail": "email",
}
"""{header: field}. « nom » must be there; « référente » is her name, « e-mail » hers."""
BEYOND = "beyond"
MODES = {"": Mode.LIVE, "reel": Mode.LIVE, "live": Mode.LIVE, "entrainement": Mode.PRACTICE, "practice": Mode.PRACTICE}
MAX_SPACES = 1000
MAX_NAME = 80
"""Of a référente, in characters."""
_EUROS = re.compile(r"\d{1,6}([.,]\d{1,2})?")


@dataclass(frozen=True)
class Made:
    """A space, and the one-time link of its référente, if the line named one who has no password yet."""

    slug: str
    email: str
    token: str = ""


class Taken:
    """The names, addresses and numbers that no line may have any more: of the spaces there are, and of lines above."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Space.name, Space.mode, Space.slug, Space.sender, Space.two_way)).all()
        self.slugs = {row.slug for row in rows}
        self._names = {(_folded(row.name), row.mode): row.slug for row in rows}
        self._numbers = {
            row.sender.lstrip("+"): _("l'espace « %(name)s » (%(slug)s)", name=row.name, slug=row.slug)
            for row in rows
            if row.mode is Mode.LIVE and row.two_way and row.sender
        }

    def slug_of(self, name: str, mode: Mode) -> str | None:
        """Of the space so called, in whatever letters and accents."""
        return self._names.get((_folded(name), mode))

    def take_number(self, sender: str, *, whose: str) -> None:
        """Keep a live number that people may answer for ``whose`` alone. Raises RuleBroken.

        On a number of two spaces, an answer is known by the last text sent to its phone, and a first STOP by nothing.
        """
        number = sender.lstrip("+")
        if holder := self._numbers.get(number):
            sentence = _("Le numéro %(number)s est déjà celui de %(whose)s : un STOP n'y trouverait pas son espace.")
            raise RuleBroken("number_taken", sentence % {"number": sender, "whose": holder})
        self._numbers[number] = whose

    def add(self, space: Space) -> None:
        self.slugs.add(space.slug)
        self._names[_folded(space.name), space.mode] = space.slug


class BadLines(AppError):
    """Every line to mend, with its number; nothing was made."""


def make_all(session: Session, data: bytes, *, settings: Settings, by: Principal, now: datetime) -> list[Made]:
    """Each line of the file as a space. Raises BadLines once all were looked at: the transaction must not be kept."""
    made: list[Made] = []
    faults: list[str] = []
    taken = Taken(session)
    for number, words in list(_lines(data)):  # read to its end before anything is made
        try:
            made.append(_make(session, number, words, taken, settings=settings, by=by, now=now))
        except AppError as error:
            reasons = list(dict.fromkeys(error.fields.values())) or [error.sentence]
            faults.append(_("Ligne %(n)s : %(why)s", n=number, why=" ".join(reasons)))
    if not made and not faults:
        raise RuleBroken("file_empty", _("Ce fichier n'a aucune ligne sous ses titres."))
    if faults:
        nothing = _("Rien n'a été créé. Corrigez, puis relancez la même commande :")
        raise BadLines("bad_lines", "\n".join([nothing, *faults]))
    return _with_links(session, made, by=by, now=now)


def _lines(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """(number as a spreadsheet counts, {field: cell}) of each line that holds something."""
    text, _encoding = csv_text.decode(data)
    _delimiter, rows = csv_text.parse(text)
    names: list[str] | None = None
    count = 0
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if names is None:
            names = _named(cells)
            continue
        count += 1
        if count > MAX_SPACES:
            raise RuleBroken("file_long", _("Un fichier crée %(most)s espaces au plus.", most=MAX_SPACES))
        yield number, _cells(names, cells)


def _cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """{field: cell}; what stands beyond the titles under ``BEYOND``: nobody's, and never dropped without a word."""
    told = [cell.strip() for cell in cells]
    return {**dict(zip(names, told, strict=False)), BEYOND: " ".join(filter(None, told[len(names) :]))}


def _folded(text: str) -> str:
    return without_accents(text.casefold())


def _named(cells: Sequence[str]) -> list[str]:
    while not cells[-1].strip():  # columns that a spreadsheet once held, and still writes
        cells = cells[:-1]
    folded = [_folded(cell.strip()) for cell in cells]
    unknown = [cell.strip() for cell, name in zip(cells, folded, strict=True) if name not in COLUMNS]
    if unknown or "nom" not in folded or len(set(folded)) < len(folded):
        known = ", ".join(COLUMNS)
        sentence = _("La première ligne donne les titres, chacun une fois, parmi : %(known)s.", known=known)
        wrong = _("Inconnus : %(names)s.", names=", ".join(unknown)) if unknown else ""
        raise RuleBroken("headers_wrong", f"{sentence} {wrong}".strip())
    return [COLUMNS[name] for name in folded]


def _make(
    session: Session,
    line: int,
    words: dict[str, str],
    taken: Taken,
    *,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Made:
    if words[BEYOND]:
        sentence = _("« %(cell)s » n'a pas de titre : mettez entre guillemets ce qui contient le séparateur.")
        raise RuleBroken("cell_beyond", sentence % {"cell": words[BEYOND]})
    email = words.get("email", "")
    mode = MODES.get(_folded(words.get("mode", "")))
    if mode is None:
        raise RuleBroken("mode_unknown", _("Le mode est « réel » ou « entraînement »."))
    name = _name(words, mode, taken)
    sender = words.get("sender", "")
    two_way = _is_number(sender)
    if two_way and mode is Mode.LIVE:
        taken.take_number(sender, whose=_("la ligne %(n)s", n=line))
    zone = words.get("zone") or "Europe/Paris"
    if zone not in ZONES:
        raise RuleBroken("zone_unknown", _("Le fuseau est l'un de : %(zones)s.", zones=", ".join(ZONES)))
    budget = _micros(words.get("budget", ""))
    _check_referente(session, words.get("referente", ""), email)
    space = spaces.make(
        session, name=name, mode=mode, settings=settings, slug=_slug(words, taken), sender=sender,
        two_way=two_way, zone=zone, by=by, now=now,
    )  # fmt: skip
    space.budget_micros = budget
    taken.add(space)
    if email:
        person = users.make_missing(session, email=email, name=words.get("referente", ""), by=by, now=now)
        team.add(session, space, person, role=Role.REFERENTE, by=by, now=now)
        email = person.email
    return Made(space.slug, email)


def _is_number(sender: str) -> bool:
    return sender.lstrip("+").isdigit()


def _check_referente(session: Session, name: str, email: str) -> None:
    if name and not email:
        raise RuleBroken("email_missing", _("La référente a un nom, mais pas d'e-mail."))
    if len(name) > MAX_NAME or not name.isprintable():
        raise RuleBroken("referente_wrong", _("Le nom de la référente ne se lit pas, ou dépasse 80 caractères."))
    if email and users.is_closed(session, users.checked_email(email)):
        raise RuleBroken("user_disabled", _("Le compte de « %(email)s » est fermé.", email=email))


def _name(words: dict[str, str], mode: Mode, taken: Taken) -> str:
    name = " ".join(words.get("name", "").split())
    if not name or len(name) > 120 or not name.isprintable():
        raise RuleBroken("name_wrong", _("Le nom manque, ou dépasse 120 caractères."))
    if slug := taken.slug_of(name, mode):
        raise RuleBroken("name_taken", _("L'espace « %(name)s » existe déjà (%(slug)s).", name=name, slug=slug))
    return name


def _slug(words: dict[str, str], taken: Taken) -> str | None:
    """The address asked for, which is given as it is or not at all."""
    asked = words.get("slug", "")
    if not asked:
        return None
    if asked != spaces.slugify(asked):
        raise RuleBroken("slug_wrong", _("L'adresse s'écrit en minuscules et tirets : %(s)s.", s=spaces.slugify(asked)))
    if asked in taken.slugs:
        raise RuleBroken("slug_taken", _("L'adresse « %(slug)s » est déjà prise.", slug=asked))
    return asked


def _micros(typed: str) -> int | None:
    """« 120,50 » in millionths; None for an empty cell, which is no cap."""
    bare = re.sub(r"[\s€]", "", typed)
    if not bare:
        return None
    if not _EUROS.fullmatch(bare):
        raise RuleBroken("budget_wrong", _("Le budget du mois s'écrit en euros : 120 ou 120,50."))
    return int(Decimal(bare.replace(",", ".")) * 1_000_000)


def _with_links(session: Session, made: Sequence[Made], *, by: Principal, now: datetime) -> list[Made]:
    """One link for each person, whatever number of spaces it opens: a second one would end the first."""
    tokens: dict[str, str] = {}
    for email in dict.fromkeys(one.email for one in made if one.email):
        person = signing_in.find_user(session, email)
        if person is not None and person.password_hash is None:
            tokens[email] = team.operator_link(session, person, by=by, now=now)
    return [replace(one, token=tokens.get(one.email, "")) for one in made]
