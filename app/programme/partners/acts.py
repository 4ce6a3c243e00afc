"""What is done to partners, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

MADE = Act("partner.made", _("a ajouté un partenaire"), _("un partenaire"))
CHANGED = Act("partner.changed", _("a modifié un partenaire"), _("un partenaire"))
TIED = Act("partner.tied", _("a changé les partenaires d'un outil, d'une formation ou d'un guide"), _("un partenaire"))

ACTS = declared(globals())
