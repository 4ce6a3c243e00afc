"""Who may need the trainer, and why: nothing for a while, what they typed refused twice, a text of three SMS."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Activity
from app.campaigns import acts as campaign_acts
from app.database.ids import SpaceId
from app.french.language import _
from app.workshops import acts

AFTER = timedelta(minutes=6)
"""Without a step for so long, somebody may need the trainer."""
REFUSALS = 2
PARTS = 3
"""SMS that a text is counted as: it has to be mended, and its writer may not see how."""


@dataclass(frozen=True)
class Trouble:
    """What happened in a copy since its last step: forms refused, and the SMS of the text written last."""

    refused: int = 0
    parts: int = 0


def read(session: Session, since: Mapping[SpaceId, datetime]) -> dict[SpaceId, Trouble]:
    """The trouble of each copy, from its trail; ``since`` is the instant of its last step."""
    if not since:
        return {}
    verbs = [acts.FORM_REFUSED.verb, campaign_acts.EDITED.verb]
    rows = session.execute(
        select(Activity.space_id, Activity.verb, Activity.detail, Activity.at)
        .where(Activity.space_id.in_(since), Activity.verb.in_(verbs), Activity.at >= min(since.values()))
        .order_by(Activity.at, Activity.id)
    )
    found = {space_id: Trouble() for space_id in since}
    for space_id, verb, detail, at in rows:
        if space_id is None or at < since[space_id]:
            continue
        before = found[space_id]
        if verb == acts.FORM_REFUSED.verb:
            found[space_id] = Trouble(before.refused + 1, before.parts)
        else:
            found[space_id] = Trouble(before.refused, int((detail or {}).get("parts") or 0))
    return found


def why(trouble: Trouble, idle: timedelta) -> str:
    """What keeps somebody at their step, ``idle`` after the last one; empty when nothing seems to."""
    if trouble.refused >= REFUSALS:
        return _("%(n)s saisies refusées", n=trouble.refused)
    if trouble.parts >= PARTS:
        return _("%(n)s SMS au compteur", n=trouble.parts)
    if idle > AFTER:
        return _("plus rien depuis %(n)s min", n=int(idle.total_seconds() // 60))
    return ""
