"""Who agreed to share the counts of their association, and the counts of each month."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.tables import Base, UtcDateTime
from app.programme.sharing.rules import BANDS, Figures


class SharingAgreement(Base):
    """An association's agreement; its journal tells those of before."""

    __tablename__ = "sharing_agreements"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id", ondelete="CASCADE"), unique=True)
    agreed_by: Mapped[str] = mapped_column(String(80))
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From its month on."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing more is counted; agreed again, it is None."""


class SharedMonth(Base):
    """The counts of one month of one association; None is a figure under five, which was never written."""

    __tablename__ = "shared_months"
    __table_args__ = (UniqueConstraint("association_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id", ondelete="CASCADE"))
    month: Mapped[date]
    """Its first day, in Paris."""
    texts: Mapped[int | None]
    """SMS that the carrier took."""
    dates: Mapped[int | None]
    """Missions and other dates that were held."""
    places: Mapped[int | None]
    """Of people who came to them, or said so where nobody noted who came."""
    age_under_25: Mapped[int | None]
    """Volunteers by age when the month was counted; those that were set aside are none."""
    age_25_34: Mapped[int | None]
    age_35_49: Mapped[int | None]
    age_50_64: Mapped[int | None]
    age_65_plus: Mapped[int | None]
    age_unknown: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def figures(self) -> Figures:
        names = ("texts", "dates", "places", *BANDS)
        return Figures(**{name: getattr(self, name) for name in names})
