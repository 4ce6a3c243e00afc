"""`tambour backup`: the whole database in one file, while everything runs."""

from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.start import opened_database
from app.clock import PARIS, utc_now
from app.database.backups import service
from app.database.backups.archive import About
from app.database.engine import Database
from app.french.typography import show_instant
from app.health import backups
from app.settings import read_settings


@click.command("backup")
@click.argument("file", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Sauvegarder la base dans un fichier, programmes en marche ou non. Les clés n'y sont pas."""
    with opened_database() as database:
        about = service.take(
            database, file.absolute(), settings=read_settings(), program=version("tambour"), now=utc_now()
        )
        size = file.stat().st_size
        _note(database, about, size)
    taken_at = show_instant(datetime.fromisoformat(about.taken_at), PARIS)
    kilobytes = -(-size // 1000)
    click.echo(f"Sauvegardé le {taken_at} dans {file} ({kilobytes} ko, schéma {about.revision}).")
    click.echo("Gardez settings.env ailleurs : sans sa TAMBOUR_FINGERPRINT_KEY, cette sauvegarde ne sert à rien.")


def _note(database: Database, about: About, size: int) -> None:
    """Have the database know of it, for whoever watches. The file is good without: what goes wrong is a warning."""
    try:
        with database.transaction() as session:
            backups.note(session, backups.Backup(datetime.fromisoformat(about.taken_at), size))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        click.echo(
            f"La sauvegarde est bonne, mais la base n'a pas pu la noter ({reason}) : « Santé », « tambour doctor » et "
            "les alertes parleront encore de celle d'avant.",
            err=True,
        )
