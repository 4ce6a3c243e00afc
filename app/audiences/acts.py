"""What is done to segments, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

SEGMENT_MADE = Act("segment.made", _("a enregistré une sélection"), _("une sélection"))
SEGMENT_EDITED = Act("segment.edited", _("a modifié une sélection"), _("une sélection"))
SEGMENT_REMOVED = Act("segment.removed", _("a retiré une sélection"), _("une sélection"))

ACTS = declared(globals())
