"""`tambour demo`: a data folder one can play in."""

from pathlib import Path

import click

from app.cli import sign_ins
from app.cli.demonstration import seeding
from app.cli.folder import prepare_folder
from app.cli.start import opened_database
from app.clock import utc_now
from app.database import labels, migrations
from app.database.revisions import schema_is_current
from app.programme import seeds
from app.settings import read_settings


@click.command("demo")
@click.option("--data-dir", envvar="TAMBOUR_DATA_DIR", default="var", type=click.Path(path_type=Path), hidden=True)
@click.option(
    "--port", envvar="PORT", default=8000, show_default=True, help="Port du web ; le simulateur prend le suivant."
)
@click.option("--lan", envvar="LAN", is_flag=True, help="Ouvrir au réseau local.")
def demo(data_dir: Path, port: int, lan: bool) -> None:
    """Préparer le dossier de données : secrets, base, données de démonstration."""
    prepare_demo(data_dir.absolute(), port=port, lan=lan)


def prepare_demo(data_dir: Path, *, port: int, lan: bool) -> None:
    """Everything that must be there before web, jobs and simulator start. A second time keeps the data."""
    prepare_folder(data_dir, port=port, lan=lan)
    with opened_database() as database:
        if not schema_is_current(database):
            migrations.upgrade(database)
        settings = read_settings()
        labels.claim(database, settings.fingerprint_key)
        with database.transaction() as session:
            seeds.plant(session, now=utc_now())
            if settings.demo and seeding.is_empty(session):
                # Written before the commit: a password that nobody knows is worse than one that opens nothing.
                sign_ins.write(data_dir, seeding.seed(session, settings=settings, now=utc_now()))
