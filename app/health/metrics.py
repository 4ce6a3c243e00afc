"""The health as Prometheus reads it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import accumulate
from math import inf

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from sqlalchemy.orm import Session

from app.accounts.models import Mode
from app.carrier.codes import is_known
from app.health import backups, history, service
from app.health.service import LATENCY_BOUNDS_S, Health
from app.hooks import delivering
from app.messaging.status import Status

ENDINGS = (Status.DELIVERED, Status.UNDELIVERED, Status.FAILED)


def collect(session: Session, *, now: datetime) -> Iterator[Metric]:
    """Gauges of what is left undone, and of each jobs process its ticks and its carrier's answers."""
    health = service.read(session, now=now)
    since = health.in_doubt_since
    for name, words, value in (
        ("tambour_jobs_alive", "Jobs processes that beat within a minute", len(health.alive)),
        ("tambour_jobs_silent", "Jobs processes that went silent within a day", len(health.silent)),
        ("tambour_sending_halted", "Whether nothing leaves until tambour restored", health.halted_at is not None),
        ("tambour_sending_stopped", "Whether a person has stopped all sending", health.stopped is not None),
        (
            "tambour_queued",
            "Messages of live spaces that wait in open mailings, planned for later or not",
            history.waiting(session),
        ),
        ("tambour_in_flight", "Messages of live spaces in the hands of a jobs process", service.in_flight(session)),
        ("tambour_in_doubt", "Messages of live spaces of which nobody knows whether they left", health.in_doubt),
        ("tambour_in_doubt_seconds", "Age of the oldest", (now - since).total_seconds() if since else 0),
    ):
        yield GaugeMetricFamily(name, words, value=value)
    stuck, held = Counter(one.mode for one in health.stuck), service.held_senders(session, now=now)
    yield _by_mode("tambour_stuck_campaigns", "Campaigns due of which nothing leaves, at most 20", stuck)
    yield _by_mode("tambour_senders_held", "Senders that the carrier asked to wait", held)
    waits = {mode: (now - since).total_seconds() for mode, since in service.unserved_since(session, now=now).items()}
    yield _by_mode("tambour_unserved_seconds", "How long an open mailing with messages due has had no turn", waits)
    yield _outcomes(session)
    yield from _ticks(health, now)
    yield from _receipts(session, now)
    yield from _hooks(session, now)
    yield from _backup(session, now)
    yield _latency(health)


def _by_mode(name: str, words: str, counts: Mapping[Mode, float]) -> Metric:
    """Live and practice apart: nobody gets up for an exercise."""
    family = GaugeMetricFamily(name, words, labels=["mode"])
    for mode in Mode:
        family.add_metric([mode.value], counts.get(mode, 0))
    return family


def _outcomes(session: Session) -> Metric:
    """A code that Twilio's table here does not know is « other »: the labels stay few."""
    words = "Messages of live spaces that ended, by where and by the carrier's code"
    family = CounterMetricFamily("tambour_outcomes", words, labels=["status", "code"])
    counts = Counter({(status.value, ""): 0 for status in ENDINGS})  # a rise from nothing would not be seen
    for (status, code), n in history.totals(session).items():
        counts[status.value, "" if not code else str(code) if is_known(code) else "other"] += n
    for labels, n in sorted(counts.items()):
        family.add_metric(labels, n)
    return family


def _ticks(health: Health, now: datetime) -> Iterator[Metric]:
    labels = ["host", "pid", "tick"]
    errors = CounterMetricFamily("tambour_tick_errors", "Runs of a tick that failed", labels=labels)
    lasted = GaugeMetricFamily("tambour_tick_seconds", "How long its last run took", labels=labels)
    failing = GaugeMetricFamily("tambour_tick_failing", "Whether its last run failed", labels=labels)
    ago = GaugeMetricFamily("tambour_tick_age_seconds", "How long ago its last run ended", labels=labels)
    logged = CounterMetricFamily("tambour_jobs_errors", "Errors in the log of a jobs process", labels=labels[:2])
    for beat in health.alive:
        whose = [beat.host, str(beat.pid)]
        logged.add_metric(whose, beat.errors)
        for name, run in sorted(beat.ticks.items()):
            errors.add_metric([*whose, name], run["errors"])
            failing.add_metric([*whose, name], bool(run["error"]))
            lasted.add_metric([*whose, name], run["lasted_ms"] / 1000)
            ago.add_metric([*whose, name], (now - datetime.fromisoformat(run["last_at"])).total_seconds())
    yield from (errors, failing, lasted, ago, logged)


def _receipts(session: Session, now: datetime) -> Iterator[Metric]:
    """How far the carrier's receipts lag behind what it took."""
    count, since = service.without_receipt(session, now=now)
    words = "Messages of live spaces, taken by the carrier an hour to four days ago, that it said nothing final of"
    yield GaugeMetricFamily("tambour_without_receipt", words, value=count)
    age_s = (now - since).total_seconds() if since else 0
    yield GaugeMetricFamily("tambour_without_receipt_seconds", "Age of the oldest of them", value=age_s)


def _hooks(session: Session, now: datetime) -> Iterator[Metric]:
    """What programs were not told yet, and the subscriptions that were stopped."""
    waiting = delivering.waiting(session)
    yield GaugeMetricFamily("tambour_hooks_pending", "Webhook deliveries that wait", value=waiting.count)
    age_s = (now - waiting.since).total_seconds() if waiting.since else 0
    yield GaugeMetricFamily("tambour_hooks_pending_seconds", "Age of the oldest", value=age_s)
    yield GaugeMetricFamily("tambour_hooks_stopped", "Subscriptions stopped by themselves", value=waiting.stopped)


def _backup(session: Session, now: datetime) -> Iterator[Metric]:
    """A database that was never backed up has the greatest age: one that is not told would ring nowhere.

    ``absent()`` could tell it, and would ring each time that the web is away as well; 0 would pass for the best.
    """
    last = backups.last(session)
    age_s = max((now - last.taken_at).total_seconds(), 0) if last else inf
    yield GaugeMetricFamily("tambour_backup_age_seconds", "Age of the last backup, +Inf without any", value=age_s)
    yield GaugeMetricFamily("tambour_backup_bytes", "Size of its file, 0 without any", value=last.size if last else 0)


def _latency(health: Health) -> Metric:
    family = HistogramMetricFamily(
        "tambour_carrier_seconds", "How long the carrier took over a text", labels=["host", "pid"]
    )
    bounds = [*(str(bound) for bound in LATENCY_BOUNDS_S), "+Inf"]
    for beat in health.alive:
        buckets = list(zip(bounds, accumulate(beat.latency["counts"]), strict=True))
        family.add_metric([beat.host, str(beat.pid)], buckets, beat.latency["sum_s"])
    return family
