"""What is done to dated events, as the journal tells it."""

from enum import StrEnum

from app.accounts.activity import Act, declared
from app.french.language import _


class About(StrEnum):
    """Why something is written about an event: what tells its mailings apart."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    NEWS = "news"


MADE = Act("event.made", _("a créé une date"), _("une date"))
EDITED = Act("event.edited", _("a modifié une date"), _("une date"))
PLANNED = Act("event.planned", _("a remis une date en préparation"), _("une date"))
OPENED = Act("event.open", _("a ouvert une date aux inscriptions"), _("une date"))
HELD = Act("event.held", _("a noté qu'une date a eu lieu"), _("une date"))
CANCELLED = Act("event.cancelled", _("a annulé une date"), _("une date"))
INVITED = Act("event.invited", _("a mis des personnes sur la liste d'une date (personnes : %(people)s)"), _("une date"))
TAKEN_OFF = Act("event.taken_off", _("a retiré une personne de la liste d'une date"), _("une date"))
TOLD = Act("event.told", _("a envoyé les invitations d'une date (SMS : %(people)s)"), _("une date"))
NEWS_TOLD = Act("event.news_told", _("a prévenu par SMS d'un changement de date (SMS : %(people)s)"), _("une date"))
ANSWERED = Act("event.answered", _("a noté une réponse pour une date"), _("une date"))
ATTENDANCE_NOTED = Act("event.attendance", _("a noté qui était là (personnes : %(people)s)"), _("une date"))
DAY_PASSED = Act("space.day_passed", _("a fait passer l'entraînement au lendemain"), _("un espace"))
REMINDER_MADE = Act("reminder.made", _("a préparé un rappel"), _("un rappel"))
REMINDER_REMOVED = Act("reminder.removed", _("a retiré un rappel"), _("un rappel"))
REMINDER_HELD = Act("reminder.held", _("a retenu un rappel : sa sélection est à réparer"), _("un rappel"))
REMINDER_RESUMED = Act("reminder.resumed", _("a repris un rappel"), _("un rappel"))
REMINDER_SENT = Act("reminder.sent", _("a fait partir un rappel"), _("un rappel"))

ACTS = declared(globals())
