"""The kinds of workshop in words, and which of them have a practice space."""

from app.french.language import _
from app.workshops.models import Kind

WORDS = {
    Kind.MASS_SMS: _("SMS groupé"),
    Kind.WEBINAR: _("Webinaire"),
    Kind.ASSEMBLY: _("Assemblée générale en ligne"),
}
TITLES = {
    Kind.MASS_SMS: _("Atelier : %(name)s"),
    Kind.WEBINAR: _("Atelier webinaire : %(name)s"),
    Kind.ASSEMBLY: _("Atelier assemblée en ligne : %(name)s"),
}
"""What invitations, reminders and calendars call it: the workshop, not the assembly it prepares."""
PRACTISED = frozenset({Kind.MASS_SMS})
"""The others are planned, invited to and counted, without a practice space nor a code to join with."""

MAX_SEATS = 60
"""Seats of one workshop; the largest room of the programme holds forty."""
