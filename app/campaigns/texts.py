"""The text of a campaign as its people read it: its mention, what its question fills, and what its link opens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.recipients import Recipient
from app.campaigns import asking
from app.campaigns.asking import Question
from app.campaigns.models import Campaign
from app.database.ids import ContactId
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import messages
from app.messaging.body.mention import with_mention
from app.messaging.body.text import FIELDS
from app.messaging.messages import LinkTarget

ANSWERED = "answered"
"""Why somebody is left out: they have answered this question already."""
ANSWERED_WORDS = _("a déjà répondu pour cette mission")


@dataclass(frozen=True)
class Wording:
    """``body`` holds its places, the link's among them; ``known`` are those it may hold, ``values`` fill its own."""

    body: str
    known: Collection[str] = FIELDS
    values: Mapping[str, str] = field(default_factory=dict)
    question: Question | None = None
    target: LinkTarget | None = None

    def fill(self, one: Recipient) -> Recipient:
        """Somebody with all that fills the places of their text."""
        return replace(one, values={**self.values, **one.values}) if self.values else one

    def compose(self, one: Recipient, *, space: Space, link: str) -> str:
        """The text as this person will read it."""
        return messages.compose(self.body, self.fill(one), space=space, link=link)


def known_by(session: Session, campaign: Campaign) -> Collection[str]:
    """The places that the text of this campaign may hold."""
    return asking.handed(session).places if campaign.link_purpose else FIELDS


def describe(
    session: Session, space: Space, campaign: Campaign, *, now: datetime, lock: bool = False
) -> Question | None:
    """What the campaign asks about; None when it asks nothing, or that is gone."""
    if not campaign.link_purpose:
        return None
    return asking.handed(session).describe(session, space, campaign.link_subject_id or 0, now=now, lock=lock)


def wording(session: Session, space: Space, campaign: Campaign, *, now: datetime, lock: bool = False) -> Wording:
    """The campaign's text today. Raises RuleBroken when it holds an unknown place, or what it asks about is gone.

    With ``lock`` what it asks about does not change before the transaction ends.
    """
    if not campaign.link_purpose:
        return Wording(with_mention(campaign.body))
    room = asking.handed(session)
    question = describe(session, space, campaign, now=now, lock=lock)
    if question is None:
        sentence = _("La mission dont parle cet envoi n'existe plus : choisissez-en une autre, ou ne demandez rien.")
        raise RuleBroken("question_gone", sentence, fields={"question": sentence})
    body = campaign.body if question.values.get("lieu", "-") else campaign.body.replace(", {lieu}", "")
    return Wording(
        with_mention(body, asks=True, known=room.places),
        room.places,
        question.values,
        question,
        LinkTarget(room.purpose, question.subject_id),
    )


def check_question(question: Question | None, *, at: datetime) -> None:
    """Raises RuleBroken when it would be asked too late, about something called off or gone by."""
    if question is None:
        return
    if not question.is_open:
        sentence = _("« %(title)s » est annulée ou passée : on ne peut plus demander qui vient.", title=question.title)
        raise RuleBroken("question_over", sentence, fields={"question": sentence})
    if at >= question.starts_at:
        sentence = _("Ce SMS partirait après le début de « %(title)s ». Envoyez-le plus tôt.", title=question.title)
        raise RuleBroken("question_late", sentence, fields={"at": sentence})


@dataclass(frozen=True)
class Answered:
    """Leaves out of a campaign that asks those who have answered already."""

    session: Session
    space: Space
    subject_id: int

    def __call__(self, ids: Sequence[ContactId]) -> Mapping[ContactId, str]:
        """{contact id: reason}."""
        said = asking.handed(self.session).answered(self.session, self.space, self.subject_id, ids)
        return {one: ANSWERED for one in ids if one in said}


def left_out(session: Session, space: Space, campaign: Campaign) -> Answered | None:
    """Who else does not get this campaign, for ``audiences.people``."""
    return Answered(session, space, campaign.link_subject_id or 0) if campaign.link_purpose else None
