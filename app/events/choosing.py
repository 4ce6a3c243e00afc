"""Lists and segments chosen for a date: whom they would put on it, who is left out, and what was seen of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.principal import Principal
from app.audiences import people as audience
from app.audiences import seen, told
from app.audiences.book import open_book
from app.audiences.rules import Condition, Group, GroupKind, Rule, expand
from app.consent.families import Family
from app.contacts import service as contacts
from app.errors import Conflict, RuleBroken
from app.events import service
from app.events.models import Event
from app.french.language import _


@dataclass(frozen=True)
class Choice:
    """``found`` people of the audience: ``already`` on the date's list, ``left_out`` by reason, the others ``new``.

    Of the new, ``sharing`` have the phone of somebody else there: one SMS tells both.
    """

    sentence: str
    found: int
    already: int
    left_out: Mapping[str, int]
    sharing: int
    new: tuple[int, ...]
    word: str
    """What a page carries of it, for ``put_on``."""
    rule: Rule


def read(session: Session, space: Space, event: Event, asked: Mapping[str, Any], *, now: datetime) -> Choice:
    """What lists and segments, ``{"lists": ids, "segments": ids}``, hold today. Raises RuleBroken.

    Not for what is empty, broken or unknown, nor for more people than a date takes.
    """
    chosen = audience.check(session, space.id, dict(asked))
    if not (chosen["lists"] or chosen["segments"]):
        _refuse("audience_empty", _("Cochez au moins une liste ou une sélection."))
    if broken := audience.faults(session, space, chosen):
        _refuse("segment_broken", " ".join(broken))
    there = service.listed(session, event.id)
    left_out: Counter[str] = Counter()
    found, already, sharing = 0, 0, 0
    new: list[int] = []
    for batch in audience.everyone(session, space, chosen, Family.SERVICE, now=now):
        found += len(batch.recipients) + len(batch.left_out)
        shared = [person.id for person, reason in batch.left_out if reason == audience.SAME_PHONE]
        left_out.update(reason for _person, reason in batch.left_out if reason != audience.SAME_PHONE)
        wanted = [one.contact_id for one in batch.recipients if one.contact_id is not None]
        already += sum(one in there for one in (*wanted, *shared))
        sharing += sum(one not in there for one in shared)
        new += [one for one in (*wanted, *shared) if one not in there]
        if len(new) > service.MAXIMUM:
            _refuse("event_full", _("C'est plus de %(most)s personnes : faites plutôt un envoi.", most=service.MAXIMUM))
    rule = _rule(session, space, chosen)
    sentence = told.audience_sentence(session, space, chosen)
    return Choice(
        sentence, found, already, dict(left_out.most_common()), sharing, tuple(sorted(new)), seen.seen(rule, new), rule
    )


def put_on(
    session: Session,
    space: Space,
    event: Event,
    asked: Mapping[str, Any],
    *,
    word: str,
    by: Principal,
    now: datetime,
) -> list[int]:
    """Put whom ``word`` was made of on the date's list, as invited; their ids. ``event`` is locked.

    Raises as ``read`` does, and Conflict when they are no longer those: what was seen is what is invited.
    """
    choice = read(session, space, event, asked, now=now)
    check_seen(choice.rule, choice.new, word)
    return service.invite(session, event, contacts.of_ids(session, space.id, choice.new), by=by, now=now)


def check_seen(rule: Rule, ids: Iterable[int], word: str) -> None:
    """Raises Conflict with how many came and left since ``word`` was made of a rule and its people."""
    change = seen.change_since(word, rule, ids)
    if not change:
        return
    if change.came is None or not (change.came or change.left):
        raise Conflict("people_changed", _("Ce choix a changé depuis votre relecture. Relisez-le."))
    sentence = _(
        "+%(came)s, −%(left)s depuis votre relecture. Relisez, puis confirmez.", came=change.came, left=change.left
    )
    raise Conflict("people_changed", sentence)


def _rule(session: Session, space: Space, chosen: Mapping[str, list[int]]) -> Rule:
    """The lists, and the segments written out, as one rule: it changes when any of them does."""
    book = open_book(session, space)
    written = [expand(book.rules[one], book.rules) for one in chosen["segments"]]
    return Group(GroupKind.ANY, (Condition("lists", "has", tuple(chosen["lists"])), *written))


def _refuse(code: str, sentence: str) -> None:
    raise RuleBroken(code, sentence, fields={"chosen": sentence})
