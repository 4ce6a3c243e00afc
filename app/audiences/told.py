"""For whom, as one sentence: lists, selections, people and exceptions together."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.book import open_book
from app.audiences.sentences import sentence_of
from app.contacts.models import ContactList
from app.french.language import _, ngettext
from app.french.naming import joined


def audience_sentence(session: Session, space: Space, audience: Mapping[str, Any]) -> str:
    """« À la liste « Nouveaux », et aux bénévoles de moins de 35 ans (sélection « Jeunes ») »; empty for nobody."""
    if audience.get("everyone"):
        pieces = [_("à tous vos bénévoles")]
    else:
        pieces = [*_lists(session, space, audience), *_segments(session, space, audience), *_people(audience)]
    if not pieces:
        return ""
    told = joined(pieces)
    left_out = len(audience.get("except") or [])
    except_for = ngettext(", sauf %(n)s personne", ", sauf %(n)s personnes", left_out) if left_out else ""
    return told[0].upper() + told[1:] + except_for + "."


def _lists(session: Session, space: Space, audience: Mapping[str, Any]) -> Iterator[str]:
    asked = audience.get("lists") or []
    query = select(ContactList.name).where(ContactList.space_id == space.id, ContactList.id.in_(asked))
    for name in session.scalars(query.order_by(ContactList.name)):
        yield _("à la liste « %(name)s »", name=name)


def _segments(session: Session, space: Space, audience: Mapping[str, Any]) -> Iterator[str]:
    asked = audience.get("segments") or []
    if not asked:
        return
    book = open_book(session, space)
    for one in asked:
        if one in book.rules:
            rule = sentence_of(book.rules[one], book.fields)
            who = rule[0].lower() + rule[1:]
            yield _("à la sélection « %(name)s » (%(who)s)", name=book.names[one], who=who)


def _people(audience: Mapping[str, Any]) -> Iterator[str]:
    if n := len(audience.get("contacts") or []):
        yield ngettext("à %(n)s personne choisie", "à %(n)s personnes choisies", n)
