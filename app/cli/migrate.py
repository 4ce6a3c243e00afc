"""`tambour migrate`: the schema brought up to this program's."""

import click

from app.cli.start import opened_database
from app.database import migrations


@click.command("migrate")
def migrate() -> None:
    """Mettre la base de données à la version de ce programme."""
    with opened_database() as database:
        migrations.upgrade(database)
    click.echo("La base de données est à jour.")
