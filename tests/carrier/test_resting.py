"""An account that nobody calls is closed meanwhile, and opened anew when somebody does."""

import asyncio

from app.carrier.carriers import CarrierAccount, Carriers
from app.carrier.protocol import Accepted, Outgoing
from app.carrier.resting import RestingCarrier

TEXT = Outgoing("Emmaus80", "+33639980001", "Bonjour", "http://tambour.test/x", 60)


class Wire:
    """Answers when ``may_answer`` is set, and tells whether it is open."""

    def __init__(self, made):
        made.append(self)
        self.is_open, self.may_answer = True, asyncio.Event()

    async def send(self, text):
        await self.may_answer.wait()
        return Accepted(text.phone)

    async def close(self):
        self.is_open = False


def test_a_carrier_rests_once_nobody_calls_it_and_never_under_a_call():
    async def use():
        made = []
        carrier = RestingCarrier(lambda: Wire(made), rest_s=0.0)
        assert made == [], "nothing is opened before the first call"
        first = asyncio.create_task(carrier.send(TEXT))
        second = asyncio.create_task(carrier.send(TEXT))
        await rounds()
        assert [one.is_open for one in made] == [True], "both calls are of one"
        made[0].may_answer.set()
        assert await first == await second == Accepted(TEXT.phone)
        await rounds()
        assert not made[0].is_open, "it rests"
        third = asyncio.create_task(carrier.send(TEXT))
        await rounds()
        assert len(made) == 2 and made[1].is_open
        made[1].may_answer.set()
        assert await third == Accepted(TEXT.phone)
        await carrier.close()
        assert not made[1].is_open

    asyncio.run(use())


def test_what_is_used_again_in_time_stays_open():
    async def use():
        made = []
        carrier = RestingCarrier(lambda: Wire(made), rest_s=3600.0)
        for _call in range(3):
            call = asyncio.create_task(carrier.send(TEXT))
            await rounds()
            made[0].may_answer.set()
            await call
        await rounds()
        assert len(made) == 1 and made[0].is_open
        await carrier.close()
        assert not made[0].is_open

    asyncio.run(use())


def test_its_rest_begins_with_the_end_of_its_last_call():
    """However long the call, and whatever was called since the rest before began to be counted."""

    async def use():
        made, now, loop = [], [0.0], asyncio.get_running_loop()
        loop.time = lambda: now[0]
        carrier = RestingCarrier(lambda: Wire(made), rest_s=30.0)

        async def after(seconds):
            now[0] += seconds
            await rounds()
            return made[0].is_open

        async def call():
            made[0].may_answer.set()
            await carrier.send(TEXT)
            made[0].may_answer.clear()

        first = asyncio.create_task(carrier.send(TEXT))
        await rounds()
        made[0].may_answer.set()
        await first
        assert await after(20)
        await call()
        assert await after(20), "used since"
        long = asyncio.create_task(carrier.send(TEXT))
        made[0].may_answer.clear()
        assert await after(100), "under a call"
        made[0].may_answer.set()
        await long
        assert await after(29)
        assert not await after(2)
        assert len(made) == 1

    asyncio.run(use())


def test_every_account_of_the_gate_opens_nothing_before_it_is_called():
    gate = Carriers(carrier_url="http://127.0.0.1:9", simulator_url="http://127.0.0.1:9", timeout_s=1, in_flight=1)
    opened = gate.open(CarrierAccount("AC1", "token", practice=True))
    assert isinstance(opened._inner, RestingCarrier)


async def rounds():
    """Whatever is ready in the loop has its turn."""
    for _turn in range(5):
        await asyncio.sleep(0)
