"""The partners that the programme began with."""

import csv
from datetime import datetime
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts import associations
from app.database.engine import insert_missing
from app.programme.partners.models import Kind, Partner

FILE = Path(__file__).with_name("partners.csv")


def seed(session: Session, now: datetime) -> int:
    """Add those that are not there yet, by name; how many. What somebody changed since stays as it is.

    One that nobody changed since it was added gets its site, which the first list did not have.
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "name": row["name"], "folded": associations.fold(row["name"]), "kind": Kind(row["kind"]),
                "address": row["address"], "words": row["words"], "since": None, "until": None, "created_at": now,
                "updated_at": now,
            }
            for row in csv.DictReader(file, delimiter=";")
        ]  # fmt: skip
    made = insert_missing(session, Partner, rows, unique=[Partner.folded], returning=Partner.id)
    for row in rows:
        if row["address"]:
            untouched = (Partner.address == "", Partner.updated_at == Partner.created_at)
            session.execute(
                update(Partner).where(Partner.folded == row["folded"], *untouched).values(address=row["address"])
            )
    return len(made)
