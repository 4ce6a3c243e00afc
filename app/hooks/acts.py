"""What is done to subscriptions, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

MADE = Act("hook.made", _("a abonné un logiciel aux nouvelles de l'espace"), _("un abonnement"))
REMOVED = Act("hook.removed", _("a supprimé l'abonnement d'un logiciel"), _("un abonnement"))
SECRET_CHANGED = Act("hook.secret_changed", _("a changé le secret d'un abonnement"), _("un abonnement"))
DISABLED = Act("hook.disabled", _("a arrêté un abonnement dont le logiciel ne répond plus"), _("un abonnement"))
ENABLED = Act("hook.enabled", _("a remis en route un abonnement"), _("un abonnement"))
REPLAYED = Act("hook.replayed", _("a renvoyé des nouvelles à un logiciel (nouvelles : %(count)s)"), _("un abonnement"))

ACTS = declared(globals())
