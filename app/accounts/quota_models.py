"""What may be done only so often in a day or a month."""

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.tables import Base


class Quota(Base):
    """How often one thing was done in one period. Unlike a ``Failure``, no success ever clears it."""

    __tablename__ = "quotas"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    """``d:`` for a day or ``m:`` for a month, then what is counted."""
    starts_on: Mapped[date] = mapped_column(Date, primary_key=True)
    """The day in Paris, or the first of the month."""
    used: Mapped[int] = mapped_column(default=0, server_default="0")
