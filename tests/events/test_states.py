"""What a date may become: once held or called off, it changes no more."""

import pytest

from app.errors import Conflict
from app.events import service
from app.events.models import EventState
from tests.events.stage import make_event
from tests.factories import NOON, SOMEBODY, make_space


@pytest.mark.parametrize("wanted", EventState)
@pytest.mark.parametrize("origin", EventState)
def test_a_date_becomes_what_the_table_says_and_nothing_else(database, origin, wanted):
    with database.transaction() as session:
        event = make_event(session, make_space(session))
        event.state = origin
        if wanted is origin or wanted in service.NEXT[origin]:
            service.set_state(session, event, wanted, by=SOMEBODY, now=NOON)
            assert event.state is wanted
        else:
            with pytest.raises(Conflict) as refusal:
                service.set_state(session, event, wanted, by=SOMEBODY, now=NOON)
            assert (refusal.value.code, event.state) == ("event_over", origin)
