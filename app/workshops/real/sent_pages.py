"""What the first real SMS says of itself in the list of all that was sent."""

from collections.abc import Mapping

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import MailingId
from app.french.language import _
from app.messaging.following.sent import Owner, Told
from app.messaging.tallies import Progress
from app.workshops.real import first_sms


def _tell(session: Session, here: Space, progress: Mapping[MailingId, Progress]) -> Mapping[MailingId, Told]:
    return {
        mailing_id: Told(_("Premier vrai SMS"), url_for("singles.show", slug=here.slug, message_id=message.id))
        for mailing_id, message in first_sms.latest(session, here, progress.keys()).items()
    }


OWNER = Owner("premier", "", _("Essai"), first_sms.is_first(), _tell)
