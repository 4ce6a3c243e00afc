"""The address by which an agenda reads a cohort's dates by itself: made, renewed, closed; and what it shows."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Staff
from app.accounts.signing import throttle
from app.accounts.signing.throttle_keys import Throttled
from app.accounts.web.guards import principal, signed, staff
from app.clock import utc_now
from app.database.ids import CohortId
from app.errors import NotFound
from app.events import calendars
from app.french.language import _
from app.links.pages import WRONG_FREE
from app.programme.cohorts import service as cohorts
from app.programme.home_pages import programme_id
from app.programme.staff.file_pages import days_of
from app.programme.staff.glance_pages import glance_at
from app.programme.trainings import feeds
from app.web.edge import download
from app.web.requests import remote_address, runtime

blueprint = Blueprint("cohort_feed", __name__, url_prefix="/programme")


@blueprint.get("/cohortes/<int:cohort_id>/agenda")
@staff(Staff.PROGRAMME)
def show(cohort_id: CohortId) -> ResponseReturnValue:
    """Whether there is an address, since when; a new one is a press away."""
    return _page(cohort_id)


@blueprint.post("/cohortes/<int:cohort_id>/agenda")
@staff(Staff.PROGRAMME)
def renew(cohort_id: CohortId) -> ResponseReturnValue:
    """A new address, shown this once; the one of before opens nothing any more."""
    with runtime().database.transaction() as session:
        token = feeds.renew(session, cohort_id, space_id=programme_id(session), by=principal(), now=utc_now())
    return _page(cohort_id, f"{runtime().settings.public_url.rstrip('/')}/programme/agenda/{token}.ics")


@blueprint.post("/cohortes/<int:cohort_id>/agenda/fermer")
@staff(Staff.PROGRAMME)
def close(cohort_id: CohortId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        feeds.close(session, cohort_id, space_id=programme_id(session), by=principal(), now=utc_now())
    flash(_("Adresse fermée : les agendas qui la lisaient ne reçoivent plus rien."), "success")
    return redirect(url_for(".show", cohort_id=cohort_id))


@blueprint.get("/agenda/<token>.ics")
@signed("the secret of the address")
def read(token: str) -> ResponseReturnValue:
    """The cohort's workshops and trainings as an agenda reads them: titles, associations and places, no way in."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        cohort = feeds.find(session, token, now=now)
        if cohort is not None:
            glance = glance_at(session, cohort)
            events = [entry.event for entry in glance.calendar if entry.is_of_cohort]
            settings = runtime().settings
            file = calendars.of_many(events, days_of(cohort), settings=settings, now=now, has_links=False)
            answer = download(file, file_name="cohorte.ics", mimetype="text/calendar", is_shown=True)
            return _kept_secret(answer)
    with runtime().database.transaction() as session:
        throttle.take(session, Throttled.LINK_FROM.by(remote_address()), now=now, free=WRONG_FREE)
    raise NotFound("feed_unknown", _("Cette adresse d'agenda n'est plus valable : demandez la nouvelle."))


def _kept_secret(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, max-age=900"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _page(cohort_id: CohortId, address: str = "") -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        cohort = cohorts.get(session, cohort_id)
        feed = feeds.of_cohort(session, cohort_id)
        gone = feeds.gone_since(session, feed) if feed is not None else []
    page = render_template(
        "programme/trainings/feed.html",
        cohort=cohort,
        feed=feed,
        gone=gone,
        address=address,
        ends_at=feeds.ends_at(cohort),
        is_over=feeds.ends_at(cohort) <= utc_now(),
    )
    return page, 200, {"Cache-Control": "no-store"}
