"""Rows with defaults: a test says only what it is about. Each ``make_x`` flushes, so that ids are known."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Membership, Mode, Role, Space, User
from app.accounts.principal import USER, Principal
from app.accounts.secrets import fingerprint
from app.accounts.signing import signing_in
from app.accounts.web.guards import COOKIE
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.consent.families import Family
from app.contacts.models import Contact, ContactList, ListMember
from app.contacts.naming import name_key, sort_key
from app.hooks.events import Kind
from app.hooks.models import Delivery, Hook
from app.messaging import tallies
from app.messaging.messages import new_public_id
from app.messaging.models import Mailing, Message
from app.messaging.status import Status

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
"""A Tuesday, far from nights, Sundays and holidays."""
FINGERPRINT_KEY = "another secret, for the phones that said no"
"""The one of the ``settings`` fixture."""
SOMEBODY = Principal(USER, None, "Odile")

_numbers = count(1)


def next_phone() -> str:
    """A fiction number that no test has had, that no practice person has and that meets none of the simulator's fates.

    Practice people have 06 39 98 00 00 to 06 39 98 49 99, bad numbers end as fates do: what is left is
    06 39 98 50 10 to 06 39 98 99 99 without the endings below ten.
    """
    hundred, ending = divmod(next(_numbers), 90)
    return f"+3363998{50 + hundred % 50}{10 + ending}"


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


def make_campaign(session: Session, space: Space, **words: Any) -> Campaign:
    """A draft for nobody yet."""
    campaign = Campaign(
        **{
            "space_id": space.id,
            "family": Family.CHARITABLE,
            "body": "Bonjour {prénom}, il nous manque des bras samedi.",
            "sender": space.sender,
            "audience": {"lists": [], "contacts": [], "except": []},
            "created_at": NOON,
            "updated_at": NOON,
            **words,
        }
    )
    session.add(campaign)
    session.flush()
    return campaign


def make_mailing(session: Session, space: Space | None = None, **words: Any) -> Mailing:
    space = space or make_space(session)
    mailing = Mailing(
        **{
            "space_id": space.id,
            "sender": space.sender,
            "family": Family.SERVICE,
            "served_at": NOON,
            "created_at": NOON,
            **words,
        }
    )
    session.add(mailing)
    session.flush()
    return mailing


def make_message(session: Session, mailing: Mailing | None = None, **words: Any) -> Message:
    """A message and its tally; queued, due at NOON, to a real number unless its space is for practice."""
    mailing = mailing or make_mailing(session)
    space = session.get_one(Space, mailing.space_id)
    practice = space.mode is Mode.PRACTICE
    phone = words.get("phone") or (next_phone() if practice else f"+33612{next(_numbers):06d}")
    message = Message(
        **{
            "public_id": new_public_id("p" if practice else "l"),
            "space_id": mailing.space_id,
            "mailing_id": mailing.id,
            "phone": phone,
            "fingerprint": fingerprint(phone, key=FINGERPRINT_KEY),
            "zone": "Europe/Paris",
            "body": f"Bonjour {next(_numbers)}",
            "parts": 1,
            "price_micros": 75_000,
            "not_before": NOON,
            "not_after": NOON + timedelta(hours=24),
            "status": Status.QUEUED,
            "created_at": NOON,
            **words,
        }
    )
    session.add(message)
    session.flush()
    change = tallies.Change(
        mailing.space_id, mailing.id, None, message.status, 1 if message.is_latest else 0, message.price_micros
    )
    tallies.note(session, [change])
    return message


def make_hook(session: Session, space: Space, **words: Any) -> Hook:
    """A subscription to everything; nothing listens at its address."""
    hook = Hook(
        **{
            "space_id": space.id,
            "name": "Site",
            "url": "https://hooks.example/tambour",
            "secret": "whsec_" + "A" * 43 + "=",
            "events": [kind.value for kind in Kind],
            "next_at": NOON,
            "served_at": NOON,
            "created_by": "Odile",
            "created_at": NOON,
            **words,
        }
    )
    session.add(hook)
    session.flush()
    return hook


def make_delivery(session: Session, hook: Hook, **words: Any) -> Delivery:
    """One event for a subscription, due at NOON."""
    number = next(_numbers)
    delivery = Delivery(
        **{
            "space_id": hook.space_id,
            "hook_id": hook.id,
            "public_id": f"evt_{number}",
            "kind": Kind.CONTACT_OPTED_OUT,
            "data": {"contact_id": number},
            "next_at": NOON,
            "created_at": NOON,
            **words,
        }
    )
    session.add(delivery)
    session.flush()
    return delivery
