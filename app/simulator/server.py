"""The simulator as a whole, and as a program."""

import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask

from app.simulator import dice
from app.simulator.callbacks import Courier
from app.simulator.desk import Desk
from app.simulator.listener import Listener
from app.simulator.store.accounts import Accounts
from app.simulator.store.database import Database
from app.simulator.wsgi import build_wsgi

log = logging.getLogger(__name__)


class Simulator:
    """A carrier over the SQLite file ``data_path``; replies from handsets go to ``inbound_url``.

    ``wsgi`` answers as soon as this exists; callbacks leave between ``start`` and ``stop``. After ``stop`` it is over:
    make another on the same file, and it goes on where this one was, however it ended. A callback that nobody answers
    is lost, unless its account's weather says otherwise.
    """

    def __init__(
        self,
        *,
        data_path: Path | str,
        inbound_url: str,
        slow_receipt_s: float = 30.0,
        advanced_opt_out: bool = False,
        draw: Callable[[], float] = dice.draw,
    ) -> None:
        self._database = Database(Path(data_path))
        accounts = Accounts(self._database)
        self._courier = Courier(self._database, accounts)
        self.wsgi: Flask = build_wsgi(
            Desk(
                database=self._database,
                accounts=accounts,
                courier=self._courier,
                inbound_url=inbound_url,
                slow_receipt_s=slow_receipt_s,
                advanced_opt_out=advanced_opt_out,
                draw=draw,
            )
        )
        self.wsgi.extensions["simulator"] = self

    def start(self) -> None:
        self._courier.start()

    def stop(self) -> None:
        self._courier.stop()
        self._database.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()


def create_simulator(*, data_path: Path | str, inbound_url: str, slow_receipt_s: float = 30.0) -> Flask:
    """The Flask application of a new simulator, which it holds as ``extensions["simulator"]``."""
    return Simulator(data_path=data_path, inbound_url=inbound_url, slow_receipt_s=slow_receipt_s).wsgi


def serve(simulator: Simulator, *, host: str = "127.0.0.1", port: int) -> None:
    """Answer and deliver until SIGTERM or SIGINT. Belongs to a process's main thread, where signals arrive."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    listener = Listener(simulator.wsgi, host=host, port=port)
    with simulator:
        try:
            log.info("simulator_listening", extra={"port": listener.start()})
            ended.wait()
        finally:
            listener.stop()
