"""What is done to a campaign, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

DRAFTED = Act("campaign.drafted", _("a commencé un envoi"), _("un envoi"))
EDITED = Act("campaign.edited", _("a modifié un envoi"), _("un envoi"))
REVIEWED = Act("campaign.reviewed", _("a relu un envoi"), _("un envoi"))
REMOVED = Act("campaign.removed", _("a retiré un brouillon d'envoi"), _("un envoi"))
SCHEDULED = Act("campaign.scheduled", _("a programmé un envoi (personnes : %(people)s)"), _("un envoi"))
LAUNCHED = Act("campaign.launched", _("a fait partir un envoi"), _("un envoi"))
STOPPED = Act("campaign.stopped", _("a renoncé à un envoi programmé"), _("un envoi"))
PAUSED = Act("campaign.paused", _("a mis un envoi en pause"), _("un envoi"))
RESUMED = Act("campaign.resumed", _("a repris un envoi"), _("un envoi"))
CANCELLED = Act("campaign.cancelled", _("a arrêté un envoi"), _("un envoi"))
FAILURES_READ = Act("campaign.failures_read", _("a regardé qui n'a pas reçu un envoi"), _("un envoi"))
FINISHED = Act("campaign.finished", _("a terminé un envoi"), _("un envoi"))

ACTS = declared(globals())
