"""What every process is handed: settings, database, carriers."""

from dataclasses import dataclass

from app.carrier.carriers import Carriers
from app.database.engine import Database
from app.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """Built once by ``app.assembly``; Flask, jobs and the command line receive the same."""

    settings: Settings
    database: Database
    carriers: Carriers
