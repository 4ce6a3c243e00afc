"""A question in a campaign: its link opens « Je viens » and « Je ne peux pas ».

What can be asked about belongs to a room above. Assembly hands its ``Asking`` to the database (``Database.handed``),
whose sessions carry it to jobs and pages alike; without it nothing can be asked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, cast

from sqlalchemy.orm import Session

from app.accounts.copies import Copying
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts.models import Contact
from app.database.ids import ContactId, MailingId
from app.errors import NotFound
from app.french.language import _
from app.messaging.models import Mailing


class Said(StrEnum):
    """What somebody asked said, in the words of an address."""

    YES = "viennent"
    NO = "ne-peuvent-pas"
    NOTHING = "sans-reponse"


@dataclass(frozen=True)
class Question:
    """What is asked about, as it stands now. ``values`` fill the places of the text that are its own."""

    subject_id: int
    title: str
    place: str
    starts_at: datetime
    is_open: bool
    values: Mapping[str, str]


class Asking(Protocol):
    """What campaigns ask of the room whose questions they carry. ``mailing_id`` is of the campaign that asks."""

    purpose: str
    """Of the links."""
    places: Sequence[str]
    """All that a text which asks may fill."""
    usual: str
    """A text that asks, to begin with."""
    again: str
    """One that asks those who have not answered."""

    def may_ask(self, session: Session, space: Space, *, now: datetime) -> Sequence[Question]:
        """What can be asked about today, the nearest first."""

    def describe(
        self, session: Session, space: Space, subject_id: int, *, now: datetime, lock: bool = False
    ) -> Question | None:
        """What is asked about; None once it is gone. Locked, it does not change before the transaction ends."""

    def make(
        self, session: Session, space: Space, typed: Mapping[str, str], *, by: Principal, now: datetime
    ) -> Question:
        """Something new to ask about, from a form: title, day, hour, place. Raises ValidationError or RuleBroken."""

    def follow(self, session: Session, space: Space, subject_id: int, mailing: Mailing, body: str) -> None:
        """Have a mailing follow what it asks about: written anew, or taken back. ``body`` holds its places and link."""

    def answered(self, session: Session, space: Space, subject_id: int, people: Collection[int]) -> set[int]:
        """Those of these contacts who have answered already."""

    def register(
        self,
        session: Session,
        space: Space,
        subject_id: int,
        people: Collection[ContactId],
        *,
        mailing_id: MailingId,
        now: datetime,
    ) -> None:
        """Put people down as asked, as many as there are, batch after batch."""

    def forget(self, session: Session, space: Space, subject_id: int, *, mailing_id: MailingId) -> None:
        """Take off those whom this mailing alone put down, who read nothing and said nothing."""

    def answers(self, session: Session, space: Space, subject_id: int, *, mailing_id: MailingId) -> Mapping[Said, int]:
        """How many of those whom this mailing asked said what."""

    def people(
        self, session: Session, space: Space, subject_id: int, said: Said, *, mailing_id: MailingId
    ) -> Sequence[Contact]:
        """Who said it, by name."""

    def silent(self, session: Session, space: Space, subject_id: int) -> Sequence[ContactId]:
        """Those who were asked, by whatever text, and have not answered; nobody whose text still waits."""

    def turn(self, copying: Copying, subject_id: int | None) -> int | None:
        """What is asked about, in a copy of its space; None when the copy has not taken it."""


def find(session: Session) -> Asking | None:
    """What the session's database was handed."""
    return cast("Asking | None", session.info.get(Asking))


def handed(session: Session) -> Asking:
    """The same, where something must be asked about. Raises NotFound."""
    found = find(session)
    if found is None:
        raise NotFound("question_unknown", _("Ici, un envoi ne pose pas de question."))
    return found
