"""What is done about sharing, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

AGREED = Act("sharing.agreed", _("a accepté de partager les chiffres du mois avec le programme"), _("un partage"))
WITHDRAWN = Act("sharing.withdrawn", _("a arrêté de partager les chiffres du mois"), _("un partage"))
ERASED = Act("sharing.erased", _("a arrêté de partager, et effacé les mois partagés"), _("un partage"))

ACTS = declared(globals())
