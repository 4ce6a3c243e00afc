"""The seat cookie: the seat of a participant's browser, and the copy it opens."""

from datetime import timedelta

from flask import Response, g, request, url_for

from app.accounts.models import Role
from app.accounts.signing import throttle
from app.accounts.signing.throttle_keys import Throttled
from app.accounts.web.guards import Visitor
from app.clock import utc_now
from app.errors import Elsewhere, NotFound
from app.french.language import _
from app.web.edge import set_cookie
from app.web.requests import is_fragment, remote_address, runtime
from app.workshops import service
from app.workshops.models import Seat, Workshop
from app.workshops.practice import service as practice
from app.workshops.seats import service as seating
from app.workshops.seats.service import Sitting

COOKIE = "tambour_seat"
LASTS = timedelta(hours=12)
"""A cookie outlives the longest workshop, so that a locked phone finds its seat again."""
WRONG_FREE = 60
"""Wrong codes from one address before it waits: a whole room types behind one."""


def load_sitting() -> Sitting | None:
    """The seat of this browser while its workshop lasts; asked for once a request."""
    if "sitting" not in g:
        g.sitting = None
        if token := request.cookies.get(COOKIE):
            with runtime().database.snapshot() as session:
                g.sitting = seating.find(session, token)
    found: Sitting | None = g.sitting
    return found


def load_seat() -> Seat | None:
    """The seat of this browser, after its workshop too."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    with runtime().database.snapshot() as session:
        return seating.find_ended(session, token)


def see_out() -> None:
    """Whoever sat in a workshop that is over goes on to their account, and whose seat was freed to the door.

    Raises Elsewhere.
    """
    seat = load_seat()
    if seat is not None and seat.ended_at is not None:
        raise Elsewhere(address_after(seat))


def address_after(seat: Seat) -> str:
    """Where a seat that ended leads: to its account, or to a new seat while its workshop lasts."""
    with runtime().database.snapshot() as session:
        code = service.get(session, seat.workshop_id).code
    return url_for("joining.arrive", code=code) if code else url_for("seat.account")


def find_workshop(code: str) -> Workshop:
    """The workshop of a code. A right one always opens: forty people share one address. Raises NotFound, TooMany."""
    try:
        with runtime().database.snapshot() as session:
            return seating.find_workshop(session, code)
    except NotFound:
        with runtime().database.transaction() as session:
            throttle.take(session, Throttled.JOIN_FROM.by(remote_address()), now=utc_now(), free=WRONG_FREE)
        raise


def recognise(slug: str) -> Visitor | None:
    """Let a participant into their own copy; no other space exists for them. Raises NotFound, Elsewhere."""
    sitting = load_sitting()
    if sitting is None or sitting.space.slug != slug:
        _leave_archived(sitting, slug)
        if sitting is None:
            return None
        raise NotFound("space_unknown", _("Cet espace n'existe pas."))
    note_presence(sitting, request.endpoint or "")
    return Visitor(sitting.space, Role.EQUIPIERE, seating.principal_of(sitting.seat))


def note_presence(sitting: Sitting, at_page: str) -> None:
    """Keep the trainer's screen true, without a write at each poll. A text that keeps itself opens no page."""
    now, seat = utc_now(), sitting.seat
    stays = bool(request.args.get("part")) or is_fragment() or request.method != "GET"
    if now - seat.seen_at < seating.SEEN_EVERY and (stays or seat.at_page == at_page):
        return
    with runtime().database.transaction() as session:
        seating.note_presence(session, seat.id, at_page=seat.at_page if stays else at_page, now=now)


def keep_cookie(response: Response, token: str) -> None:
    """Give the seat to this browser."""
    set_cookie(response, COOKIE, token, lasts=LASTS)


def _leave_archived(sitting: Sitting | None, slug: str) -> None:
    """A page left open on a copy that ended, with its workshop or by a fresh start, goes where its seat is now."""
    seat = sitting.seat if sitting else load_seat()
    if seat is None:
        return
    with runtime().database.snapshot() as session:
        if not practice.is_archived_copy(session, seat.workshop_id, slug):
            return
    raise Elsewhere(url_for("home.home", slug=sitting.space.slug) if sitting else address_after(seat))
