"""Two questions after a training, by the personal link; words that may be quoted while their author agrees."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Association, Space
from app.accounts.principal import Principal
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.database.engine import upsert
from app.database.ids import CohortId, ContactId
from app.errors import NotFound, RuleBroken
from app.events import messages
from app.events.acts import About
from app.events.models import Answer, Event, EventMailing, EventState, Registration
from app.events.placeholders import EVENT, PLACES, recipient
from app.french.language import _
from app.messaging import afterthought
from app.messaging.messages import LinkTarget
from app.messaging.models import Message
from app.messaging.posting import post
from app.messaging.status import Status
from app.programme.cohorts.models import AssociationPerson, CohortMember
from app.programme.trainings import acts, presences
from app.programme.trainings.models import Training, TrainingOpinion
from app.settings import Settings

GAINED = _("J'ai appris ce qu'il me fallait")
READY = _("Nous allons nous en servir")
ANSWERS = ((4, _("Oui, tout à fait")), (3, _("Plutôt oui")), (2, _("Plutôt non")), (1, _("Non")))
ASKING = _("{prénom}, merci de votre présence : {titre}. Deux questions, une minute : {lien}")
ASKED_FOR = timedelta(days=7)
"""How long the text that asks may wait to leave."""
COMMENT_MAX = 1000
READ_FOR_ONE = 5
"""How many words are read for one that is shown: some hold a number."""
_REACHES_SOMEBODY = re.compile(r"(?:\d[\s.()/-]*){8,}|\S@\S")


@dataclass(frozen=True)
class Result:
    """What those who came said; ``came`` of them are known to have."""

    came: int
    gained: Counter[int]
    ready: Counter[int]
    said: Sequence[tuple[TrainingOpinion, Contact]]


@dataclass(frozen=True)
class Quote:
    """Words that their author lets be read, with their first name and the association they came for."""

    comment: str
    first_name: str
    association: str
    training: str
    agreed_at: datetime | None


def may_answer(place: Registration | None, event: Event, *, now: datetime) -> bool:
    """Whether somebody is asked: it is over, and they came, or said so and nobody noted otherwise."""
    if place is None or event.state is EventState.CANCELLED or event.ends_at > now:
        return False
    return place.attended is True or (place.attended is None and place.answer is Answer.COMING)


def find(session: Session, training: Training, contact_id: ContactId) -> TrainingOpinion | None:
    return session.scalar(
        select(TrainingOpinion).where(
            TrainingOpinion.training_id == training.id, TrainingOpinion.contact_id == contact_id
        )
    )


def keep(
    session: Session,
    training: Training,
    event: Event,
    contact_id: ContactId,
    *,
    gained: int | None,
    ready: int | None,
    comment: str,
    may_quote: bool,
    by: Principal,
    now: datetime,
) -> None:
    """Keep somebody's answers; said again, the last ones count. Raises RuleBroken.

    Who agreed to be quoted agreed to these words: other words ask anew, and no tick takes it back.
    """
    known = {value for value, _words in ANSWERS}
    if gained not in known or ready not in known:
        raise RuleBroken("answers_missing", _("Choisissez une réponse à chacune des deux questions."))
    comment = comment.strip()[:COMMENT_MAX]
    before = find(session, training, contact_id)
    agreed = before.may_quote_at if before is not None and before.comment == comment else None
    row = {
        "training_id": training.id, "contact_id": contact_id, "gained": gained, "ready": ready, "comment": comment,
        "may_quote_at": (agreed or now) if may_quote and comment else None, "answered_at": now,
    }  # fmt: skip
    its = TrainingOpinion
    upsert(
        session,
        its,
        row,
        unique=[its.training_id, its.contact_id],
        changed=[its.gained, its.ready, its.comment, its.may_quote_at, its.answered_at],
    )
    activity.record(session, event.space_id, acts.OPINION, by=by, now=now, subject_id=training.id)


def stop_quoting(
    session: Session, training: Training, event: Event, contact_id: ContactId, *, by: Principal, now: datetime
) -> None:
    """The staff take somebody's words off the page of figures; the opinion counts as before. Raises NotFound.

    Only its author, who says it again and agrees again, brings it back.
    """
    found = find(session, training, contact_id)
    if found is None or found.may_quote_at is None:
        raise NotFound("quote_unknown", _("Cet avis n'est pas cité."))
    found.may_quote_at = None
    activity.record(
        session, event.space_id, acts.QUOTE_REMOVED, by=by, now=now, subject_id=training.id, contact=contact_id
    )


def of_training(session: Session, training: Training) -> Result:
    """Everything that was said of a training, the latest first."""
    rows = session.execute(
        select(TrainingOpinion, Contact)
        .join(Contact, Contact.id == TrainingOpinion.contact_id)
        .where(TrainingOpinion.training_id == training.id)
        .order_by(TrainingOpinion.answered_at.desc(), TrainingOpinion.id.desc())
    ).all()
    came = session.scalars(
        select(Registration.id).where(Registration.event_id == training.event_id, Registration.attended.is_(True))
    ).all()
    said = [(row[0], row[1]) for row in rows]
    erased = presences.counts(session, [training.event_id]).get(training.event_id, 0)
    return Result(
        len(came) + erased, Counter(one.gained for one, _who in said), Counter(one.ready for one, _who in said), said
    )


def quotes(session: Session, cohort_ids: Collection[CohortId], *, most: int) -> Sequence[Quote]:
    """The words that may be shown of these cohorts' trainings, the latest agreed first.

    One taken back is gone at once, and so is that of somebody whom the programme has set aside. One that holds a phone
    number or an address is of somebody else too: it never shows.
    """
    rows = session.execute(
        select(TrainingOpinion, Contact, Event.title, Training.cohort_id)
        .join(Training, Training.id == TrainingOpinion.training_id)
        .join(Event, Event.id == Training.event_id)
        .join(Contact, Contact.id == TrainingOpinion.contact_id)
        .where(Training.cohort_id.in_(cohort_ids), TrainingOpinion.may_quote_at.is_not(None), PRESENT)
        .order_by(TrainingOpinion.may_quote_at.desc(), TrainingOpinion.id.desc())
        .limit(most * READ_FOR_ONE)
    ).all()
    shown = [row for row in rows if not _REACHES_SOMEBODY.search(row[0].comment)][:most]
    named = _named(session, {row[1].id for row in shown}, {row[3] for row in shown})
    return [
        Quote(opinion.comment, contact.first_name, named.get((contact.id, cohort_id), ""), title, opinion.may_quote_at)
        for opinion, contact, title, cohort_id in shown
    ]


def _named(
    session: Session, people: Collection[ContactId], cohort_ids: Collection[CohortId]
) -> Mapping[tuple[ContactId, CohortId], str]:
    """{(person, cohort): the name of their association there}; of several, the last they came to."""
    person = AssociationPerson
    rows = session.execute(
        select(person.contact_id, CohortMember.cohort_id, Association.name)
        .join(CohortMember, CohortMember.association_id == person.association_id)
        .join(Association, Association.id == person.association_id)
        .where(person.contact_id.in_(people), CohortMember.cohort_id.in_(cohort_ids))
        .order_by(person.id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def unasked(session: Session, training: Training, event: Event, *, now: datetime) -> Sequence[Contact]:
    """Who came, has said nothing, and has had no text that asks."""
    if event.ends_at > now or event.state is EventState.CANCELLED:
        return ()
    asking = select(EventMailing.mailing_id).where(
        EventMailing.event_id == event.id, EventMailing.about == About.OPINION
    )
    asked = select(Message.contact_id).where(
        Message.space_id == event.space_id, Message.mailing_id.in_(asking), Message.status != Status.WITHDRAWN,
        Message.contact_id.is_not(None),
    )  # fmt: skip
    said = select(TrainingOpinion.contact_id).where(TrainingOpinion.training_id == training.id)
    there = or_(
        Registration.attended.is_(True),
        Registration.attended.is_(None) & (Registration.answer == Answer.COMING),
    )
    return session.scalars(
        select(Contact)
        .join(Registration, Registration.contact_id == Contact.id)
        .where(Registration.space_id == event.space_id, Registration.event_id == event.id, there, PRESENT)
        .where(Contact.id.not_in(asked), Contact.id.not_in(said))
        .order_by(Contact.id)
    ).all()


def ask(
    session: Session, programme: Space, training: Training, event: Event, *, settings: Settings, by: Principal,
    now: datetime,
) -> int:  # fmt: skip
    """A text to each of the unasked, once; how many. ``event`` is held. Raises RuleBroken."""
    people = unasked(session, training, event, now=now)
    if not people:
        raise RuleBroken("nobody_unasked", _("Chacun a déjà reçu la demande, ou a donné son avis."))
    post(
        session,
        programme,
        [recipient(one, event, programme.zone) for one in people],
        body=ASKING,
        family=messages.family_of(About.OPINION),
        window=afterthought.window(now, expires_at=now + ASKED_FOR),
        settings=settings,
        now=now,
        open_mailing=lambda: messages.open_mailing(session, programme, event, About.OPINION, body=ASKING, now=now),
        target=LinkTarget(EVENT, event.id),
        known=PLACES,
    )
    activity.record(session, programme.id, acts.ASKED, by=by, now=now, subject_id=training.id, people=len(people))
    return len(people)
