"""What the texts about a mission say of themselves in the list of all that was sent."""

from collections.abc import Mapping
from functools import partial

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import MailingId
from app.events import listing
from app.events.acts import About
from app.events.web.show_pages import ONE
from app.french.language import _
from app.messaging.following.sent import Owner, Told
from app.messaging.tallies import Progress


def _tell(
    session: Session, here: Space, progress: Mapping[MailingId, Progress], *, about: About
) -> Mapping[MailingId, Told]:
    events = listing.spoken_of(session, here.id, progress.keys(), about)
    return {
        one: Told(event.title, about=url_for("events.show", slug=here.slug, event_id=event.id))
        for one, event in events.items()
    }


def _owner(kind: str, label: str, about: About) -> Owner:
    return Owner(kind, label, ONE[about], listing.is_about(about), partial(_tell, about=about))


OWNERS = (
    _owner("invitations", _("Invitations"), About.INVITATION),
    _owner("rappels", _("Rappels"), About.REMINDER),
    _owner("changements", _("Changements"), About.NEWS),
    _owner("places", _("Places"), About.SEAT),
    _owner("avis", _("Avis demandés"), About.OPINION),
)
