"""Dispatch: messages a second from the outbox to a carrier, against Twilio's own client with no database at all."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr
from threading import Thread
from time import perf_counter, sleep

from sqlalchemy import func, select
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from app import logs
from app.accounts.models import Mode, Space
from app.messaging.models import Message
from app.messaging.status import Status
from app.runtime import Runtime
from bench import crowd
from bench.carrier import quick_carrier
from bench.ground import PUBLIC_URL, ground
from bench.measure import Comparison
from jobs.dispatching import Dispatcher
from jobs.launching import launch_due_campaigns

MESSAGES = 2_000
NO_LIMIT = "1000000"
WAITING = (Status.QUEUED, Status.SENDING)
LOOK_EVERY_S = 0.05


SETTINGS = {"practice_rate_per_s": NO_LIMIT, "practice_together_per_s": NO_LIMIT}
FAR_MS = 100
"""A carrier on the other side of an ocean."""
FAR_IN_FLIGHT = "64"


def bench(kind: str) -> AbstractContextManager[Comparison]:
    """With a carrier that answers at once: what the product itself costs."""
    return _bench(kind)


def bench_far(kind: str) -> AbstractContextManager[Comparison]:
    """With a carrier as far as the real one: its calls are the limit."""
    return _bench(kind, latency_ms=FAR_MS, sends_in_flight=FAR_IN_FLIGHT)


@contextmanager
def _bench(kind: str, *, latency_ms: int = 0, **settings: str) -> Iterator[Comparison]:
    with (
        quick_carrier(latency_ms=latency_ms) as address,
        ground(kind, simulator_url=address, **SETTINGS, **settings) as runtime,
        (runtime.settings.data_dir / "log").open("w", encoding="utf-8") as log,
    ):
        with redirect_stderr(log):
            logs.set_up()  # as in production, where a jobs process does the next thing too
        gc.freeze()
        numbers = crowd.fictions(MESSAGES)
        space = crowd.populate(runtime, numbers, mode=Mode.PRACTICE)
        yield Comparison(
            unit="letters/s",
            value=lambda: dispatch_once(runtime, space),
            limit=lambda: asyncio.run(send_once(address, numbers, runtime.settings.sends_in_flight)),
            limit_is=f"Twilio's create_async alone, {runtime.settings.sends_in_flight} in flight, {latency_ms} ms",
        )


def dispatch_once(runtime: Runtime, space: Space) -> float:
    """By the loop of a jobs process, until every message is settled."""
    mailing_id = crowd.schedule(runtime, space).mailing_id or 0
    launch_due_campaigns(runtime)
    dispatcher = Dispatcher(runtime)
    worker = Thread(target=dispatcher.run)
    begun = perf_counter()
    worker.start()
    while _count(runtime, mailing_id, WAITING):
        sleep(LOOK_EVERY_S)
    elapsed_s = perf_counter() - begun
    dispatcher.stop()
    worker.join()
    accepted = _count(runtime, mailing_id, (Status.ACCEPTED,))
    if accepted != MESSAGES:
        raise RuntimeError(f"{accepted} letters accepted of {MESSAGES}")
    return MESSAGES / elapsed_s


def _count(runtime: Runtime, mailing_id: int, statuses: tuple[Status, ...]) -> int:
    with runtime.database.snapshot() as session:
        query = select(func.count()).where(Message.mailing_id == mailing_id, Message.status.in_(statuses))
        return session.scalar(query) or 0


async def send_once(address: str, numbers: list[str], in_flight: int) -> float:
    """The same texts by the library as it comes."""
    account = f"AC{1:032x}"
    slots = asyncio.Semaphore(in_flight)
    async with AsyncTwilioHttpClient() as http:
        client = Client(account, "secret", http_client=http)
        client.api.base_url = address

        async def send(digits: str) -> None:
            async with slots:
                await client.messages.create_async(
                    to=f"+33{digits}",
                    from_=crowd.SENDER,
                    body=crowd.BODY,
                    status_callback=f"{PUBLIC_URL}/webhooks/twilio/status/{digits}",
                    validity_period=36_000,
                )

        begun = perf_counter()
        await asyncio.gather(*(send(digits) for digits in numbers))
        return len(numbers) / (perf_counter() - begun)
