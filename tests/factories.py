"""Rows with defaults: a test says only what it is about. Each ``make_x`` flushes, so that ids are known."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts import signing_in
from app.accounts.guards import COOKIE
from app.accounts.models import Membership, Mode, Role, Space, User
from app.accounts.principal import USER, Principal
from app.accounts.secrets import fingerprint
from app.clock import utc_now
from app.contacts.models import Contact, ContactList, ListMember
from app.contacts.naming import name_key, sort_key

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
"""A Tuesday, far from nights, Sundays and holidays."""
FINGERPRINT_KEY = "another secret, for the phones that said no"
"""The one of the ``settings`` fixture."""
SOMEBODY = Principal(USER, None, "Odile")

_numbers = count(1)


def next_phone() -> str:
    """A fiction number that no test has had."""
    return f"+3363998{next(_numbers) % 10_000:04d}"


def make_space(session: Session, **words: Any) -> Space:
    number = next(_numbers)
    mode = words.get("mode", Mode.LIVE)
    account = {"carrier_account_sid": f"AC{number:032d}", "carrier_auth_token": "e" * 32}
    space = Space(
        **{
            "slug": f"espace-{number}",
            "name": f"Espace {number}",
            "mode": mode,
            "sender": "Emmaus80",
            "hours_hold": mode is Mode.LIVE,
            "rate_per_s": 50,
            "budget_micros": None,
            "created_at": NOON,
            **(account if mode is Mode.PRACTICE else {}),
            **words,
        }
    )
    session.add(space)
    session.flush()
    return space


def make_user(session: Session, *, space: Space | None = None, role: Role = Role.REFERENTE, **words: Any) -> User:
    """A user; with ``space``, a member of it."""
    number = next(_numbers)
    user = User(**{"email": f"u{number}@exemple.fr", "name": f"Personne {number}", "created_at": NOON, **words})
    session.add(user)
    session.flush()
    if space is not None:
        session.add(Membership(space_id=space.id, user_id=user.id, role=role, created_at=NOON))
        session.flush()
    return user


def sign_in(client: FlaskClient, session: Session, user: User) -> None:
    """Give the browser of ``client`` the user's cookie."""
    client.set_cookie(COOKIE, signing_in.start(session, user, browser="tests", now=utc_now()))


def make_contact(session: Session, space: Space, *, on: ContactList | None = None, **words: Any) -> Contact:
    """A contact; with ``on``, a member of that list."""
    values = {"phone": next_phone(), "first_name": "Jeanne", "last_name": f"Martin {next(_numbers)}", **words}
    contact = Contact(
        **{
            "space_id": space.id,
            "fingerprint": fingerprint(values["phone"], key=FINGERPRINT_KEY),
            "name_key": name_key(values["first_name"]),
            "sort_key": sort_key(values["last_name"], values["first_name"]),
            "created_at": NOON - timedelta(days=1),
            "updated_at": NOON - timedelta(days=1),
            **values,
        }
    )
    session.add(contact)
    session.flush()
    if on is not None:
        session.add(ListMember(list_id=on.id, contact_id=contact.id))
        session.flush()
    return contact


def make_list(session: Session, space: Space, **words: Any) -> ContactList:
    made = ContactList(**{"space_id": space.id, "name": f"Liste {next(_numbers)}", "created_at": NOON, **words})
    session.add(made)
    session.flush()
    return made
