"""What may stand on a contact's card. Pure: no session, no clock."""

from datetime import datetime

from app.accounts.models import Mode
from app.carrier.carriers import is_fiction
from app.clock import PARIS
from app.contacts.phone import show_phone
from app.errors import RuleBroken
from app.french.language import _

ADULT_PHONE_AGE = 15
"""Below it, a parent agrees and a parent's phone is texted (cnil.fr)."""


def check_number(phone: str, mode: Mode) -> None:
    """Raises RuleBroken when a real number is about to enter a practice space."""
    if mode is Mode.PRACTICE and not is_fiction(phone):
        sentence = _(
            "« %(phone)s » peut être le vrai numéro de quelqu'un. Pour s'entraîner, "
            "prenez un numéro inventé : 06 39 98 suivi de quatre chiffres.",
            phone=show_phone(phone),
        )
        raise RuleBroken("real_number_in_practice", sentence, fields={"phone": sentence})


UNDER_15 = "under_15"
"""The word of whoever is left out for it."""
PARENTS = _("Moins de 15 ans : il faut le numéro d'un parent, et son accord.")


def is_too_young(birth_year: int | None, *, phone_is_parents: bool, now: datetime) -> bool:
    """Whether a number is a child's own, under 15 (CNIL); their fifteenth year is not over before they are 15."""
    if birth_year is None or phone_is_parents:
        return False
    return now.astimezone(PARIS).year - birth_year < ADULT_PHONE_AGE


def check_age(birth_year: int | None, *, phone_is_parents: bool, now: datetime) -> None:
    """Raises RuleBroken for a child under 15 whose number is not said to be a parent's."""
    if is_too_young(birth_year, phone_is_parents=phone_is_parents, now=now):
        raise RuleBroken("phone_not_parents", PARENTS, fields={"phone_is_parents": PARENTS})


def check_birth_year(birth_year: int, *, now: datetime) -> None:
    """Raises RuleBroken for a year in which nobody alive was born."""
    this_year = now.astimezone(PARIS).year
    if not this_year - 120 <= birth_year <= this_year:
        sentence = _("« %(year)s » n'est pas une année de naissance. Écrivez-la ainsi : 1985.", year=birth_year)
        raise RuleBroken("birth_year_invalid", sentence, fields={"birth_year": sentence})
