"""What the database's sessions carry down to services that may not import the rooms above them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.audiences import segments
from app.audiences.sources.declared import Declared
from app.audiences.sources.places import SHIPPED, read_places
from app.campaigns import opening
from app.campaigns import users as campaign_users
from app.campaigns.asking import Asking
from app.consent import following
from app.contacts.models import Contact
from app.contacts.renumbering import Renumbering
from app.contacts.selections import Selections
from app.contacts.uses import Uses
from app.events import segment_fields as event_fields
from app.events import whom
from app.events.asking import MissionAsking
from app.events.singles import owner as event_singles
from app.messaging import readdressing
from app.messaging.claims import Calls
from app.messaging.singles.owners import Owners
from app.runtime import Runtime


def hand_down(runtime: Runtime) -> None:
    """Give every service, in jobs too, what rules may speak of, whom to ask what uses a list or a segment, and what
    follows a person to another number."""
    places = Path(runtime.settings.postcodes) if runtime.settings.postcodes else SHIPPED
    handed = runtime.database.handed
    handed[Declared] = Declared(
        rooms=(event_fields.segment_fields,), users=(campaign_users.using, whom.using), places=read_places(places)
    )
    handed[Selections] = Selections(named=segments.named, keeps=segments.keeps)
    handed[Asking] = MissionAsking()
    handed[Owners] = Owners((opening.OWNER, event_singles.OWNER))
    handed[Calls] = Calls(among=whom.calls_among)
    handed[Renumbering] = Renumbering(follow=_follow, told=_told)
    handed[Uses] = Uses(find=segments.leaning, let_go=segments.let_go)


def _follow(session: Session, contact: Contact, before: str, by: Principal, now: datetime) -> None:
    following.follow(session, contact, before, by, now)
    readdressing.follow(session, contact, before, now=now)


def _told(session: Session, contact: Contact, before: str) -> Sequence[str]:
    return [*following.told(session, contact, before), *readdressing.told(session, contact)]
