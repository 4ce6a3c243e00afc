"""Health and metrics, for whoever keeps the service running: is it alive, is it ready, how much work is there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from hmac import compare_digest
from itertools import product
from pathlib import Path
from shutil import disk_usage

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts.models import Failure, Mode, SignedIn
from app.accounts.web.guards import public, signed
from app.clock import utc_now
from app.database.engine import Database
from app.database.open_file import is_lost
from app.database.revisions import schema_is_current
from app.errors import NotFound, NotSignedIn
from app.french.language import _
from app.health import metrics as health_metrics
from app.health import service as health
from app.messaging.models import Mailing, MailingState, Tally
from app.messaging.status import Status
from app.web.requests import runtime

LEAST_FREE_BYTES = 64 * 1024 * 1024
"""Below it a database or an import soon fails to be written."""


def register(app: Flask, csrf: CSRFProtect) -> None:  # noqa: ARG001 - nothing here acts
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/metrics", "metrics", metrics)


@public("A process asks whether this one is alive; nothing else is said.")
def healthz() -> ResponseReturnValue:
    return jsonify(alive=True)


@public("A balancer asks whether to send people here; nothing else is said.")
def readyz() -> ResponseReturnValue:
    """200 when this web can serve, else 503 with the reason in a word. Jobs are no business of a balancer."""
    try:
        reason = "" if schema_is_current(runtime().database) else "schema"
    except SQLAlchemyError as error:
        reason = "file" if is_lost(error) else "database"
    reason = reason or ("disk" if _is_full(runtime().settings.data_dir) else "")
    return jsonify(ready=not reason, reason=reason), 503 if reason else 200


def _is_full(folder: Path) -> bool:
    return folder.is_dir() and disk_usage(folder).free < LEAST_FREE_BYTES


@signed("The token of the settings, as Bearer or ?token=; without one there is no such page.")
def metrics() -> ResponseReturnValue:
    expected = runtime().settings.metrics_token
    if not expected:
        raise NotFound("nothing_here", _("Cette page n'existe pas."))
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or request.args.get("token", "")
    if not compare_digest(given.encode(), expected.encode()):
        raise NotSignedIn("metrics_token", _("Il faut le jeton des mesures."))
    registry = CollectorRegistry()
    registry.register(Workload(runtime().database))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Workload(Collector):
    """Counted in the database at each asking, so that any process of any machine tells the same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing ahead of time: registering must not query."""
        return []

    def collect(self) -> Iterator[Metric]:
        now = utc_now()
        with self._database.snapshot() as session:
            yield _gauge(
                "tambour_people",
                "People of the mailings, by the state of their latest message",
                "status",
                _people(session),
            )
            states = select(Mailing.state, func.count()).group_by(Mailing.state)
            yield _gauge(
                "tambour_mailings",
                "Mailings, by state",
                "gate",
                {state.value: count for state, count in session.execute(states)},
            )
            yield _oldest_due(session, now)
            yield from health_metrics.collect(session, now=now)
            alive = select(func.count()).where(SignedIn.revoked_at.is_(None), SignedIn.expires_at > now)
            yield GaugeMetricFamily("tambour_sessions", "Open sessions", value=session.scalar(alive) or 0)
            slowed = select(func.count()).select_from(Failure).where(Failure.blocked_until > now)
            yield GaugeMetricFamily(
                "tambour_slowed", "Keys that wait after failures", value=session.scalar(slowed) or 0
            )


def _people(session: Session) -> Counter[str]:
    """Append-only tallies, summed: one came in where it reached and left where it was."""
    people = Counter({status.value: 0 for status in Status})
    for sign, column in ((1, Tally.reached), (-1, Tally.was)):
        for status, count in session.execute(select(column, func.sum(Tally.people)).group_by(column)):
            if status is not None:
                people[status.value] += sign * int(count)
    return people


def _oldest_due(session: Session, now: datetime) -> GaugeMetricFamily:
    """Of every state: messages due in a closed mailing never leave, and would say nothing elsewhere."""
    oldest, words = health.oldest_due(session, now=now), "How long the oldest message due has waited, by state"
    family = GaugeMetricFamily("tambour_oldest_due_seconds", words, labels=["gate", "mode"])
    for state, mode in product(MailingState, Mode):
        family.add_metric([state.value, mode.value], (now - oldest.get((state, mode), now)).total_seconds())
    return family


def _gauge(name: str, words: str, label: str, counts: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in counts.items():
        family.add_metric([str(value)], count)
    return family
