"""What is done to cohorts, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

MADE = Act("cohort.made", _("a ouvert une cohorte"), _("une cohorte"))
CHANGED = Act("cohort.changed", _("a modifié une cohorte"), _("une cohorte"))
CLOSED = Act("cohort.closed", _("a clos une cohorte"), _("une cohorte"))
REOPENED = Act("cohort.reopened", _("a rouvert une cohorte"), _("une cohorte"))
INVITED = Act("cohort.invited", _("a invité une association dans une cohorte"), _("une cohorte"))
JOINED = Act("cohort.joined", _("a fait entrer une association dans une cohorte"), _("une cohorte"))
LEFT = Act("cohort.left", _("a fait sortir une association d'une cohorte"), _("une cohorte"))
CALLED = Act("cohort.called", _("a noté un appel à une association"), _("une cohorte"))
CONTACT_CHANGED = Act("cohort.contact_changed", _("a changé qui appeler dans une association"), _("une cohorte"))
PERSON_CHANGED = Act(
    "association.person_changed", _("a changé ce que fait une personne dans une association"), _("une association")
)
PERSON_TAKEN_OFF = Act(
    "association.person_taken_off", _("a retiré une personne d'une association"), _("une association")
)
PERSON_ASKED = Act(
    "association.person_asked",
    _("a demandé au programme d'ajouter une personne à une association"),
    _("une association"),
)
PERSON_CONFIRMED = Act(
    "association.person_confirmed", _("a dit qu'une personne est d'une association"), _("une association")
)
PERSON_REFUSED = Act(
    "association.person_refused", _("a dit qu'une personne n'est pas d'une association"), _("une association")
)
SPACE_CHOSEN = Act(
    "association.space_chosen", _("a dit quel espace réel est celui d'une association"), _("une association")
)

ACTS = declared(globals())
