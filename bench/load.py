"""A carrier's side of the webhooks: a program that posts signed reports over so many connections and tells how long.

`python -m bench.load PORT FILE CONNECTIONS` reads one JSON `[path, body, signature]` a line.
"""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

CONNECTIONS = 24
TYPE = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True)
class Post:
    """One report, ready to be signed for its URL."""

    public_url: str
    path: str
    form: dict[str, str]
    auth_token: str

    def line(self) -> str:
        signature = RequestValidator(self.auth_token).compute_signature(f"{self.public_url}{self.path}", self.form)
        return json.dumps([self.path, urlencode(self.form), signature])


def post_all(port: int, posts: Sequence[Post], file: Path) -> float:
    """Posts a second. Raises RuntimeError unless each was answered 204."""
    file.write_text("\n".join(post.line() for post in posts), encoding="utf-8")
    words = [sys.executable, "-m", "bench.load", str(port), str(file), str(CONNECTIONS)]
    answer = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    if answer["statuses"] != {"204": len(posts)}:
        raise RuntimeError(f"the reports were answered {answer['statuses']}")
    return len(posts) / float(answer["seconds"])


async def _run(port: int, lines: list[str], connections: int) -> dict[str, object]:
    waiting = iter([json.loads(line) for line in lines])
    statuses: Counter[int] = Counter()

    async def carry(session: aiohttp.ClientSession) -> None:
        for path, body, signature in waiting:
            headers = {"Content-Type": TYPE, SIGNATURE_HEADER: signature}
            async with session.post(f"http://127.0.0.1:{port}{path}", data=body, headers=headers) as answer:
                await answer.read()
                statuses[answer.status] += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:
        begun = perf_counter()
        await asyncio.gather(*(carry(session) for _ in range(connections)))
        return {"seconds": perf_counter() - begun, "statuses": statuses}


if __name__ == "__main__":
    port, file, connections = sys.argv[1:]
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    print(json.dumps(asyncio.run(_run(int(port), lines, int(connections)))))
