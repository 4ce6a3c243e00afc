"""What is done to applications, as the journal tells it. Notes hold the association's name, never a number to call."""

from app.accounts.activity import Act, declared
from app.french.language import _

BEGUN = Act("application.begun", _("a commencé une candidature"), _("une candidature"))
FILED = Act("application.filed", _("a déposé une candidature"), _("une candidature"))
FILED_AGAIN = Act("application.filed_again", _("a déposé de nouveau une candidature, corrigée"), _("une candidature"))
MOVED = Act("application.moved", _("a fait passer une candidature à « %(state)s »"), _("une candidature"))
FILE_ADDED = Act("application.file_added", _("a joint une pièce à une candidature"), _("une candidature"))
LINK_ASKED = Act("application.link_asked", _("a demandé le lien d'une candidature par SMS"), _("une candidature"))
LINK_MADE = Act("application.link_made", _("a fait un lien à donner pour une candidature"), _("une candidature"))
OPINION_GIVEN = Act("application.opinion_given", _("a donné son avis sur une candidature"), _("une candidature"))
DECISION_PREPARED = Act(
    "application.decision_prepared", _("a préparé la décision d'une candidature"), _("une candidature")
)
DECISION_DROPPED = Act(
    "application.decision_dropped", _("a retiré la décision préparée d'une candidature"), _("une candidature")
)
CORRECTION_ASKED = Act(
    "application.correction_asked", _("a demandé une correction d'une candidature"), _("une candidature")
)
PHONE_CHANGED = Act("application.phone_changed", _("a changé le numéro d'une candidature"), _("une candidature"))
KEPT_LONGER = Act("application.kept_longer", _("a gardé plus longtemps un brouillon"), _("une candidature"))
TOLD_BY_HAND = Act(
    "application.told_by_hand", _("a prévenu elle-même l'association d'un brouillon dormant"), _("une candidature")
)
DECISION_SAID = Act(
    "application.decision_said", _("a dit elle-même sa décision à une association"), _("une candidature")
)
NOTICED = Act("application.noticed", _("a prévenu qu'un brouillon sera effacé"), _("une candidature"))
BINNED = Act("application.binned", _("a mis un brouillon à la corbeille"), _("une candidature"))
RESTORED = Act("application.restored", _("a repris une candidature"), _("une candidature"))
PURGED = Act("application.purged", _("a effacé un brouillon"), _("une candidature"))
PUBLISHED = Act("application.published", _("a publié la décision d'une candidature"), _("une candidature"))
PUBLICATION_ASKED = Act("publication.asked", _("a lancé la publication de décisions"), _("une publication"))
PUBLICATION_STOPPED = Act("publication.stopped", _("a arrêté la publication de décisions"), _("une publication"))
FORM_BEGUN = Act("application_form.begun", _("a préparé une version du formulaire de candidature"), _("un formulaire"))
FORM_CHANGED = Act(
    "application_form.changed", _("a modifié une version du formulaire de candidature"), _("un formulaire")
)
FORM_PUBLISHED = Act(
    "application_form.published", _("a publié une version du formulaire de candidature"), _("un formulaire")
)
FORM_DROPPED = Act(
    "application_form.dropped", _("a abandonné une version du formulaire de candidature"), _("un formulaire")
)

ACTS = declared(globals())
