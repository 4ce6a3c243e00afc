"""`tambour simulator`: the carrier of practice spaces, on this machine alone."""

import click

from app import logs
from app.cli.start import require_free_port
from app.database.private import keep_private
from app.settings import read_settings
from app.simulator.server import Simulator, serve

HOST = "127.0.0.1"


@click.command("simulator")
def simulator() -> None:
    """Faire l'opérateur pour les espaces d'entraînement."""
    logs.set_up()
    settings = read_settings()
    require_free_port(HOST, settings.simulator_port, mend="Choisissez-en un autre avec TAMBOUR_SIMULATOR_URL.")
    keep_private(settings)
    data_path = settings.data_dir / "simulator.sqlite3"
    data_path.touch(mode=0o600)
    serve(
        Simulator(
            data_path=data_path,
            inbound_url=f"{settings.public_url.rstrip('/')}/webhooks/twilio/inbound",
        ),
        host=HOST,
        port=settings.simulator_port,
    )
