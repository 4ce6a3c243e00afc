"""`tambour archive`: the months that are over leave the database for files."""

import signal
from pathlib import Path
from types import FrameType

import click

from app.cli.start import opened_database
from app.clock import utc_now
from app.database.labels import require_fit
from app.french.typography import show_number
from app.messaging.archive import choosing, service
from app.settings import read_settings


@click.command("archive")
@click.argument("folder", metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--until", metavar="AAAA-MM", help="Dernier mois à sortir ; sans elle, treize mois entiers restent.")
def archive(folder: Path, until: str | None) -> None:
    """Sortir de la base les SMS des mois finis, en CSV, sans textes ni numéros. Interrompue, la commande reprend."""
    now = utc_now()
    until = until or choosing.months_ago(choosing.KEPT_MONTHS, now=now)
    try:
        choosing.first_of(until)
    except ValueError:
        raise click.UsageError("--until attend un mois : 2025-03.") from None
    ending: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        ending.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    total = 0
    with opened_database() as database:
        require_fit(database, read_settings().fingerprint_key)
        for month in service.take(database, folder.absolute(), until=until, now=now, stop=lambda: bool(ending)):
            total += month.messages
            counts = f"{show_number(month.messages)} SMS de {show_number(month.mailings)} envois"
            click.echo(f"{month.month} : {counts} dans {month.place}.")
            if month.changed:
                click.echo(f"  {month.changed} envois ont bougé depuis : leurs SMS restent dans la base.")
    if ending:
        click.echo("Arrêté en chemin : relancez la même commande, elle reprend.")
    elif not total:
        click.echo(f"Rien à archiver jusqu'à {until}.")
