"""``python -m jobs``: the clock and the dispatcher, until asked to stop."""

import gc
import logging
import signal
import sys
import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from app import logs
from app.assembly import build_runtime
from app.clock import utc_now
from app.database.labels import require_fit
from app.database.private import keep_private
from app.database.revisions import SchemaError
from app.health.memory import keep_flat
from app.runtime import Runtime
from app.settings import SettingsError, keeper_address, read_settings
from jobs.dispatching import Dispatcher
from jobs.ending import NEVER, Ending
from jobs.keeper import Keeper
from jobs.pulse import BEAT_EVERY_S, Pulse, TimedGate
from jobs.starting import StartCheck
from jobs.timetable import TICKS, Every, Tick, set_right

log = logging.getLogger(__name__)


def make_scheduler(
    runtime: Runtime, pulse: Pulse, ending: Ending = NEVER, ticks: Sequence[Tick] = TICKS
) -> BackgroundScheduler:
    """APScheduler as a clock: its jobs live in code, and a late tick is late, not lost."""
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(len(ticks))}, timezone="UTC")
    for tick in ticks:
        scheduler.add_job(
            partial(pulse.run, tick),
            Every(seconds=tick.every_s, timezone="UTC"),
            args=[runtime],
            kwargs={"ending": ending},
            id=tick.name,
            coalesce=True,
            max_instances=1,
            next_run_time=utc_now(),  # else an hourly tick never comes in a process that lives half an hour
            misfire_grace_time=None,  # APScheduler drops ticks over 1 s late otherwise
        )
    return scheduler


def run(runtime: Runtime, ticks: Sequence[Tick] = TICKS) -> None:
    """Tick and dispatch until SIGTERM or SIGINT, then finish what is in flight."""
    ending = Ending()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.ask()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    pulse, keeper = Pulse(), Keeper(keeper_address())
    logging.getLogger().addHandler(pulse)
    runtime = replace(runtime, carriers=TimedGate(runtime.carriers, pulse))
    check = StartCheck(runtime)
    dispatcher = Dispatcher(runtime, held=partial(_held, check, keeper))
    worker = threading.Thread(target=dispatcher.run, name="dispatch")
    asker = threading.Thread(target=check.run, args=[ending], name="start_check")
    scheduler = make_scheduler(runtime, pulse, ending, ticks)
    scheduler.start()
    worker.start()
    asker.start()
    log.info("jobs_started")
    keeper.say_ready()
    _beat(pulse, runtime, check)
    while not ending.wait(BEAT_EVERY_S):
        keeper.say_alive()
        set_right(scheduler)
        _beat(pulse, runtime, check)
    keeper.say_ending()
    dispatcher.stop()  # first: no claim is made while the ticks come to the end of their batch
    scheduler.shutdown(wait=True)
    worker.join()
    asker.join()
    _say_over(pulse, runtime, check)
    runtime.database.close()
    log.info("jobs_stopped")


def _held(check: StartCheck, keeper: Keeper) -> Collection[int]:
    """Asked by the dispatcher each time that it looks for work."""
    keeper.looked()
    return check.held


def _beat(pulse: Pulse, runtime: Runtime, check: StartCheck) -> None:
    try:
        pulse.beat(runtime, is_sure=check.is_over)
    except SQLAlchemyError:  # the database is away: the silence tells it
        log.exception("heartbeat_failed")


def _say_over(pulse: Pulse, runtime: Runtime, check: StartCheck) -> None:
    try:
        pulse.stop(runtime, is_sure=check.is_over)
    except SQLAlchemyError:
        log.exception("heartbeat_failed")


def main(ticks: Sequence[Tick] = TICKS) -> int:
    """The exit code: 2 for a setting or a schema that is not right, named in one sentence."""
    keep_flat()
    try:
        settings = read_settings()
        keep_private(settings)
        runtime = build_runtime(settings)
        require_fit(runtime.database, runtime.settings.fingerprint_key)
    except (SettingsError, SchemaError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    logs.set_up()
    gc.freeze()  # what the program itself is made of is never garbage: a file's rows would have it all looked at again
    run(runtime, ticks)
    return 0


if __name__ == "__main__":
    sys.exit(main())
