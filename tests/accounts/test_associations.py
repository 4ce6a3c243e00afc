"""Associations: one row each, whoever types the name and however."""

import pytest
from sqlalchemy import select

from app.accounts import associations
from app.accounts.models import Association
from app.database.engine import Database
from tests.factories import NOON, make_space


def know(database: Database, name: str, space_id: int | None = None) -> int:
    with database.transaction() as session:
        return associations.find_or_make(session, name=name, space_id=space_id, now=NOON).id


@pytest.mark.parametrize("again", ["Les Amis du Quai", "  les  amis DU quai ", "LES AMIS DU QUAI"])
def test_a_name_is_known_however_it_is_typed(again: str, database: Database) -> None:
    assert know(database, "Les Amis du Quai") == know(database, again)
    assert know(database, "Les Amis du Canal") != know(database, again)


def test_a_live_space_is_one_associations_whatever_its_name_of_the_day(database: Database) -> None:
    with database.transaction() as session:
        space, other = make_space(session), make_space(session)
    first = know(database, "Quai")
    assert know(database, "Quai", space.id) == first, "known by name alone until now"
    assert know(database, "Les Amis du Quai", space.id) == first
    assert know(database, "Canal", other.id) != first
    with database.snapshot() as session:
        rows = session.scalars(select(Association).order_by(Association.id)).all()
    assert [(row.name, row.space_id) for row in rows] == [("Quai", space.id), ("Canal", other.id)]


def test_a_long_name_in_messages_that_compaction_into_several_fits(database: Database) -> None:
    assert know(database, "\ufb03" * 120) == know(database, "\ufb03" * 120)
