"""The quickest carrier there can be: a program that answers Twilio's 201, at once or a while later, and no more."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from aiohttp import web

_numbers = count(1)
_LATENCY_S = web.AppKey("latency_s", float)


@contextmanager
def quick_carrier(*, latency_ms: int = 0) -> Iterator[str]:
    """Its address, as long as the block lasts; each answer takes ``latency_ms``."""
    words = [sys.executable, "-m", "bench.carrier", str(latency_ms)]
    program = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    if program.stdout is None:
        raise RuntimeError("the carrier has no voice")
    with program, program.stdout as said:
        try:
            yield f"http://127.0.0.1:{int(said.readline())}"
        finally:
            program.terminate()


async def accept(request: web.Request) -> web.Response:
    form = await request.post()
    if request.app[_LATENCY_S]:
        await asyncio.sleep(request.app[_LATENCY_S])
    sid = f"SM{next(_numbers):032x}"
    body: dict[str, object] = {
        "sid": sid,
        "account_sid": request.match_info["account"],
        "api_version": "2010-04-01",
        "body": form.get("Body"),
        "date_created": "Tue, 03 Mar 2026 12:00:00 +0000",
        "date_sent": None,
        "date_updated": "Tue, 03 Mar 2026 12:00:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": {},
        "to": form.get("To"),
        "uri": f"/2010-04-01/Accounts/{request.match_info['account']}/Messages/{sid}.json",
    }
    return web.Response(status=201, body=json.dumps(body).encode(), content_type="application/json")


def main(latency_ms: str) -> None:
    """Print the port, then answer until told to end."""
    app = web.Application()
    app[_LATENCY_S] = int(latency_ms) / 1000
    app.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", accept)
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as target:
        print(target.getsockname()[1], flush=True)
        web.run_app(app, sock=target, print=None, access_log=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
