"""How a body may come: whole, in time, at a rate."""

import asyncio
import io
from collections.abc import AsyncIterator

import pytest

from app.web.answers import STREAMED
from app.web.front import Body, Front, Limits, Reading, TooSlow

SOON = Limits(max_bytes=10, max_drained_bytes=100, silence_s=0.02, grace_s=0.02, min_bytes_per_s=1_000_000)


class Sender:
    """Sends ``chunks``, then says nothing more; with ``ends``, that was all."""

    def __init__(self, *chunks: bytes, ends: bool = True) -> None:
        self.chunks = chunks
        self.ends = ends

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk
        while not self.ends:
            await asyncio.sleep(0.001)
            yield b""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        raise AssertionError((status, headers, body))


class Creeper(Sender):
    """Never silent, never quick: a byte at a time, without end."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.001)
            yield b"."


def read(sender: Sender, announced: int | None, limits: Limits = SOON) -> Body:
    async def whole() -> Body:
        return await Reading(sender, announced, limits).whole()

    return asyncio.run(whole())


def test_a_body_is_read_whole_and_knows_its_length() -> None:
    body = read(Sender(b"abc", b"", b"def"), None)
    with body.stream as stream:
        assert (stream.read(), body.length) == (b"abcdef", 6)


@pytest.mark.parametrize("sender", [Sender(b"abc", ends=False), Creeper(), Sender(b"abc")])
def test_one_that_stops_creeps_or_ends_early_is_given_up(sender: Sender) -> None:
    with pytest.raises(TooSlow):
        read(sender, 8)


def test_one_too_long_is_read_to_its_end_and_not_kept() -> None:
    for announced in (20, None):
        body = read(Sender(b"0123456789", b"0123456789"), announced)
        body.stream.close()
        assert body.length == 20
    assert read(Sender(), 1_000).length == 1_000


class Taker:
    """Takes an answer piece by piece, and hangs up after ``most``."""

    def __init__(self, most: int = 9) -> None:
        self.most, self.pieces = most, []

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Taker":
        self.begun = (status, headers)
        return self

    async def send_bytes(self, piece: bytes) -> None:
        if len(self.pieces) == self.most:
            raise ConnectionError
        self.pieces.append(piece)


def test_an_answer_in_pieces_is_made_as_it_is_taken_and_ended_when_its_reader_leaves() -> None:
    made, ended = [], []

    def app(environ, start):
        environ[STREAMED] = True
        start("200 OK", [("X", "y")])
        return pieces()

    def pieces():
        try:
            for at in range(5):
                made.append(at)
                yield bytes([at])
        finally:
            ended.append(True)

    front = Front(app, threads=1, limits=SOON)
    patient, hasty = Taker(), Taker(most=2)
    asyncio.run(front.answer({"wsgi.input": io.BytesIO()}, patient))
    assert (patient.begun, patient.pieces) == ((200, [("X", "y")]), [b"\0", b"\1", b"\2", b"\3", b"\4"])
    made.clear()
    with pytest.raises(ConnectionError):
        asyncio.run(front.answer({"wsgi.input": io.BytesIO()}, hasty))
    assert (made, ended) == ([0, 1, 2], [True, True])


def test_one_too_many_from_an_address_and_the_longest_silent_gives_way() -> None:
    patient = Limits(max_bytes=10, max_unfinished=2)
    front = Front(lambda _environ, _start: [], threads=1, limits=patient)

    class Scope:
        client = "192.0.2.1:4000"

    async def room() -> list[bool]:
        async def send(sender: Sender) -> bool:
            try:
                body = await front._body(Scope(), {"content-length": "3"}, sender)  # type: ignore[arg-type]
                body.stream.close()
            except TooSlow:
                return False
            return True

        silent = [asyncio.create_task(send(Sender(b"a", ends=False))) for _one in range(2)]
        await asyncio.sleep(0)
        latest = [await send(Sender(b"abc")) for _one in range(2)]
        return [*latest, await silent[0], await silent[1]]

    assert asyncio.run(room()) == [True, True, False, False]
    assert front.unfinished == {}
