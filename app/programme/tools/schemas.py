"""Tools at the border: the filters of an address, the forms of readers and of the staff."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from marshmallow import EXCLUDE, Schema, fields

from app.accounts.web.schemas import Form, line, text
from app.french.language import _
from app.programme.tools.models import Tool, ToolSuggestion
from app.programme.tools.rules import Choice
from app.programme.tools.service import Sheet
from app.programme.tools.terms import FactTerms, ToolTerms
from app.programme.tools.words import EFFORTS, HOSTINGS, LICENCES, PRICES, PURPOSES, FactKind, Hosting, Price, Purpose
from app.web.schemas import Text

FILTERS: Mapping[str, tuple[str, str, Mapping[Any, str]]] = {
    "purposes": ("pour", _("C'est pour"), PURPOSES),
    "licences": ("licence", _("Licence"), LICENCES),
    "prices": ("prix", _("Prix"), {one: PRICES[one] for one in (Price.FREE, Price.MIXED, Price.PAID)}),
    "hostings": ("hebergement", _("Hébergement"), {one: HOSTINGS[one] for one in (Hosting.ONLINE, Hosting.OWN)}),
    "efforts": ("effort", _("Effort"), EFFORTS),
}
"""{kind of filter: its name in an address, its French, {word: French}}; what runs where one likes passes for both.

Nobody looks for a price that is unknown: it is on the card."""
E = TypeVar("E", bound=StrEnum)


def read_choice(asked: Mapping[str, Sequence[str]]) -> Choice:
    """The filters of an address; a word that is none of ours chooses nothing."""
    return Choice(**{kind: _known(asked.get(name, ()), known) for kind, (name, _label, known) in FILTERS.items()})


def _known(asked: Iterable[str], known: Mapping[E, str]) -> frozenset[E]:
    return frozenset(one for one in known if one.value in asked)


def arguments(choice: Choice) -> dict[str, Any]:
    """The same filters as an address says them."""
    found = {
        name: [one.value for one in known if one in getattr(choice, kind)]
        for kind, (name, _label, known) in FILTERS.items()
    }
    return {name: values for name, values in found.items() if values}


class ProposeForm(Form):
    """A tool that somebody without an account would like to see."""

    name = text(_("Écrivez le nom de l'outil."), max=120)
    address = line(max=300)
    text = text(_("Dites à quoi il sert, et ce que vous en savez."), max=2000)


class ReportForm(Form):
    """What is wrong on the page of a tool."""

    text = text(_("Dites ce qui est faux, et d'où vous le savez."), max=2000)


class ReasonForm(Schema):
    """Why something is refused or withdrawn; that it is needed is the service's to say."""

    class Meta:
        unknown = EXCLUDE

    reason = Text(max=300, load_default="")


class _ToolForm(Schema):
    class Meta:
        unknown = EXCLUDE

    name = Text(max=120, load_default="")
    does = Text(max=300, load_default="")
    address = Text(max=300, load_default="")
    address_source = Text(max=400, load_default="")
    address_read_on = Text(max=10, load_default="")
    source = Text(max=400, load_default="")
    sends_sms = fields.String(load_default="")
    version = fields.Integer(load_default=0)


_FACT_FIELDS = {
    f"{kind.value}_{name}": Text(max=size, load_default="")
    for kind in FactKind
    for name, size in (("word", 24), ("detail", 400), ("source", 400), ("read_on", 10), ("sure", 1))
}
ToolForm = _ToolForm.from_dict({"read_on": Text(max=10, load_default=""), **_FACT_FIELDS}, name="ToolForm")
"""A tool with each of its facts: « price_word », « price_source »… ``source`` and ``read_on`` serve those without."""


def read_tool(form: Mapping[str, str], purposes: Sequence[str]) -> tuple[ToolTerms, int]:
    """What the staff typed, and the version that they saw. Raises ValidationError."""
    data = ToolForm().load(form)
    typed = ToolTerms(
        name=" ".join(data["name"].split()),
        purposes=tuple(one for one in Purpose if one.value in purposes),
        does=" ".join(data["does"].split()),
        facts={kind: _fact(data, kind.value) for kind in FactKind},
        address=data["address"].strip(),
        address_source=" ".join(data["address_source"].split()),
        address_read_on=_day(data["address_read_on"]),
        sends_sms=bool(data["sends_sms"]),
    )
    return typed, data["version"]


def _fact(data: Mapping[str, str], kind: str) -> FactTerms:
    return FactTerms(
        word=data[f"{kind}_word"],
        detail=" ".join(data[f"{kind}_detail"].split()),
        source=" ".join((data[f"{kind}_source"] or data["source"]).split()),
        read_on=_day(data[f"{kind}_read_on"] or data["read_on"]),
        is_sure=bool(data[f"{kind}_sure"]),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None


def typed_of(sheet: Sheet) -> dict[str, str]:
    """A tool as its form holds it."""
    tool: Tool = sheet.tool
    typed = {
        "name": tool.name, "does": tool.does, "address": tool.address, "sends_sms": "1" if tool.sends_sms else "",
        "version": str(tool.version), "address_source": tool.address_source,
        "address_read_on": tool.address_read_on.isoformat() if tool.address_read_on else "",
    }  # fmt: skip
    for kind, fact in sheet.facts.items():
        typed |= {
            f"{kind.value}_word": fact.word,
            f"{kind.value}_detail": fact.detail,
            f"{kind.value}_source": fact.source,
            f"{kind.value}_read_on": fact.read_on.isoformat(),
            f"{kind.value}_sure": "1" if fact.is_sure else "",
        }
    return typed


def typed_from(suggestion: ToolSuggestion) -> dict[str, str]:
    """The form of a new tool, filled with what a reader proposed; nothing of it is sure."""
    return {"name": suggestion.name, "address": suggestion.address, "does": suggestion.text[:300]}
