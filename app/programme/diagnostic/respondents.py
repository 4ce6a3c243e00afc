"""Who answers a diagnostic: named, given a personal link, taken off again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import associations, secrets
from app.accounts.principal import Principal
from app.contacts.phone import check_country, read_phone
from app.database.engine import insert_missing
from app.database.ids import DiagnosticId, RespondentId, SpaceId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.messaging import withdrawal
from app.programme.cohorts import people
from app.programme.cohorts.models import Function
from app.programme.diagnostic import acts, opening, texting
from app.programme.diagnostic.models import Diagnostic, OwnAnswer, Respondent
from app.programme.diagnostic.rules import Question

MOST = 30
"""Respondents of a diagnostic: a whole association of this size, and its board."""


@dataclass(frozen=True)
class Answering:
    """A respondent and how far they are."""

    respondent: Respondent
    answered: int
    of: int
    to_read: int
    """Questions that changed after they had answered them, or came after they had finished."""


def all_of(session: Session, diagnostic_id: DiagnosticId) -> Sequence[Respondent]:
    """In the order in which they were asked."""
    query = select(Respondent).where(Respondent.diagnostic_id == diagnostic_id)
    return session.scalars(query.order_by(Respondent.id)).all()


def own_answers(session: Session, diagnostic_id: DiagnosticId) -> dict[RespondentId, dict[str, OwnAnswer]]:
    """{respondent: {question: what they answered}}."""
    query = (
        select(OwnAnswer)
        .join(Respondent, Respondent.id == OwnAnswer.respondent_id)
        .where(Respondent.diagnostic_id == diagnostic_id)
    )
    found: dict[RespondentId, dict[str, OwnAnswer]] = {}
    for row in session.scalars(query):
        found.setdefault(row.respondent_id, {})[row.key] = row
    return found


def progress(
    session: Session, one: Diagnostic, questions: Sequence[Question], changed: frozenset[str]
) -> list[Answering]:
    """How far each of them is; ``changed`` are the questions reworded or added when it was moved."""
    given = own_answers(session, one.id)
    keys = [each.key for each in questions]
    found = []
    for respondent in all_of(session, one.id):
        own = given.get(respondent.id, {})
        done = [key for key in keys if key in own]
        waiting = [key for key in changed if is_to_read(own.get(key), one)] if own else []
        found.append(Answering(respondent, len(done), len(keys), len(waiting)))
    return found


def is_to_read(answer: OwnAnswer | None, one: Diagnostic) -> bool:
    """Whether an answer to a question that changed was given before it changed, or not at all."""
    return answer is None or (one.moved_at is not None and answer.written_at < one.moved_at)


def get(session: Session, one: Diagnostic, respondent_id: RespondentId) -> Respondent:
    """One respondent of this diagnostic, held. Raises NotFound."""
    query = select(Respondent).where(Respondent.id == respondent_id, Respondent.diagnostic_id == one.id)
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("respondent_unknown", _("Cette personne ne répond pas à ce diagnostic."))
    return found


def add(
    session: Session,
    one: Diagnostic,
    *,
    name: str,
    function: Function,
    phone: str,
    foreign_countries: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
    person_id: int | None = None,
) -> Respondent:
    """Ask somebody to answer. ``one`` is held; ``phone`` is as typed, and may be empty. Raises RuleBroken."""
    name = " ".join(name.split())
    number = _mobile(phone, foreign_countries) if phone.strip() else ""
    if not name:
        sentence = _("Qui répond ? Écrivez son nom.")
        raise RuleBroken("name_empty", sentence, fields={"name": sentence})
    if len(all_of(session, one.id)) >= MOST:
        raise RuleBroken("too_many", _("%(max)s personnes au plus répondent à un diagnostic.", max=MOST))
    row = {
        "diagnostic_id": one.id, "name": name, "folded": associations.fold(name), "function": function,
        "person_id": person_id, "phone": number, "created_at": now,
    }  # fmt: skip
    unique = [Respondent.diagnostic_id, Respondent.folded]
    made = insert_missing(session, Respondent, [row], unique=unique, returning=Respondent.id)
    if not made:
        sentence = _(
            "%(name)s répond déjà à ce diagnostic. Deux personnes de ce nom ? Ajoutez une initiale.", name=name
        )
        raise RuleBroken("respondent_twice", sentence, fields={"name": sentence})
    opening.record(session, one, acts.ASKED, space_id=space_id, by=by, now=now, function=function.value)
    return session.get_one(Respondent, made[0])


def add_known(
    session: Session,
    one: Diagnostic,
    person_id: int,
    *,
    foreign_countries: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> Respondent:
    """Ask somebody whom the programme knows in the association, at the number on their card. Raises NotFound."""
    person, card = people.get(session, association_id=one.association_id, person_id=person_id)
    return add(
        session, one, name=f"{card.first_name} {card.last_name}", function=person.function, phone=card.phone,
        foreign_countries=foreign_countries, space_id=space_id, by=by, now=now, person_id=person.id,
    )  # fmt: skip


def known(session: Session, one: Diagnostic) -> list[tuple[int, str, Function]]:
    """The people of the association whom nobody has asked yet: row, name, function."""
    asked = {each.person_id for each in all_of(session, one.id)}
    names = {each.folded for each in all_of(session, one.id)}
    found = [
        (person.id, f"{card.first_name} {card.last_name}".strip(), person.function)
        for person, card in people.of_association(session, one.association_id)
        if person.id not in asked
    ]
    return [row for row in found if row[1] and associations.fold(row[1]) not in names]


def new_link(
    session: Session,
    one: Diagnostic,
    respondent: Respondent,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> str:
    """A secret for somebody's link; the one before opens nothing any more, and does not leave. Its digest is kept."""
    token = secrets.new_word()
    if respondent.token_digest is not None:
        opening.record(session, one, acts.LINKED, space_id=space_id, by=by, now=now)
        texting.take_back(session, Respondent.id == respondent.id, now=now)
    respondent.token_digest = secrets.digest(token)
    session.flush()
    return token


def remove(
    session: Session,
    one: Diagnostic,
    respondent_id: RespondentId,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Take somebody off with what they answered; what was agreed stays. Raises NotFound."""
    found = get(session, one, respondent_id)
    texting.take_back(session, Respondent.id == found.id, reason=withdrawal.REMOVED, now=now)
    session.execute(delete(Respondent).where(Respondent.id == found.id, Respondent.diagnostic_id == one.id))
    opening.record(session, one, acts.UNASKED, space_id=space_id, by=by, now=now)


def _mobile(typed: str, foreign_countries: str) -> str:
    try:
        number = read_phone(typed)
        check_country(number, foreign_countries)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.code, refusal.sentence, fields={"phone": refusal.sentence}) from None
    return number
