"""What the texts about a mission say of themselves in the list of all that was sent."""

from collections.abc import Mapping
from functools import partial

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import MailingId
from app.events import listing
from app.events.acts import SAID, About
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


def _owner(about: About) -> Owner:
    said = SAID[about]
    return Owner(said.kind, said.many, said.one, listing.is_about(about), partial(_tell, about=about))


OWNERS = tuple(_owner(about) for about in About)
