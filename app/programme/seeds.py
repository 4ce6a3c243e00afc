"""What the programme's rooms hold before anybody writes in them: the questionnaire, the catalogue, guides, partners."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.programme.diagnostic import seed as diagnostic
from app.programme.partners import seed as partners
from app.programme.recommendations import seed as recommendations
from app.programme.resources import seed as resources
from app.programme.tools import seed as tools

SEEDS: tuple[Callable[[Session, datetime], object], ...] = (
    partners.seed,
    tools.seed,
    diagnostic.seed,
    recommendations.seed,
    resources.seed,
)
"""In their order: recommendations name tools. Each adds what is not there, and leaves what somebody changed."""


def plant(session: Session, *, now: datetime) -> None:
    """All of them, after every migration: a second time changes nothing."""
    for seed in SEEDS:
        seed(session, now)
