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

ACTS = declared(globals())
