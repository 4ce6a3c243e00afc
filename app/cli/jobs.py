"""`tambour jobs`: what happens by itself — launching, sending, reconciling."""

import os
import sys

import click

from app.cli.start import ready_settings


@click.command("jobs")
def jobs() -> None:
    """Faire partir les SMS et tout ce qui a son heure."""
    ready_settings()
    # A program of its own: nothing of app imports jobs.
    os.execv(sys.executable, [sys.executable, "-m", "jobs"])  # noqa: S606 - our own program, by its name, and no shell
