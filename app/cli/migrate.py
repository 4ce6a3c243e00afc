"""`tambour migrate`: the schema brought up to this program's."""

from contextlib import closing
from pathlib import Path

import click

from app.cli.start import opened_database
from app.clock import utc_now
from app.database import labels, migrations
from app.database.engine import Database
from app.database.revisions import SchemaError, found_revision, newest_revision, runs_on
from app.programme import seeds
from app.settings import Settings, read_settings


@click.command("migrate")
@click.option("--check", "checks", is_flag=True, help="Dire seulement si elle y est : code 1 sinon, rien n'est changé.")
@click.pass_context
def migrate(ctx: click.Context, checks: bool) -> None:
    """Mettre la base de données à la version de ce programme."""
    settings = read_settings()
    if checks:
        found, newest = _found(settings), newest_revision()
        if not runs_on(found, newest):
            click.echo(_apart(found, newest), err=True)
            ctx.exit(1)
        click.echo(f"La base de données est à jour (schéma {found}, celui de ce programme : {newest}).")
        return
    with opened_database() as database:
        labels.require_own_key(database, settings.fingerprint_key)
        found, newest = found_revision(database), newest_revision()
        if not runs_on(found, newest):
            if found > newest:
                raise SchemaError(_apart(found, newest))
            migrations.upgrade(database)
        if found <= newest:
            with database.transaction() as session:
                seeds.plant(session, now=utc_now())
        labels.claim(database, settings.fingerprint_key)
    click.echo("La base de données est à jour.")


def _found(settings: Settings) -> str:
    """The database's revision; asking makes no file that was not there."""
    with closing(Database(settings.database_url)) as database:
        if database.is_sqlite and not Path(database.url.database or "").is_file():
            return ""
        return found_revision(database)


def _apart(found: str, newest: str) -> str:
    if not found:
        return f"La base de données est vide, et ce programme attend le schéma {newest} : lancez « tambour migrate »."
    if found > newest:
        return f"La base de données est au schéma {found}, plus récent que ce programme ({newest}) : mettez-le à jour."
    stop = "" if found[:1] == newest[:1] else " Arrêtez d'abord tous les programmes : ce schéma-là change d'époque."
    return (
        f"La base de données est au schéma {found}, et ce programme attend {newest} : lancez « tambour migrate ».{stop}"
    )
