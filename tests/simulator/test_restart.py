import signal

import pytest

from app.simulator.listener import Listener
from app.simulator.server import Simulator, create_simulator
from tests.simulator.ears import until
from tests.simulator.program import Program
from tests.simulator.sender import NUMBER, PHONE, Sender


@pytest.fixture
def program(tmp_path, ears):
    with Program(tmp_path / "simulator.db", inbound_url=ears.url("in")) as program:
        program.start()
        yield program


def test_a_killed_simulator_forgets_nothing_it_accepted(program, ears):
    with Sender(program.address) as sender:
        sender.set_faults(receipt_delay_ms=1000)
        messages = [sender.send(status_callback=ears.url(str(number))) for number in range(10)]
        program.kill()
        assert ears.heard == []
    program.start()
    with Sender(program.address, sid=sender.sid) as sender:
        ears.wait_for(20)
        assert all(ears.statuses(str(number)) == ["sent", "delivered"] for number in range(10))
        assert {message.sid for message in sender.client.messages.list()} == {message.sid for message in messages}
        assert sender.ask("/weather")["receipt_delay_ms"] == 1000
        with Sender(program.address, sid=sender.sid, token="wrong") as thief:
            assert thief.room("GET", "/changes").status_code == 401


def test_a_killed_simulator_remembers_how_much_of_the_day_is_left(program):
    with Sender(program.address) as sender:
        sender.set_faults(day_limit=3)
        assert [sender.post(To=PHONE, From=NUMBER, Body="a").status_code for _ in range(2)] == [201, 201]
        program.kill()
    program.start()
    with Sender(program.address, sid=sender.sid) as sender:
        assert [sender.post(To=PHONE, From=NUMBER, Body="a").status_code for _ in range(2)] == [201, 429]


def test_a_callback_in_hand_when_killed_is_made_again(program, ears):
    with Sender(program.address) as sender:
        ears.free.clear()
        sender.send("+33639980005", status_callback=ears.url("s"))
        ears.wait_for(1)
        program.kill()
    ears.free.set()
    program.start()
    ears.wait_for(2)
    assert set(ears.statuses("s")) == {"sent"}


def test_the_program_ends_cleanly_when_asked(program):
    with Sender(program.address) as sender:
        sender.send()
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(10) == 0


def test_only_this_machine_may_listen(tmp_path):
    wsgi = create_simulator(data_path=tmp_path / "s.db", inbound_url="http://127.0.0.1:1/")
    with pytest.raises(ValueError, match="this machine alone"):
        Listener(wsgi, host="0.0.0.0")
    simulator = wsgi.extensions["simulator"]
    assert isinstance(simulator, Simulator)
    simulator.stop()


def test_no_phone_and_no_text_is_logged(sender, ears, caplog):
    caplog.set_level("DEBUG", logger="app.simulator")
    ears.answers = [404]
    sender.send(body="Confidence", status_callback=ears.url("s"))
    ears.wait_for(2)
    sender.room("GET", f"/handsets/{PHONE}/nothing")
    until(lambda: "callback_refused" in caplog.text)
    assert not any(word in caplog.text for word in (PHONE[1:], "Confidence"))
