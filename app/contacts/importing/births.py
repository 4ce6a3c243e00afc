"""Years of birth as lists write them, from dates of every kind. Pure."""

import re
from datetime import datetime

from app.clock import PARIS
from app.contacts import rules
from app.errors import RuleBroken
from app.french.language import _

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?:\d{1,2}[/. -]\d{1,2}[/. -]|['’])?(\d{2})")
_NO_YEAR = re.compile(r"\D*|[0\W]+|\W{0,2}\d{1,2}[/. -]+\d{1,2}|\d{1,2}(?:er)?\s+[^\W\d]+\.?")
"""Nothing, zeros, or a day and a month: address books write « --05-21 » for whoever keeps the year to herself."""


def has_no_year(value: str) -> bool:
    """Whether something stands in the cell, but no year: a day and a month, zeros, « inconnue »."""
    return bool(value.strip()) and not _YEAR.search(value) and bool(_NO_YEAR.fullmatch(value.strip()))


def read_birth_year(value: str, now: datetime) -> int | None:
    """The year, None where the cell tells none. Two digits are the last such year: « 85 » is 1985.

    Raises RuleBroken for a year in which nobody alive was born, or what cannot be read.
    """
    value = value.strip()
    if found := _YEAR.search(value):
        year = int(found[1])
        rules.check_birth_year(year, now=now)
        return year
    if _NO_YEAR.fullmatch(value):
        return None
    if found := _SHORT_YEAR.fullmatch(value):
        this_year = now.astimezone(PARIS).year
        year = this_year - this_year % 100 + int(found[1])
        return year if year <= this_year else year - 100
    raise RuleBroken(
        "birth_year_invalid",
        _("« %(value)s » n'est pas une année de naissance. Écrivez-la ainsi : 1985.", value=value[:40]),
    )
