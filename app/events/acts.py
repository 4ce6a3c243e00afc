"""What is done to dated events, as the journal tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.accounts.activity import Act, declared
from app.french.language import _


class About(StrEnum):
    """Why something is written about an event: what tells its mailings apart."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    NEWS = "news"
    SEAT = "seat"
    OPINION = "opinion"


@dataclass(frozen=True)
class Said:
    """How the lists of what was sent call the mailings of a reason; ``kind`` stands in an address."""

    kind: str
    many: str
    one: str
    by_itself: bool = False
    """Nobody sent it, so nobody is offered to stop it."""


SAID: Mapping[About, Said] = {
    About.INVITATION: Said("invitations", _("Invitations"), _("Invitation")),
    About.REMINDER: Said("rappels", _("Rappels"), _("Rappel"), by_itself=True),
    About.NEWS: Said("changements", _("Changements"), _("Changement")),
    About.SEAT: Said("places", _("Places"), _("Place"), by_itself=True),
    About.OPINION: Said("avis", _("Avis demandés"), _("Avis")),
}
"""Each reason, in the order of the list's filters."""


MADE = Act("event.made", _("a créé une mission"), _("une mission"))
EDITED = Act("event.edited", _("a modifié une mission"), _("une mission"))
PLANNED = Act("event.planned", _("a remis une mission en préparation"), _("une mission"))
OPENED = Act("event.open", _("a ouvert une mission aux inscriptions"), _("une mission"))
HELD = Act("event.held", _("a noté qu'une mission a eu lieu"), _("une mission"))
CANCELLED = Act("event.cancelled", _("a annulé une mission"), _("une mission"))
INVITED = Act(
    "event.invited", _("a mis des personnes sur la liste d'une mission (personnes : %(people)s)"), _("une mission")
)
TAKEN_OFF = Act("event.taken_off", _("a retiré une personne de la liste d'une mission"), _("une mission"))
TOLD = Act("event.told", _("a envoyé les invitations d'une mission (SMS : %(people)s)"), _("une mission"))
NEWS_TOLD = Act(
    "event.news_told", _("a prévenu par SMS du changement d'une mission (SMS : %(people)s)"), _("une mission")
)
MAILING_STOPPED = Act(
    "event.stopped", _("a arrêté à temps des SMS sur une mission (SMS : %(people)s)"), _("une mission")
)
ANSWERED = Act("event.answered", _("a noté une réponse pour une mission"), _("une mission"))
SEATS = Act("event.seats", _("a changé les places d'une mission (places : %(seats)s)"), _("une mission"))
SEAT_GIVEN = Act("event.seat_given", _("a donné une place libérée à la première personne en attente"), _("une mission"))
SEATS_TOLD = Act(
    "event.seats_told", _("a prévenu par SMS qu'une place s'est libérée (SMS : %(people)s)"), _("une mission")
)
ATTENDANCE_NOTED = Act("event.attendance", _("a noté qui était là (personnes : %(people)s)"), _("une mission"))
DAY_PASSED = Act("space.day_passed", _("a avancé le jour de l'entraînement"), _("un espace"))
REMINDER_MADE = Act("reminder.made", _("a préparé un rappel"), _("un rappel"))
REMINDER_REMOVED = Act("reminder.removed", _("a retiré un rappel"), _("un rappel"))
REMINDER_HELD = Act("reminder.held", _("a retenu un rappel : sa sélection est à réparer"), _("un rappel"))
REMINDER_RESUMED = Act("reminder.resumed", _("a repris un rappel"), _("un rappel"))
REMINDER_SENT = Act("reminder.sent", _("a fait partir un rappel"), _("un rappel"))

ACTS = declared(globals())
