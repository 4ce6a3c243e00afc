"""`tambour backup`: the whole database in one file, while everything runs."""

from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import click

from app.cli.start import opened_database
from app.clock import utc_now
from app.database.backups import service
from app.french.typography import show_instant
from app.settings import read_settings


@click.command("backup")
@click.argument("file", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Sauvegarder la base dans un fichier, programmes en marche ou non. Les clés n'y sont pas."""
    with opened_database() as database:
        about = service.take(
            database, file.absolute(), settings=read_settings(), program=version("tambour"), now=utc_now()
        )
    taken_at = show_instant(datetime.fromisoformat(about.taken_at))
    kilobytes = -(-file.stat().st_size // 1000)
    click.echo(f"Sauvegardé le {taken_at} dans {file} ({kilobytes} ko, schéma {about.revision}).")
    click.echo("Gardez settings.env ailleurs : sans sa TAMBOUR_FINGERPRINT_KEY, cette sauvegarde ne sert à rien.")
