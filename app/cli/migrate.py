"""`tambour migrate`: the schema brought up to this program's."""

import click

from app import migrating
from app.cli.revisions import write_revision
from app.cli.start import opened_database


@click.command("migrate")
@click.option("--write", metavar="VERBE_NOM", hidden=True, help="Écrire la prochaine révision d'après les modèles.")
def migrate(write: str | None) -> None:
    """Mettre la base de données à la version de ce programme."""
    if write:
        click.echo(write_revision(write))
        return
    with opened_database() as database:
        migrating.upgrade(database)
    click.echo("La base de données est à jour.")
