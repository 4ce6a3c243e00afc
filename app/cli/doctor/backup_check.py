"""Whether a backup was taken lately: one that fails each night is otherwise found on the day of the restore."""

from contextlib import closing

from sqlalchemy.exc import SQLAlchemyError

from app.cli.doctor.findings import Finding
from app.clock import utc_now
from app.database.engine import Database
from app.health import backups
from app.settings import Settings


def last_backup(settings: Settings) -> Finding:
    """The last one that the database knows of. After a restore that is the one before the file restored."""
    name, now = "dernière sauvegarde", utc_now()
    try:
        with closing(Database(settings.database_url)) as found, found.snapshot() as session:
            last = backups.last(session)
    except SQLAlchemyError:
        return Finding(name, note="non regardée, faute de base de données")
    if wrong := backups.wrong(last, now=now, settings=settings):
        return Finding(name, wrong=wrong, mend=backups.MEND)
    return Finding(name, note=backups.told(last, now=now))
