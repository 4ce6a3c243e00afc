"""The catalogue as the programme's staff change it: each change is told with its words before and after."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, associations
from app.accounts.activity import Act
from app.accounts.principal import Principal
from app.clock import PARIS
from app.database.engine import insert_missing
from app.database.ids import SpaceId, ToolId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme.tools import acts, service, telling, terms, words
from app.programme.tools.models import Tool, ToolChange, ToolFact
from app.programme.tools.terms import FactTerms, ToolTerms
from app.programme.tools.words import FactKind, Purpose

Told = Iterator[tuple[str, str, str]]
"""(what, before, after) of each change."""


def make(session: Session, typed: ToolTerms, *, space_id: SpaceId | None, by: Principal, now: datetime) -> Tool:
    """A new entry of the catalogue, shown at once. ``space_id`` is the programme's own space. Raises RuleBroken."""
    typed = terms.check(typed, today=now.astimezone(PARIS).date())
    row = {
        "slug": _free_slug(session, terms.slug_of(typed.name)), "name": typed.name,
        "folded": associations.fold(typed.name), "purposes": _ordered(typed), "does": typed.does,
        "address": typed.address, "address_source": typed.address_source, "address_read_on": typed.address_read_on,
        "sends_sms": typed.sends_sms, "withdrawn_at": None, "withdrawn_reason": "",
        "version": 1, "created_by": by.name[:80], "created_at": now, "updated_at": now,
    }  # fmt: skip
    made = insert_missing(session, Tool, [row], unique=[Tool.folded], returning=Tool.id)
    if not made:
        raise _same_name(typed.name)
    tool = session.get_one(Tool, made[0])
    session.add_all(ToolFact(tool_id=tool.id, kind=kind, **vars(fact)) for kind, fact in typed.facts.items())
    session.flush()
    _note(session, tool, [(_("Ajouté"), "", "")], acts.MADE, space_id=space_id, by=by, now=now)
    return tool


def change(
    session: Session,
    tool_id: ToolId,
    typed: ToolTerms,
    *,
    version: int,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> Tool:
    """Write what was typed over ``version`` of it. Raises NotFound, RuleBroken, or Conflict when it changed since."""
    typed = terms.check(typed, today=now.astimezone(PARIS).date())
    tool = service.get(session, tool_id, lock=True)
    if tool.version != version:
        sentence = _(
            "Quelqu'un a modifié cette fiche depuis que vous l'avez ouverte : l'historique dit quoi. Relisez, puis "
            "enregistrez encore une fois pour garder ce que vous avez écrit."
        )
        raise Conflict("tool_changed", sentence)
    folded = associations.fold(typed.name)
    if session.scalar(select(Tool.id).where(Tool.folded == folded, Tool.id != tool.id)) is not None:
        raise _same_name(typed.name)
    changes = [*_rewrite(tool, typed), *_rewrite_facts(session, tool, typed)]
    tool.folded = folded
    if changes:
        _note(session, tool, changes, acts.CHANGED, space_id=space_id, by=by, now=now)
    return tool


def withdraw(
    session: Session, tool_id: ToolId, *, reason: str, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    """It is recommended no more; its page and what names it stay. Raises NotFound, RuleBroken or Conflict."""
    tool = service.get(session, tool_id, lock=True)
    reason = " ".join(reason.split())
    if tool.withdrawn_at is not None:
        raise Conflict("tool_withdrawn", _("C'est déjà fait : cet outil est retiré du catalogue."))
    if not reason:
        sentence = _("Dites pourquoi : la fiche le dira à qui s'en sert encore.")
        raise RuleBroken("reason_missing", sentence, fields={"reason": sentence})
    tool.withdrawn_at, tool.withdrawn_reason = now, reason
    _note(session, tool, [(_("Retiré"), "", reason)], acts.WITHDRAWN, space_id=space_id, by=by, now=now)


def bring_back(session: Session, tool_id: ToolId, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """It is shown and proposed again. Raises NotFound or Conflict."""
    tool = service.get(session, tool_id, lock=True)
    if tool.withdrawn_at is None:
        raise Conflict("tool_offered", _("C'est déjà fait : cet outil est au catalogue."))
    before, tool.withdrawn_at, tool.withdrawn_reason = tool.withdrawn_reason, None, ""
    _note(session, tool, [(_("Remis au catalogue"), before, "")], acts.BROUGHT_BACK, space_id=space_id, by=by, now=now)


def _rewrite(tool: Tool, typed: ToolTerms) -> Told:
    purposes = _ordered(typed)
    yes, no = _("oui"), _("non")
    shown = {
        "name": (_("Nom"), tool.name, typed.name),
        "purposes": (_("Usages"), _purposes(tool.purposes), _purposes(purposes)),
        "does": (_("Ce qu'il fait"), tool.does, typed.does),
        "address": (_("Site"), tool.address, typed.address),
        "address_source": (_("Site, source"), tool.address_source, typed.address_source),
        "address_read_on": (_("Site, lu le"), _day(tool.address_read_on), _day(typed.address_read_on)),
        "sends_sms": (_("SMS en nombre"), yes if tool.sends_sms else no, yes if typed.sends_sms else no),
    }
    wanted = {**{name: getattr(typed, name) for name in shown}, "purposes": purposes}
    for name, told in shown.items():
        if getattr(tool, name) != wanted[name]:
            setattr(tool, name, wanted[name])
            yield told


def _rewrite_facts(session: Session, tool: Tool, typed: ToolTerms) -> Told:
    held = service.sheet_of(session, tool).facts
    for kind, wanted in typed.facts.items():
        fact = held.get(kind)
        if fact is None:
            session.add(ToolFact(tool_id=tool.id, kind=kind, **vars(wanted)))
            yield words.FACTS[kind], "", _whole(kind, wanted)
            continue
        before = FactTerms(fact.word, fact.detail, fact.source, fact.read_on, fact.is_sure)
        if before != wanted:
            for name, value in vars(wanted).items():
                setattr(fact, name, value)
            yield words.FACTS[kind], _whole(kind, before), _whole(kind, wanted)


def _whole(kind: FactKind, fact: FactTerms) -> str:
    """A fact as its history tells it: « Gratuit. Payé par les dons. Lu le 25/11/2026 : exemple.fr, à vérifier »."""
    word = telling.told(kind, fact.word, fact.detail)
    detail = fact.detail if fact.detail not in word else ""
    read = _("lu le %(day)s : %(source)s", day=_day(fact.read_on), source=fact.source)
    return ", ".join(one for one in (word, detail, read, "" if fact.is_sure else _("à vérifier")) if one)


def _day(on: date | None) -> str:
    return on.strftime("%d/%m/%Y") if on else "–"


def _purposes(held: list[str]) -> str:
    return ", ".join(words.PURPOSES[one] for one in Purpose if one.value in held)


def _ordered(typed: ToolTerms) -> list[str]:
    return [one.value for one in Purpose if one in typed.purposes]


def _free_slug(session: Session, slug: str) -> str:
    """The address, or the first of « -2 », « -3 » that no tool has."""
    taken = set(session.scalars(select(Tool.slug).where(Tool.slug.startswith(slug, autoescape=True))))
    return next(
        one for number in range(1, len(taken) + 2) if (one := f"{slug}-{number}" if number > 1 else slug) not in taken
    )


def _note(
    session: Session,
    tool: Tool,
    changes: list[tuple[str, str, str]],
    act: Act,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    session.add_all(
        ToolChange(tool_id=tool.id, at=now, by=by.name[:80], what=what, before=before, after=after)
        for what, before, after in changes
    )
    tool.updated_at = now
    if act is not acts.MADE:
        tool.version += 1
    activity.record(session, space_id, act, by=by, now=now, subject_id=tool.id, note=tool.name)


def _same_name(name: str) -> RuleBroken:
    sentence = _("« %(name)s » est déjà au catalogue.", name=name)
    return RuleBroken("tool_twice", sentence, fields={"name": sentence})
