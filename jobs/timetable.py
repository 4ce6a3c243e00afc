"""The ticks: what jobs looks at, and how often. What is due is always a row."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger

from app.clock import utc_now
from app.consent import agreeing
from app.consent import service as consent
from app.runtime import Runtime
from jobs.compacting import compact_tallies, measure_sending
from jobs.confirming import ask_new_sign_ups
from jobs.ending import Ending
from jobs.hooking import deliver_hooks
from jobs.importing import run_imports
from jobs.launching import follow_campaigns, launch_due_campaigns
from jobs.listening import read_back_replies
from jobs.moving import move_old_fields
from jobs.programme.applying import check_files, publish_decisions, tell_of_applications
from jobs.programme.following_up import ask_follow_ups
from jobs.programme.sharing import share_ended_months
from jobs.purging import purge_ended_copies
from jobs.reconciling import notice_lost_claims, reconcile
from jobs.reminding import send_due_reminders, tell_given_seats
from jobs.retention import forget_the_old
from jobs.unspooling import take_spooled_receipts, take_spooled_texts


class Job(Protocol):
    """What a tick does. It looks at ``ending`` between two batches, so that no process is long to stop."""

    def __call__(self, runtime: Runtime, *, ending: Ending) -> object: ...


@dataclass(frozen=True)
class Tick:
    """``job`` runs every ``every_s`` seconds, never beside itself in one process."""

    name: str
    every_s: float
    job: Job


class Every(IntervalTrigger):  # type: ignore[misc]
    """Once every so often, by a clock that may leap. APScheduler lists each tick that a leap has passed over, and after
    one of weeks it would list millions for a quarter of an hour, in which nothing ticks."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        following: datetime = super().get_next_fire_time(previous_fire_time, now)
        return following if following > now else now + self.interval


def set_right(scheduler: BaseScheduler) -> None:
    """Make due what a clock that was set back has left in a future further than its next turn: it would wait for it."""
    now = utc_now()
    for job in scheduler.get_jobs():
        if job.next_run_time > now + job.trigger.interval:
            job.modify(next_run_time=now)


TICKS = (
    Tick(
        "import",
        0.5,
        partial(
            run_imports, opted_out=consent.opted_out, object_to=consent.object_by_file, agree=agreeing.agree_by_file
        ),
    ),
    Tick("launch", 0.5, launch_due_campaigns),
    Tick("remind", 1, send_due_reminders),
    Tick("seats", 1, tell_given_seats),
    Tick("sign_ups", 1, ask_new_sign_ups),
    Tick("publish", 1, publish_decisions),
    Tick("check_files", 5, check_files),
    Tick("tell_of_applications", 60, tell_of_applications),
    Tick("follow", 1, follow_campaigns),
    Tick("follow_ups", 60, ask_follow_ups),
    Tick("unspool", 1, take_spooled_texts),
    Tick("unspool_receipts", 1, take_spooled_receipts),
    Tick("hooks", 1, deliver_hooks),
    Tick("fold", 2, compact_tallies),
    Tick("lost", 5, notice_lost_claims),
    Tick("reconcile", 5, reconcile),
    Tick("measure", 60, measure_sending),
    Tick("purge", 60, purge_ended_copies),
    Tick("read_back", 3600, read_back_replies),
    Tick("retention", 3600, forget_the_old),
    Tick("share", 3600, share_ended_months),
    Tick("move_fields", 86400, move_old_fields),
)
