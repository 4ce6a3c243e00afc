"""A second factor: its secret, and what lets somebody in whose phone is lost."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import UserId
from app.database.tables import Base, UtcDateTime


class FactorColumns:
    """What a user's row holds of their second factor."""

    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when a number from the phone is asked besides the password; None where it is not."""
    factor_sealed: Mapped[str | None] = mapped_column(String(120))
    """The secret behind these numbers, as ``signing.totp`` seals it; waiting for its first number at first."""
    factor_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """The half minute of the last number taken: none of before is taken again."""


class RecoveryCode(Base):
    """One of ten codes kept on paper, each good once in place of a number from the phone."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UserId] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
