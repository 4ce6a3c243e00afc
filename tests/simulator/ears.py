"""A web address that remembers what is posted to it."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


class Ears:
    """``answers`` are the statuses to give, first to last; then 204 for ever.

    While ``free`` is clear nobody is answered.
    """

    def __init__(self, port: int = 0) -> None:
        self.heard: list[tuple[str, dict[str, str], str]] = []
        self.answers: list[int] = []
        self.free = threading.Event()
        self.free.set()
        ears = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                ears.heard.append((self.path, form, self.headers["X-Twilio-Signature"]))
                ears.free.wait(10)
                self.send_response(ears.answers.pop(0) if ears.answers else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> "Ears":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def statuses(self, path: str) -> list[str]:
        return [form["MessageStatus"] for heard, form, _ in self.heard if heard == f"/{path}"]

    def wait_for(self, count: int, *, within_s: float = 10) -> None:
        until(lambda: len(self.heard) >= count, within_s=within_s)


def until(true, *, within_s: float = 10) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)
