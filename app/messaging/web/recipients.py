"""The people of a sending, a page at a time, sorted by the four words: the same wherever it is followed."""

from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.contacts import service as contacts
from app.french.language import _
from app.messaging import messages
from app.messaging.following import standing
from app.messaging.models import Mailing
from app.messaging.singles import service as singles
from app.messaging.status import ARRIVED, LOST, MOVING, WAITING
from app.web import rows
from app.web.pages import PAGE_SIZE
from app.web.requests import number_argument

FILTERS = {
    "en-attente": (_("En attente"), WAITING),
    "en-route": (_("En route"), MOVING),
    "arrives": (_("Arrivés"), ARRIVED),
    "pas-arrives": (_("Pas arrivés"), LOST),
}
"""How a référente sorts people: by the four words."""


def recipients(session: Session, space: Space, mailing: Mailing, *, now: datetime) -> dict[str, Any]:
    """The words of ``messaging/_recipients.html``, of the state and the page that the address asks for."""
    chosen = request.args.get("etat", "")
    statuses = FILTERS[chosen][1] if chosen in FILTERS else ()
    after_id = number_argument("apres", digits=rows.LONG_DIGITS) or 0
    found = messages.of_mailing(session, mailing.id, statuses=statuses, after_id=after_id, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    held = standing.held(session, mailing, now=now)
    lost = [one.id for one in shown if one.status in LOST]
    people = contacts.of_ids(session, space.id, {one.contact_id for one in shown})
    return {
        "messages": shown,
        "next_id": shown[-1].id if len(found) > PAGE_SIZE else None,
        "names": {one.id: one.name for one in people},
        "why": {one.id: standing.why(one, held=held, now=now) for one in shown},
        "again": singles.sent_anew(session, space.id, lost) if lost else {},
        "lost": set(lost),
        "held": held,
        "filters": [(words, key) for key, (words, _statuses) in FILTERS.items()],
        "chosen": chosen if chosen in FILTERS else "",
        "mailing_id": mailing.id,
        "archived_at": mailing.archived_at,
    }
