"""What the product refused of a participant: twice at one step, and the trainer is told."""

from flask import Flask, Response, g, request

from app.accounts import activity
from app.clock import utc_now
from app.web.requests import is_fragment, runtime
from app.workshops import acts
from app.workshops.seats.service import Sitting, principal_of

REFUSED = (409, 422)
"""A form sent back with its sentences, or an act that came too late."""


def register(app: Flask) -> None:
    app.after_request(_note)


def _note(response: Response) -> Response:
    """A text that keeps itself while it is typed is no refusal."""
    sitting: Sitting | None = g.get("sitting")
    if sitting is None or response.status_code not in REFUSED or request.method != "POST" or is_fragment():
        return response
    space_id, seat = sitting.space.id, sitting.seat
    with runtime().database.transaction() as session:
        activity.record(session, space_id, acts.FORM_REFUSED, by=principal_of(seat), now=utc_now(), subject_id=seat.id)
    return response
