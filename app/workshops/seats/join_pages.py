"""Joining a workshop from any phone or laptop: a code, a nickname, ten seconds."""

from contextlib import suppress

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import public
from app.clock import utc_now
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.web.requests import number_field, runtime
from app.workshops import service
from app.workshops.models import Seat, Workshop
from app.workshops.phones import faults
from app.workshops.phones.client import Handsets, SimulatorSilent
from app.workshops.phones.faults import Faults
from app.workshops.practice import copying
from app.workshops.practice import service as practice
from app.workshops.seats import codes
from app.workshops.seats import cookie as seat_cookie
from app.workshops.seats import service as seating
from app.workshops.seats.service import Sitting

blueprint = Blueprint("joining", __name__, url_prefix="/rejoindre")


@blueprint.get("")
@public("the code is asked for here")
def ask() -> ResponseReturnValue:
    """Where to type the six letters."""
    return _page(code=request.args.get("code", ""))


@blueprint.get("/<code>")
@public("the address behind the QR code")
def arrive(code: str) -> ResponseReturnValue:
    """A scanned code: only the nickname is left to type. A phone that has its seat goes back to it."""
    sitting = seat_cookie.load_sitting()
    if sitting is not None and sitting.workshop.code == seating.read_code(code):
        return redirect(url_for("home.home", slug=sitting.space.slug))
    try:
        workshop = seat_cookie.find_workshop(code)
    except NotFound as unknown:
        return _page(code=code, errors={"code": unknown.sentence}, status=404)
    return _page(code=code, workshop=workshop)


@blueprint.post("")
@public("the code opens it, and failures are throttled")
def sit() -> ResponseReturnValue:
    """Take a seat."""
    code, nickname = request.form.get("code", ""), request.form.get("nickname", "")
    beside_id = number_field("beside")
    try:
        found = seat_cookie.find_workshop(code)
    except NotFound as unknown:
        return _page(code=code, nickname=nickname, errors={"code": unknown.sentence}, status=404)
    sitting = seat_cookie.load_sitting()
    if sitting is not None and sitting.workshop.id == found.id:  # one browser, one seat; a neighbour joins from theirs
        return redirect(url_for("home.home", slug=sitting.space.slug))
    try:
        token = _join(found, nickname, beside_id)
    except NotFound as over:
        return _page(code=code, nickname=nickname, errors={"code": over.sentence}, status=404)
    except RuleBroken as refusal:
        errors = refusal.fields or {"nickname": refusal.sentence}
        return _page(code=code, nickname=nickname, workshop=found, errors=errors, status=422)
    with runtime().database.snapshot() as session:
        sitting = seating.find(session, token)
        today = faults.current(found)
    if sitting is not None and today is not faults.FINE:
        _share_faults(sitting, today)
    response = make_response(redirect(url_for("home.home", slug=sitting.space.slug) if sitting else "/rejoindre"))
    seat_cookie.keep_cookie(response, token)
    return response


def _join(found: Workshop, nickname: str, beside_id: int | None) -> str:
    """The token of a new seat. What its copy takes is read before the writer's turn."""
    rows = None
    if not beside_id:
        with runtime().database.snapshot() as session:
            rows = copying.take_model(session, found)
    with runtime().database.transaction() as session:
        return seating.join(
            session,
            service.get(session, found.id, lock=True),
            nickname=nickname,
            settings=runtime().settings,
            now=utc_now(),
            with_seat=session.get(Seat, beside_id) if beside_id else None,
            rows=rows,
        )


def _share_faults(sitting: Sitting, today: Faults) -> None:
    """A copy made late has the weather of the room; without the simulator it will be fine there."""
    with suppress(SimulatorSilent), Handsets(sitting.space, runtime().settings) as handsets:
        handsets.set_faults(today.words)


def _page(
    *,
    code: str = "",
    nickname: str = "",
    workshop: Workshop | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    seats, is_full = [], False
    if workshop is not None:
        with runtime().database.snapshot() as session:
            is_full = seating.is_full(len(practice.copies(session, workshop)))
            seats = [seat for seat in service.seats(session, workshop) if seat.ended_at is None]
    page = render_template(
        "workshops/join.html",
        code=seating.read_code(code) if len(seating.read_code(code)) == codes.LENGTH else code,
        nickname=nickname,
        workshop=workshop,
        association=workshop.association if workshop else "Tambour",
        seats=seats,
        is_full=is_full,
        seat_options=[(seat.id, _("Oui, avec %(name)s", name=seat.nickname)) for seat in seats],
        errors=errors or {},
    )
    return page, status
