"""What applications hold of one person, the contact of one: shown on their card, and gone with it."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.contacts.models import Contact
from app.contacts.naming import speaks_of
from app.contacts.panels import Panel, Provider
from app.french.language import _
from app.programme.applications import reviewing, service, states, telling
from app.programme.applications.models import (
    Application,
    ApplicationAlert,
    ApplicationAnswer,
    ApplicationFile,
    ApplicationFiling,
)
from app.web.requests import runtime

NAMELESS = "…"
"""What stands where a text named them."""
OWN = ("contact_name", "contact_email")


def naming(session: Session, contact: Contact) -> Sequence[Application]:
    """The applications whose contact they are, by number and first name: another may share the number."""
    programme = spaces.find(session, runtime().settings.programme_space)
    if programme is None or contact.space_id != programme.id or not contact.phone:
        return ()
    query = select(Application).where(Application.contact_phone == contact.phone).order_by(Application.id)
    name = {"first_name": contact.first_name, "last_name": contact.last_name}
    return [one for one in session.scalars(query) if speaks_of(one.contact_name, **name)]


def _panels(session: Session, _space: Space, contact: Contact) -> Sequence[Panel]:
    """What is held of them, in whole: nobody else's."""
    said = tuple(
        _(
            "« %(name)s », %(state)s : %(who)s.", name=one.association_name, state=states.WORDS[one.state],
            who=", ".join(word for word in (one.contact_name, one.contact_function, one.contact_email) if word),
        )
        for one in naming(session, contact)
    )  # fmt: skip
    return [Panel(_("Contact d'une candidature"), said)] if said else []


def _forget(session: Session, contact: Contact, now: datetime) -> None:
    """Name, number, e-mail and links go, in what was filed too; the association's own application stays."""
    found = naming(session, contact)
    for one in found:
        held, _cohort = service.locked(session, one)
        _forget_in(session, held, contact, now=now)
    if found:
        session.execute(delete(ApplicationAlert).where(ApplicationAlert.fingerprint == contact.fingerprint))


def _forget_in(session: Session, application: Application, contact: Contact, *, now: datetime) -> None:
    name = application.contact_name
    hello = f"Bonjour {name.split(' ', maxsplit=1)[0]}"
    telling.take_back(session, application, now=now)
    telling.forget_links(session, application, space_id=contact.space_id, now=now)
    application.contact_name = application.contact_phone = application.contact_email = ""
    application.contact_function = ""
    application.notice_mailing_id = application.noticed_at = None
    if application.written_by == name:
        application.written_by = ""
    for answer in session.scalars(select(ApplicationAnswer).where(ApplicationAnswer.application_id == application.id)):
        answer.value = _without(answer.field, answer.value, name)
    for filing in service.filings(session, application.id):
        filing.answers = {key: _without(key, value, name) for key, value in filing.answers.items()}
    for letter in reviewing.letters_of(session, application.id):
        letter.body = _replaced(letter.body, hello, "Bonjour")
    for decision in reviewing.decisions_of(session, application.id):
        decision.letter = _replaced(decision.letter, hello, "Bonjour")
    for table, column in _WROTE:
        theirs = update(table).where(table.application_id == application.id, getattr(table, column) == name)
        session.execute(theirs.values({column: ""}))


_WROTE = ((ApplicationAnswer, "written_by"), (ApplicationFiling, "filed_by"), (ApplicationFile, "uploaded_by"))


def _without(field: str, value: str, name: str) -> str:
    return "" if field in OWN else _replaced(value, name, NAMELESS)


def _replaced(text: str, words: str, by: str) -> str:
    """Whole words alone: « Anne » is neither in « Anne-Marie » nor in « Annecy »."""
    return re.sub(rf"(?<![\w-]){re.escape(words)}(?![\w-])", by, text) if words else text


PANELS = Provider(panels=_panels, forget=_forget)
