"""What is done to recommendations, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

PROPOSED = Act("recommendation.proposed", _("a recommandé un outil"), _("une recommandation"))
ACCEPTED = Act("recommendation.accepted", _("a accepté un outil recommandé"), _("une recommandation"))
STARTED = Act("recommendation.started", _("a démarré un outil recommandé"), _("une recommandation"))
DEPLOYED = Act("recommendation.deployed", _("a déployé un outil recommandé"), _("une recommandation"))
ABANDONED = Act("recommendation.abandoned", _("a abandonné un outil recommandé"), _("une recommandation"))
DISMISSED = Act("recommendation.dismissed", _("a écarté un outil recommandé"), _("une recommandation"))
NOTED = Act("recommendation.noted", _("a noté l'effort, le coût ou le suivi d'un outil"), _("une recommandation"))
TABLE_CHANGED = Act("recommendation.table_changed", _("a changé les outils d'une question"), _("une question"))

ACTS = declared(globals())
