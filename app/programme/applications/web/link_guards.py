"""An application opened by its link: whose link it is, and what the pages around it say."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.signing import throttle
from app.accounts.signing.throttle_keys import Throttled
from app.clock import utc_now
from app.errors import NotFound, TooMany
from app.french.language import _
from app.programme import home_pages
from app.programme.applications import service
from app.programme.applications.models import Application, ApplicationLink
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.web.requests import remote_address, runtime

SECRET = "The address holds a secret of 69 bits, sent to the number on file; wrong ones are counted."  # noqa: S105 - a reason
FREE_WRONG_LINKS = 60
"""Links that open nothing, from one address which a whole town hall may share, before it waits a few seconds."""
MAX_WAIT_S = 30


@dataclass(frozen=True)
class Opened:
    """Who came by which link to which application."""

    application: Application
    link: ApplicationLink
    cohort: Cohort
    programme: Space | None


def opened(session: Session, token: str, *, lock: bool = False) -> Opened:
    """The application of a link; locked, with its cohort. Raises NotFound: a right link never waits for wrong ones."""
    application, link = service.by_word(session, token)
    if lock:
        application, cohort = service.locked(session, application)
    else:
        cohort = cohorts.get(session, application.cohort_id)
    return Opened(application, link, cohort, home_pages.find_programme(session))


def reach(programme: Space | None) -> str:
    """How to reach the programme: the number that its space shows, else what the legal page gives."""
    if programme is not None and programme.contact_phone:
        return _("Appelez le programme au %(phone)s.", phone=programme.contact_phone)
    contact = runtime().settings.legal_contact
    return _("Joignez le programme : %(contact)s.", contact=contact) if contact else _("Appelez le programme.")


def reach_now() -> str:
    """The same, of a page that reads nothing else."""
    with runtime().database.snapshot() as session:
        return reach(home_pages.find_programme(session))


def not_found(_error: NotFound) -> ResponseReturnValue:
    """A link that opened nothing; past many of them the address waits a few seconds."""
    try:
        with runtime().database.transaction() as session:
            throttle.take(
                session, Throttled.APPLY_LINK_FROM.by(remote_address()), now=utc_now(), free=FREE_WRONG_LINKS,
                max_wait_s=MAX_WAIT_S,
            )  # fmt: skip
    except TooMany as wait:
        return render_template("programme/applications/lost.html", wait=wait.sentence, reach=reach_now()), 429
    return render_template("programme/applications/lost.html", wait="", reach=reach_now()), 404
