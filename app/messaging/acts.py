"""What is done with single messages and replies, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

MESSAGE_SENT = Act("message.sent", _("a envoyé un SMS à une personne"), _("un SMS"))
MESSAGE_REWRITTEN = Act(
    "message.rewritten", _("a réécrit à une personne que son SMS n'avait pas atteinte"), _("un SMS")
)
REPLY_RECEIVED = Act("reply.received", _("a classé une réponse"), _("une réponse"))
REPLY_HANDLED = Act("reply.handled", _("a traité une réponse"), _("une réponse"))
MAILING_RESUMED = Act("mailing.resumed", _("a repris un envoi arrêté par une erreur"), _("un envoi"))
MAILING_CANCELLED = Act("mailing.cancelled", _("a arrêté un envoi"), _("un envoi"))
SENDING_STOPPED = Act("sending.stopped", _("a arrêté tous les envois"), _("un arrêt général"))
SENDING_RESUMED = Act("sending.resumed", _("a laissé repartir les envois"), _("un arrêt général"))

ACTS = declared(globals())
