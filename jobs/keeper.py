"""What systemd is told of this process: ready, alive, about to end. It starts anew one that falls silent."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress

STILL_S = 120.0
"""A dispatcher that has not looked for work for so long is stuck: a busy database or carrier holds it far less."""


class Keeper:
    """``address`` is the socket that systemd listens on; empty when nobody does, and then nothing is said."""

    def __init__(self, address: str, *, awake: Callable[[], float] = time.monotonic) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._awake = awake
        self._looked_at = awake()

    def looked(self) -> None:
        """The dispatcher looks for what may leave, from its own thread; a database that is away stops it not."""
        self._looked_at = self._awake()

    def say_ready(self) -> None:
        self._say("READY=1")

    def say_alive(self) -> None:
        """Said at each beat, unless the dispatcher is stuck."""
        if self._awake() - self._looked_at < STILL_S:
            self._say("WATCHDOG=1")

    def say_ending(self) -> None:
        self._say("STOPPING=1")

    def _say(self, words: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(words.encode(), self._address)
