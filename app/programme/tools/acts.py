"""What is done to the catalogue of tools, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

MADE = Act("tool.made", _("a ajouté un outil au catalogue"), _("un outil"))
CHANGED = Act("tool.changed", _("a modifié un outil du catalogue"), _("un outil"))
WITHDRAWN = Act("tool.withdrawn", _("a retiré un outil du catalogue"), _("un outil"))
BROUGHT_BACK = Act("tool.brought_back", _("a remis un outil au catalogue"), _("un outil"))
SUGGESTION_ACCEPTED = Act("tool.suggestion_accepted", _("a retenu ce qu'on disait d'un outil"), _("un outil"))
SUGGESTION_REFUSED = Act("tool.suggestion_refused", _("a refusé ce qu'on disait d'un outil"), _("un outil"))

ACTS = declared(globals())
