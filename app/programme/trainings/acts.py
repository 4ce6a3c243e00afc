"""What is done to trainings, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

MADE = Act("training.made", _("a prévu une formation"), _("une formation"))
CHANGED = Act("training.changed", _("a modifié une formation"), _("une formation"))
CALLED_OFF = Act("training.called_off", _("a annulé une formation"), _("une formation"))
REGISTERED = Act("training.registered", _("a inscrit une personne à une formation"), _("une formation"))
UNREGISTERED = Act("training.unregistered", _("a désinscrit une personne d'une formation"), _("une formation"))
ASKED = Act("training.asked", _("a demandé l'avis des présents (SMS : %(people)s)"), _("une formation"))
OPINION = Act("training.opinion", _("a donné son avis sur une formation"), _("une formation"))
QUOTE_REMOVED = Act("training.quote_removed", _("a retiré la citation d'un avis"), _("une formation"))
FILE_ADDED = Act("training.file_added", _("a joint un fichier à une formation"), _("une formation"))
FILE_REMOVED = Act("training.file_removed", _("a retiré un fichier d'une formation"), _("une formation"))
LED = Act("training.led", _("a dit qui anime une formation"), _("une formation"))
FEED_MADE = Act("cohort.feed_made", _("a créé l'adresse d'agenda d'une cohorte"), _("une cohorte"))
FEED_CLOSED = Act("cohort.feed_closed", _("a fermé l'adresse d'agenda d'une cohorte"), _("une cohorte"))

ACTS = declared(globals())
