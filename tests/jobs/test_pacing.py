"""How many texts may leave in a second, whatever is asked and when."""

import threading
import time
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Mode
from app.clock import utc_now
from app.messaging.models import Message
from app.messaging.status import Status
from jobs.dispatching import Dispatcher
from jobs.pacing import BURST_S, Pace
from tests.conftest import with_settings
from tests.factories import make_mailing, make_message, make_space
from tests.stage import standing_stage


@given(per_s=st.integers(1, 200), naps=st.lists(st.floats(0, 3), max_size=40), asked=st.integers(1, 300))
def test_never_more_than_a_burst_and_the_pace_since(per_s, naps, asked):
    clock = [100.0]
    pace, taken = Pace(per_s, clock=lambda: clock[0]), 0
    for nap in naps:
        clock[0] += nap
        count = min(asked, pace.free)
        pace.take(count)
        taken += count
        assert taken <= per_s * (BURST_S + clock[0] - 100.0) + 1e-6


@given(per_s=st.integers(1, 200))
def test_texts_leave_by_the_handful_and_none_waits_for_ever(per_s):
    clock = [0.0]
    pace = Pace(per_s, clock=lambda: clock[0])
    pace.take(pace.free)
    assert pace.free == 0
    clock[0] = 0.26 + 1 / per_s
    assert pace.free >= max(1, per_s // 4)


def test_a_room_that_sends_is_paced_and_real_texts_pass_it(settings, tmp_path):
    """Forty texts of practice at two a second; one of a live space comes last, and leaves at once."""
    with standing_stage(settings, tmp_path) as stage:
        send_both(stage.runtime)


def send_both(runtime):
    paced = with_settings(runtime, practice_together_per_s=2)
    now = utc_now()
    with runtime.database.transaction() as session:
        practice = make_mailing(session, make_space(session, mode=Mode.PRACTICE), served_at=now)
        live = make_mailing(session, make_space(session, hours_hold=False), served_at=now)
        words = {"not_before": now, "not_after": now + timedelta(days=365)}
        room = {make_message(session, practice, **words).id for _ in range(40)}
        real = make_message(session, live, **words).id
    dispatcher = Dispatcher(paced)
    begun = time.monotonic()
    at_work = threading.Thread(target=dispatcher.run)
    at_work.start()
    while real not in (left := _left(runtime)) and time.monotonic() < begun + 20:
        time.sleep(0.05)
    dispatcher.stop()
    at_work.join()
    assert real in left
    assert 0 < len(_left(runtime) & room) <= 2 * (BURST_S + time.monotonic() - begun)


def _left(runtime) -> set[int]:
    """The messages that are not waiting any more."""
    with runtime.database.snapshot() as session:
        return set(session.scalars(select(Message.id).where(Message.status != Status.QUEUED)))
