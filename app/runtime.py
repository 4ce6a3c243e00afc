"""What every process is handed: settings, database, carriers, and the clock of what processes share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.carrier.carriers import Carriers
from app.database.clock import shared_now
from app.database.engine import Database
from app.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """Built once by ``app.assembly``; Flask, jobs and the command line receive the same."""

    settings: Settings
    database: Database
    carriers: Carriers
    clock: Callable[[Session], datetime] = shared_now
    """What time it is for rows that one process writes and another judges by their age."""
