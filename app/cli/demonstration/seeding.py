"""What a demonstration finds on its first start: three spaces and three people who sign in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import choice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import access_grants, secrets, spaces, team
from app.accounts.models import Mode, Role, Space, Staff, User
from app.accounts.principal import TAMBOUR
from app.accounts.signing import signing_in, users
from app.cli.demonstration import playing
from app.cli.sign_ins import SignIn
from app.french.language import _
from app.programme import seeds
from app.settings import Settings
from app.workshops.practice import contents

BY = TAMBOUR
BEFORE = timedelta(days=30)
"""Spaces and people are there before what they did."""


def is_empty(session: Session) -> bool:
    """Whether nobody has begun anything here."""
    return session.scalar(select(Space.id).limit(1)) is None and session.scalar(select(User.id).limit(1)) is None


def seed(session: Session, *, settings: Settings, now: datetime) -> Sequence[SignIn]:
    """Fill an empty database, and say who may sign in: the only time their passwords are known."""
    begun = now - BEFORE
    seeds.plant(session, now=now)
    people = {
        "programme": _user(session, "Inès Carlier", "programme", staff=Staff.PROGRAMME, now=begun),
        "referente": _user(session, "Odile Vasseur", "referente", staff=None, now=begun),
        "formatrice": _user(session, "Maud Delaunay", "formatrice", staff=Staff.TRAINER, now=begun),
    }
    programme = _space(session, "Programme numérique et bénévolat", Mode.LIVE, settings, begun, "programme", "Tambour")
    quai = _space(session, "Les Amis du Quai", Mode.PRACTICE, settings, begun, "demo", contents.SENDER)
    pont = _space(session, "Épicerie solidaire du Pont", Mode.LIVE, settings, begun, "pont", "")
    referente = people["referente"][0]
    for space in (quai, pont):
        team.add(session, space, referente, role=Role.REFERENTE, by=BY, now=begun)
    # A practice space of no workshop opens to trainers as to anybody: by membership.
    team.add(session, quai, people["formatrice"][0], role=Role.REFERENTE, by=BY, now=begun)
    programme.contact_phone = "03 53 01 00 80"
    quai.contact_name, quai.contact_phone = referente.name, "03 53 01 00 81"
    access_grants.open_to(
        session,
        programme,
        people["programme"][0].id,
        lasts=timedelta(days=365),
        reason=_("Lire les codes que la démonstration envoie"),
        by=BY,
        now=now,
    )
    contents.fill(session, quai, settings=settings, by=signing_in.principal_of(referente), now=now)
    playing.play(
        session, programme, staff=people["programme"][0], trainer=people["formatrice"][0], settings=settings, now=now
    )
    words = {"programme": _("Programme"), "referente": _("Référente"), "formatrice": _("Formatrice")}
    return [SignIn(words[key], user.email, password) for key, (user, password) in people.items()]


def _user(session: Session, name: str, word: str, *, staff: Staff | None, now: datetime) -> tuple[User, str]:
    user = users.make_missing(session, email=f"{word}@demo.example", name=name, by=BY, now=now)
    if staff is not None:
        users.join_staff(session, user, kind=staff, by=BY, now=now)
    password = "-".join("".join(choice(secrets.ALPHABET) for _character in range(4)) for _group in range(3))
    signing_in.choose_password(session, user, password, now=now)
    return user, password


def _space(session: Session, name: str, mode: Mode, settings: Settings, now: datetime, slug: str, sender: str) -> Space:
    return spaces.make(
        session,
        name=name,
        mode=mode,
        settings=settings,
        by=BY,
        now=now,
        slug=slug,
        sender=sender,
        two_way=sender == contents.SENDER,
    )
