"""A process asked to end stops between two batches, and the next one goes on where it was."""

from sqlalchemy import func, select

from app.clock import utc_now
from app.messaging.models import Message
from jobs.ending import Ending
from jobs.launching import launch_due_campaigns
from jobs.timetable import TICKS
from tests.factories import make_campaign, make_contact, make_list, make_mailing, make_space


class After(Ending):
    """It is asked to end while the first ``batches`` are written."""

    def __init__(self, batches):
        super().__init__()
        self.left = batches

    def __bool__(self):
        self.left -= 1
        return self.left < 0


def due_campaigns(session, count):
    space = make_space(session)
    people = make_list(session, space)
    make_contact(session, space, on=people)
    audience = {"lists": [people.id], "contacts": [], "except": []}
    for _ in range(count):
        mailing = make_mailing(session, space)
        words = {"stage": "scheduled", "send_at": utc_now(), "not_after": utc_now(), "mailing_id": mailing.id}
        make_campaign(session, space, audience=audience, **words)


def written(database):
    with database.snapshot() as session:
        return session.scalar(select(func.count()).select_from(Message))


def test_a_launch_stops_between_two_batches_and_another_process_ends_it(database, runtime):
    with database.transaction() as session:
        due_campaigns(session, 3)
    launch_due_campaigns(runtime, ending=After(1))
    assert written(database) == 1
    launch_due_campaigns(runtime)
    assert written(database) == 3


def test_no_tick_begins_anything_once_asked_to_end(database, runtime):
    ended = Ending()
    ended.ask()
    with database.transaction() as session:
        due_campaigns(session, 1)
    for tick in TICKS:
        tick.job(runtime, ending=ended)
    assert written(database) == 0
