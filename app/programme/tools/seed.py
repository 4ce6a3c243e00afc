"""The tools that the catalogue began with, each fact as it was read."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import associations
from app.database.engine import insert_missing
from app.database.ids import ToolId
from app.programme.tools.models import Tool, ToolFact
from app.programme.tools.words import FactKind, Hosting, Licence, Price, Purpose

FILE = Path(__file__).with_name("tools.csv")
MOVED = (
    "https://mobilizon.org", "https://github.com/ephios-dev/ephios", "https://cryptpad.fr", "https://www.cnil.fr",
)  # fmt: skip
"""Sites that an earlier file gave, before anybody read what their publishers say."""
_PRICES = {"free": Price.FREE, "mixed": Price.MIXED, "paid": Price.PAID, "unknown": Price.UNKNOWN}
_HOSTINGS = {"online": Hosting.ONLINE, "own": Hosting.OWN, "both": Hosting.BOTH}


def rows() -> list[dict[str, str]]:
    """The lines of the file: a tool each, ``sure`` naming the facts that need no check."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def seed(session: Session, now: datetime) -> int:
    """Add the tools that are not there yet, by address and name; how many. What somebody changed stays as it is.

    One that nobody changed since it was added gets its site and who names it, which the first catalogues did not have.
    """
    known = {row["slug"]: row for row in rows()}
    made = insert_missing(session, Tool, [_tool(row, now) for row in known.values()], returning=Tool.id)
    slugs = {one.id: one.slug for one in session.scalars(select(Tool).where(Tool.id.in_(made)))}
    facts = [fact for tool_id, slug in slugs.items() for fact in _facts(tool_id, known[slug])]
    insert_missing(session, ToolFact, facts, unique=[ToolFact.tool_id, ToolFact.kind], returning=ToolFact.id)
    _add_sites(session, {slug: _site(row) for slug, row in known.items() if row["address"]})
    return len(made)


def _add_sites(session: Session, sites: Mapping[str, Mapping[str, Any]]) -> None:
    untouched = select(Tool.slug, Tool.address).where(
        Tool.address_source == "", Tool.version == 1, Tool.created_by == "", Tool.slug.in_(sites)
    )
    for slug, address in session.execute(untouched).all():
        if address in ("", sites[slug]["address"], *MOVED):
            session.execute(update(Tool).where(Tool.slug == slug, Tool.version == 1).values(**sites[slug]))


def _site(row: Mapping[str, str]) -> dict[str, Any]:
    read_on = row["address_read_on"]
    return {
        "address": row["address"],
        "address_source": row["address_source"],
        "address_read_on": date.fromisoformat(read_on) if read_on else None,
    }


def _tool(row: Mapping[str, str], now: datetime) -> dict[str, Any]:
    purposes = row["purposes"].split()
    return {
        "slug": row["slug"], "name": row["name"], "folded": associations.fold(row["name"]),
        "purposes": [one.value for one in Purpose if one.value in purposes], "does": row["does"],
        **_site(row), "sends_sms": row["sends_sms"] == "yes", "withdrawn_at": None, "withdrawn_reason": "",
        "version": 1, "created_by": "", "created_at": now, "updated_at": now,
    }  # fmt: skip


def _facts(tool_id: ToolId, row: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    licence = Licence.FREE if row["is_free"] == "yes" else Licence.PROPRIETARY
    known = {
        FactKind.LICENCE: (licence.value, row["licence"]),
        FactKind.PRICE: (_PRICES[row["price"]].value, row["price_detail"]),
        FactKind.HOSTING: (_HOSTINGS[row["hosting"]].value, ""),
        FactKind.LANGUAGES: ("", row["languages"]),
        FactKind.PREREQUISITES: ("", row["prerequisites"]),
        FactKind.EFFORT: (row["effort"], row["effort_detail"]),
    }
    for kind, (word, detail) in known.items():
        yield {
            "tool_id": tool_id, "kind": kind, "word": word, "detail": detail, "source": row["source"],
            "read_on": date.fromisoformat(row["read_on"]), "is_sure": kind.value in row["sure"].split(),
        }  # fmt: skip
