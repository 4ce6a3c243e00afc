"""What the resource centre leaves to the programme's staff this week."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import PARIS
from app.french.language import _
from app.programme.progress.todo import Line
from app.programme.resources import reading, rules

ADDRESS = "/programme/ressources"
LATE = timedelta(days=30)
"""After the year during which facts are taken as read."""


def lines(session: Session, *, now: datetime) -> list[Line]:
    """The public pages whose facts were last read over a year ago, the oldest first; late a month after."""
    today = now.astimezone(PARIS).date()
    stale = [
        (checked_on, version.title)
        for version in reading.all_public(session)
        if (checked_on := version.checked_on) is not None and rules.is_stale(checked_on, today=today)
    ]
    if not stale:
        return []
    checked_on, first = min(stale)
    on = checked_on + rules.FRESH
    title = _("Relire « %(title)s »", title=first)
    why = _("Ses faits ont été vérifiés il y a plus d'un an : ils ont pu changer.")
    if len(stale) > 1:
        title = _("Relire %(n)s pages du centre de ressources", n=len(stale))
        why = _("Leurs faits ont plus d'un an. La plus ancienne : %(title)s.", title=first)
    return [Line(title, why, _("Relire"), "eye", ADDRESS, on, is_late=on + LATE < today)]
