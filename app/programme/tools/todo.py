"""What the catalogue leaves to the programme's staff this week."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import PARIS
from app.french.language import _
from app.programme.progress.todo import Line
from app.programme.tools import suggesting

ADDRESS = "/programme/outils"
LATE = timedelta(days=7)
"""By when whoever wrote should have been read."""


def lines(session: Session, *, now: datetime) -> list[Line]:
    """What readers wrote that nobody settled, late after a week."""
    waiting = suggesting.waiting(session)
    if not waiting:
        return []
    title = _("Lire ce qu'on dit d'un outil")
    if len(waiting) > 1:
        title = _("Lire ce qu'on dit de %(n)s outils", n=len(waiting))
    first = waiting[0]
    on = (first.created_at + LATE).astimezone(PARIS).date()
    why = _("Des lecteurs du catalogue proposent ou corrigent : %(name)s.", name=first.name)
    return [Line(title, why, _("Lire"), "eye", ADDRESS, on, is_late=on < now.astimezone(PARIS).date())]
