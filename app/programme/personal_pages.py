"""What the programme holds of one person, besides their card: shown on it, and gone with it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.contacts.models import Contact
from app.contacts.panels import Panel, Provider
from app.french.language import _, ngettext
from app.french.typography import show_day
from app.programme.cohorts import people
from app.programme.diagnostic import retention as diagnostics
from app.programme.trainings import presences


def _panels(session: Session, space: Space, contact: Contact) -> Sequence[Panel]:
    """Of which associations they are, and how many diagnostics name them; nothing of anybody else."""
    zone = ZoneInfo(space.zone)
    sentences = [
        _("%(name)s : %(function)s.", name=association.name, function=people.WORDS[person.function])
        if person.left_at is None
        else _("N'est plus de « %(name)s » depuis %(day)s.", name=association.name, day=show_day(person.left_at, zone))
        for person, association in people.homes_of(session, contact.id)
    ]
    named = len(diagnostics.naming(session, contact))
    if named:
        words = ngettext("%(n)s diagnostic la nomme parmi ceux qui répondent.", "%(n)s diagnostics la nomment.", named)
        sentences.append(words)
    return [Panel(_("Au programme"), tuple(sentences))] if sentences else []


def _forget(session: Session, contact: Contact, now: datetime) -> None:
    """Names, numbers, links and own answers go; agreed answers, functions and presences without a name stay."""
    diagnostics.forget_person(session, contact, now=now)
    if people.homes_of(session, contact.id):
        presences.keep(session, contact)


PANELS = Provider(panels=_panels, forget=_forget)
