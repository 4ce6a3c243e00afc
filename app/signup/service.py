"""The page of a space: whether it is open, what it says, which list it fills."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts import lists
from app.database.ids import ListId, SpaceId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.messaging.posting import check_sender
from app.signup import acts
from app.signup.models import SignUp, SignUpPage

PATH = "/inscription/"
WELCOME_CHARACTERS = 600


@dataclass(frozen=True)
class OpenPage:
    """A page that anybody may fill in."""

    space: Space
    page: SignUpPage


def address(public_url: str, space: Space) -> str:
    """Where the page is, as its QR code says it."""
    return f"{public_url.rstrip('/')}{PATH}{space.slug}"


def get(session: Session, space_id: SpaceId) -> SignUpPage:
    """The page of a space; a closed one, not stored, where nobody has set it."""
    found = session.scalar(select(SignUpPage).where(SignUpPage.space_id == space_id))
    return found or SignUpPage(space_id=space_id, is_open=False, welcome="", list_id=None, asks_commercial=False)


def open_page(session: Session, slug: str) -> OpenPage:
    """The page behind an address. Raises NotFound for one that is closed as for a space that never was."""
    space = spaces.find(session, slug)
    page = get(session, space.id) if space else None
    if space is None or page is None or not page.is_open:
        raise NotFound("sign_up_closed", _("Cette page d'inscription n'est pas ouverte."))
    return OpenPage(space, page)


def change(
    session: Session,
    space: Space,
    *,
    is_open: bool,
    welcome: str,
    list_id: ListId | None,
    asks_commercial: bool,
    by: Principal,
    now: datetime,
) -> SignUpPage:
    """Set the page. Raises RuleBroken to open one of a space without sender or without a number to phone."""
    spaces.lock(session, space.id)
    page = get(session, space.id)
    if is_open:
        _check_ready(space)
    wanted = {
        "is_open": is_open,
        "welcome": welcome,
        "list_id": lists.get(session, space.id, list_id).id if list_id else None,
        "asks_commercial": asks_commercial,
    }
    changed = [name for name, value in wanted.items() if getattr(page, name) != value]
    if not changed:
        return page
    for name in changed:
        setattr(page, name, wanted[name])
    page.updated_at = now
    session.add(page)
    session.flush()
    act = acts.PAGE_CHANGED
    if "is_open" in changed:
        act = acts.PAGE_OPENED if is_open else acts.PAGE_CLOSED
    activity.record(session, space.id, act, by=by, now=now, subject_id=space.id, changed=" ".join(changed))
    return page


def waiting(session: Session, space_id: SpaceId, *, now: datetime) -> int:
    """How many people filled in the page and have not confirmed yet."""
    query = select(func.count(SignUp.id)).where(
        SignUp.space_id == space_id, SignUp.confirmed_at.is_(None), SignUp.expires_at > now
    )
    return session.scalar(query) or 0


def _check_ready(space: Space) -> None:
    check_sender(space.sender)
    if not space.contact_phone:
        sentence = _(
            "Il manque un numéro à appeler, pour les moins de 18 ans et les questions : "
            "écrivez-le dans les réglages de l'espace."
        )
        raise RuleBroken("contact_phone_missing", sentence)
