"""The whole product on one machine: web, simulator and jobs over one database, speaking real HTTP."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.assembly import build_runtime
from app.consent import service as consent
from app.runtime import Runtime
from app.settings import Settings
from app.simulator.listener import Listener
from app.simulator.server import Simulator
from jobs.dispatching import Dispatcher
from jobs.importing import run_imports
from jobs.launching import follow_campaigns, launch_due_campaigns
from tests.applications import lent_app


@dataclass
class Stage:
    """``work`` does what jobs would do until nothing is due; ``until`` waits for what callbacks bring."""

    runtime: Runtime
    app: Flask

    def work(self) -> int:
        """Import, launch and dispatch everything due now; how many messages were handed over."""
        run_imports(self.runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)
        launch_due_campaigns(self.runtime)
        sent = asyncio.run(Dispatcher(self.runtime).drain())
        follow_campaigns(self.runtime)
        return sent

    def until(self, true: Callable[[Session], bool], *, seconds: float = 20) -> None:
        """Work until it is true of the database; fails when it does not become so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.work()
            with self.runtime.database.snapshot() as session:
                if true(session):
                    return
            time.sleep(0.05)
        raise AssertionError("it did not become true in time")

    def simulator(self, space: Space, method: str, path: str, **words: Any) -> Any:
        """Ask the simulator about a space's account: ``ledger``, ``weather``, ``handsets/+336…/reply``."""
        answer = requests.request(
            method,
            f"{self.runtime.settings.simulator_url}/_simulator/{space.carrier_account_sid}/{path}",
            auth=(space.carrier_account_sid or "", space.carrier_auth_token or ""),
            timeout=10,
            **words,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def standing_stage(settings: Settings, folder: Path, *, outside: str = "") -> Iterator[Stage]:
    """Open the stage on free ports. ``outside`` is where live spaces find their carrier, if not at the simulator."""
    built: list[Flask] = []
    with ExitStack() as stack:
        web = Listener(lambda environ, start: built[0](environ, start))  # noqa: PLW0108 - built after its port is known
        web_url = f"http://127.0.0.1:{web.start()}"
        stack.callback(web.stop)
        simulator = Simulator(
            data_path=folder / "simulator.sqlite3", inbound_url=f"{web_url}/webhooks/twilio/inbound", slow_receipt_s=0.2
        )
        carrier = Listener(simulator.wsgi)
        simulator_url = f"http://127.0.0.1:{carrier.start()}"
        addresses = {"public_url": web_url, "link_url": web_url, "simulator_url": simulator_url}
        runtime = build_runtime(replace(settings, carrier_url=outside or simulator_url, **addresses))
        stack.callback(runtime.database.close)
        built.append(stack.enter_context(lent_app(runtime)))
        stack.enter_context(simulator)
        stack.callback(web.stop)  # before what answers through it ends
        stack.callback(carrier.stop)
        yield Stage(runtime, built[0])
