"""`tambour reconcile`: ask the carrier now what its receipts would have said."""

import os
import sys

import click

from app.cli.start import ready_settings


@click.command("reconcile")
def reconcile() -> None:
    """Demander maintenant à l'opérateur des nouvelles de chaque SMS, et les réponses arrivées sans nous."""
    ready_settings()
    # A program of its own: nothing of app imports jobs.
    os.execv(sys.executable, [sys.executable, "-m", "jobs.asking"])  # noqa: S606 - our own program, by its name, and no shell
