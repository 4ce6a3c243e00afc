"""« À l'instant »: the last acts of a room, for its screen."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Activity
from app.campaigns import acts as campaign_acts
from app.database.ids import SpaceId
from app.french.language import _, ngettext
from app.messaging.models import Reply
from app.workshops import acts
from app.workshops.models import Workshop
from app.workshops.phones import wall

SHOWN = 6
LONGEST = 60
"""Characters of an answer that the screen repeats."""
Said = tuple[str, str]


def read(session: Session, workshop: Workshop, space_ids: Sequence[SpaceId]) -> list[Said]:
    """[(who, what they did)], the newest first: « Jeanne », « écrit à 212 personnes »."""
    since = workshop.opened_at or workshop.created_at
    verbs = [acts.SEAT_JOINED.verb, acts.HANDSET_HELD.verb, campaign_acts.SCHEDULED.verb, campaign_acts.STOPPED.verb]
    done = session.scalars(
        select(Activity)
        .where(Activity.space_id.in_(space_ids), Activity.verb.in_(verbs), Activity.at >= since)
        .order_by(Activity.id.desc())
        .limit(SHOWN)
    ).all()
    replies = session.scalars(
        select(Reply).where(Reply.space_id.in_(space_ids), Reply.at >= since).order_by(Reply.id.desc()).limit(SHOWN)
    ).all()
    names = wall.names(session, space_ids, {reply.phone for reply in replies})
    rows: list[tuple[datetime, Said]] = [(one.at, (one.principal_name, _act(one))) for one in done]
    rows += [(one.at, (names.get(one.phone) or _("Un téléphone"), _answer(one.body))) for one in replies]
    return [said for _at, said in sorted(rows, key=lambda row: row[0], reverse=True)[:SHOWN]]


def _act(one: Activity) -> str:
    if one.verb == campaign_acts.SCHEDULED.verb:
        return ngettext("écrit à %(n)s personne", "écrit à %(n)s personnes", int(one.detail.get("people") or 0))
    return {
        acts.SEAT_JOINED.verb: _("arrive, bienvenue !"),
        acts.HANDSET_HELD.verb: _("prend un téléphone en main"),
        campaign_acts.STOPPED.verb: _("arrête à temps : rien n'est parti"),
    }[one.verb]


def _answer(body: str) -> str:
    short = body if len(body) <= LONGEST else f"{body[: LONGEST - 1].rstrip()}…"
    return _("répond « %(body)s »", body=short)
