"""What is done about diagnostics, as the journal tells it. No act names a respondent: names go, the journal stays."""

from app.accounts.activity import Act, declared
from app.french.language import _

VERSION_BEGUN = Act("questionnaire.begun", _("a préparé une version du questionnaire"), _("un questionnaire"))
VERSION_CHANGED = Act("questionnaire.changed", _("a modifié une version du questionnaire"), _("un questionnaire"))
VERSION_PUBLISHED = Act("questionnaire.published", _("a publié une version du questionnaire"), _("un questionnaire"))
VERSION_DROPPED = Act("questionnaire.dropped", _("a abandonné une version du questionnaire"), _("un questionnaire"))
OPENED = Act("diagnostic.opened", _("a ouvert un diagnostic"), _("un diagnostic"))
WITHDRAWN = Act("diagnostic.withdrawn", _("a retiré un diagnostic sans réponse"), _("un diagnostic"))
MOVED = Act("diagnostic.moved", _("a passé un diagnostic à la nouvelle version"), _("un diagnostic"))
ASKED = Act("diagnostic.asked", _("a demandé à quelqu'un de répondre à un diagnostic"), _("un diagnostic"))
LINKED = Act("diagnostic.linked", _("a donné un nouveau lien vers un diagnostic"), _("un diagnostic"))
UNASKED = Act("diagnostic.unasked", _("a retiré quelqu'un d'un diagnostic"), _("un diagnostic"))
AGREEING = Act("diagnostic.agreeing", _("a rempli la réponse commune d'un diagnostic"), _("un diagnostic"))
AGREED = Act("diagnostic.agreed", _("a arrêté la réponse commune d'un diagnostic"), _("un diagnostic"))
REOPENED = Act("diagnostic.reopened", _("a rouvert un diagnostic"), _("un diagnostic"))
MENDED = Act("diagnostic.mended", _("a noté ce qui retenait le SMS groupé comme réparé"), _("un diagnostic"))
TOOL_ADDED = Act("inventory.added", _("a ajouté un outil à l'inventaire"), _("un outil de l'inventaire"))
TOOL_CHANGED = Act("inventory.changed", _("a modifié un outil de l'inventaire"), _("un outil de l'inventaire"))
TOOL_REMOVED = Act("inventory.removed", _("a retiré un outil de l'inventaire"), _("un outil de l'inventaire"))

ACTS = declared(globals())
