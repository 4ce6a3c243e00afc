"""`tambour restore`: a backup put back, with everything stopped until `tambour restored` has asked."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import delete, inspect

from app.cli.start import CannotStart, opened_database
from app.clock import PARIS, utc_now
from app.database.backups import service
from app.database.engine import Database
from app.french.typography import show_instant
from app.health import service as health
from app.health.models import Heartbeat
from app.messaging.restore import halt
from app.settings import read_settings

SAID_FIRST = (halt.HALT_A_BACKUP, str(delete(Heartbeat)))
"""Nothing leaves, and no jobs of the backup's time pass for alive."""


@click.command("restore")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Prendre la place d'une base qui n'est pas vide.")
def restore(file: Path, replace: bool) -> None:
    """Remettre en place une sauvegarde. Rien ne part ensuite avant « tambour restored »."""
    settings = read_settings()
    with opened_database() as database:
        require_stopped(database)
        done = service.put_back(
            database, file.absolute(), settings=settings, statements=SAID_FIRST, may_replace=replace
        )
    click.echo(f"Restauré : la base du {show_instant(datetime.fromisoformat(done.about.taken_at), PARIS)}.")
    if done.is_resealed:
        click.echo("TAMBOUR_SECRET_KEY n'est plus la même : qui a la double vérification entre par un code de secours.")
        click.echo("À qui n'en a plus : « tambour user reset-factor ADRESSE ».")
    click.echo("Rien ne part avant « tambour restored », qui demande à l'opérateur ce qui est déjà parti. Lancez-le.")


def require_stopped(database: Database) -> None:
    """Raises CannotStart while jobs beat on this database: they would go on sending from under it."""
    with database.snapshot() as session:
        if not inspect(session.connection()).has_table(Heartbeat.__tablename__):
            return
        alive = health.alive(session, now=utc_now())
    if alive:
        hosts = ", ".join(sorted({beat.host for beat in alive}))
        raise CannotStart(
            f"« tambour jobs » tourne sur {hosts} : arrêtez-le, ainsi que « tambour web », puis recommencez. "
            "S'il a été tué, attendez une minute."
        )
