"""The last backup that a database knows of: when it was taken, how large it is, and whether that is too long ago.

The database notes it once the file is whole, so that the copy inside knows of the backup before. Restored, a database
says an older one than the file it came from, and never a younger: it asks for a new backup too early rather than too
late, and that of the next night puts it right. Only `tambour backup` notes anything: who copies by other means is told
that there is none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import PARIS
from app.database.engine import upsert
from app.french.language import _
from app.french.typography import show_instant, show_time
from app.messaging.restore import halt
from app.messaging.restore.models import SendingState
from app.programme.files.kinds import show_size
from app.settings import Settings

LATE_AFTER = timedelta(hours=30)
"""The timer's night, and the time that a long one takes."""
MEND = _(
    "Lisez « journalctl -u tambour-backup », voyez si « systemctl list-timers tambour-backup » en prévoit une, "
    "puis faites-en une : « tambour backup FICHIER »."
)


@dataclass(frozen=True)
class Backup:
    """Of the database as it was at ``taken_at``, in a file of ``size`` bytes."""

    taken_at: datetime
    size: int


def note(session: Session, backup: Backup) -> None:
    """Write down that the file is there."""
    row = {"id": halt.ONLY, "backed_up_at": backup.taken_at, "backup_bytes": backup.size}
    changed = [SendingState.backed_up_at, SendingState.backup_bytes]
    upsert(session, SendingState, row, unique=[SendingState.id], changed=changed)


def last(session: Session) -> Backup | None:
    """The last one noted; None for a database that never was."""
    state = halt.find(session)
    return Backup(state.backed_up_at, state.backup_bytes or 0) if state and state.backed_up_at else None


def told(backup: Backup | None, *, now: datetime) -> str:
    """« hier à 3 h (383 ko) », « aucune connue de cette version »: those of before the note was there are not."""
    if backup is None:
        return _("aucune connue de cette version")
    days = (now.astimezone(PARIS).date() - backup.taken_at.astimezone(PARIS).date()).days
    if days in (0, 1):
        when = _("hier à %(time)s") if days else _("aujourd'hui à %(time)s")
        when %= {"time": show_time(backup.taken_at, PARIS)}
    else:
        when = _("le %(day)s", day=show_instant(backup.taken_at, PARIS))
    return f"{when} ({show_size(backup.size)})"


def wrong(backup: Backup | None, *, now: datetime, settings: Settings) -> str:
    """What is amiss, in a sentence; empty when nothing is, as where no text reaches a real phone."""
    if settings.demo or settings.carrier_is_simulator:
        return ""
    if backup is None:
        return _(
            "cette version n'en connaît aucune : celles d'une version d'avant, ou faites autrement, ne se notent pas."
        )
    if now - backup.taken_at > LATE_AFTER:
        return _("%(told)s, il y a plus de trente heures.", told=told(backup, now=now))
    return ""
