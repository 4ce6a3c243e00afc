"""Events: what is said of one is kept, or refused aloud."""

from datetime import timedelta

import pytest

from app.events import service
from tests.factories import NOON, SOMEBODY, make_space


def test_a_misspelt_word_is_never_dropped_in_silence(database):
    with database.transaction() as session:
        space = make_space(session)
        when = {"title": "Collecte", "starts_at": NOON, "ends_at": NOON + timedelta(hours=1)}
        event = service.make(session, space.id, by=SOMEBODY, now=NOON, **when)
        with pytest.raises(TypeError, match="lieu"):
            service.edit(session, event, by=SOMEBODY, now=NOON, lieu="Salle des fêtes")
