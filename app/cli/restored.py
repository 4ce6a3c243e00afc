"""`tambour restored`: after a restore, nobody is texted again."""

import os
import sys

import click

from app.cli.start import ready_settings


@click.command("restored")
def restored() -> None:
    """Après une restauration : demander à l'opérateur ce qui est déjà parti, puis laisser partir le reste."""
    ready_settings()
    # A program of its own: nothing of app imports jobs.
    os.execv(sys.executable, [sys.executable, "-m", "jobs.restoring"])  # noqa: S606 - our own program, by its name, and no shell
