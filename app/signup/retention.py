"""What goes by itself: sign-ups that nobody confirmed, and what is left of those that were."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.signup.models import SignUp


def forget_expired(session: Session, *, now: datetime) -> int:
    """Drop every sign-up whose time is over; how many."""
    gone = delete(SignUp).where(SignUp.expires_at <= now).returning(SignUp.id)
    return len(session.scalars(gone).all())
