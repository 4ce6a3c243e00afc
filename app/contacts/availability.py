"""When somebody is free: the bits of ``Contact.availability``, as people say them. Pure."""

from app.french.language import _

WEEKDAYS, EVENINGS, WEEKENDS = 1, 2, 4
AVAILABILITY = {WEEKDAYS: _("en journée"), EVENINGS: _("le soir"), WEEKENDS: _("le week-end")}


def shown_availability(bits: int) -> str:
    """« le soir, le week-end »; empty when unknown."""
    return ", ".join(words for bit, words in AVAILABILITY.items() if bits & bit)
