"""The simulator as a process of its own, which a test may kill and start again on the same file and port."""

import socket
import subprocess
import sys
from pathlib import Path

import requests

from tests.simulator.ears import until

_PROGRAM = """
import sys
from app.simulator.server import Simulator, serve
serve(Simulator(data_path=sys.argv[1], inbound_url=sys.argv[2]), port=int(sys.argv[3]))
"""


class Program:
    """``start`` and ``kill`` as often as one likes: ``address`` stays. Leaving ``with`` ends what still runs."""

    def __init__(self, data_path: Path, *, inbound_url: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as held:
            self._port = held.getsockname()[1]
        self._words = [str(data_path), inbound_url, str(self._port)]
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_) -> None:
        self.kill()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Return once it answers."""
        self.process = subprocess.Popen([sys.executable, "-W", "error", "-c", _PROGRAM, *self._words])
        until(self._is_healthy, within_s=30)

    def kill(self) -> None:
        """Without a word, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _is_healthy(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz", timeout=1).ok
        except requests.RequestException:
            return False
