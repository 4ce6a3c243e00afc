import signal
import socket
import subprocess
import sys

import pytest
import requests

from app.simulator.listener import Listener
from app.simulator.server import Simulator, create_simulator
from tests.simulator.ears import until
from tests.simulator.sender import NUMBER, PHONE, Sender

PROGRAM = """
import sys
from app.simulator.server import Simulator, serve
serve(Simulator(data_path=sys.argv[1], inbound_url=sys.argv[2]), port=int(sys.argv[3]))
"""


@pytest.fixture
def start(tmp_path, ears):
    """Start the simulator as a program, always on the same file and port."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    running = []

    def begin():
        words = [str(tmp_path / "simulator.db"), ears.url("in"), str(port)]
        program = subprocess.Popen([sys.executable, "-W", "error", "-c", PROGRAM, *words])
        running.append(program)
        until(lambda: _healthy(port))
        return program, f"http://127.0.0.1:{port}"

    yield begin
    for program in running:
        program.kill()
        program.wait()


def _healthy(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1).ok
    except requests.ConnectionError:
        return False


def test_a_killed_simulator_forgets_nothing_it_accepted(start, ears):
    program, address = start()
    with Sender(address) as sender:
        sender.set_weather(receipt_delay_ms=1000)
        letters = [sender.send(status_callback=ears.url(str(number))) for number in range(10)]
        program.kill()
        program.wait()
        assert ears.heard == []
    _, address = start()
    with Sender(address, sid=sender.sid) as sender:
        ears.wait_for(20)
        assert all(ears.statuses(str(number)) == ["sent", "delivered"] for number in range(10))
        assert {letter.sid for letter in sender.client.messages.list()} == {letter.sid for letter in letters}
        assert sender.ask("/weather")["receipt_delay_ms"] == 1000
        with Sender(address, sid=sender.sid, token="wrong") as thief:
            assert thief.room("GET", "/changes").status_code == 401


def test_a_killed_simulator_remembers_how_much_of_the_day_is_left(start):
    program, address = start()
    with Sender(address) as sender:
        sender.set_weather(day_limit=3)
        assert [sender.post(To=PHONE, From=NUMBER, Body="a").status_code for _ in range(2)] == [201, 201]
        program.kill()
        program.wait()
    _, address = start()
    with Sender(address, sid=sender.sid) as sender:
        assert [sender.post(To=PHONE, From=NUMBER, Body="a").status_code for _ in range(2)] == [201, 429]


def test_a_callback_in_hand_when_killed_is_made_again(start, ears):
    program, address = start()
    with Sender(address) as sender:
        ears.answers = [503] * 2
        sender.send("+33639980005", status_callback=ears.url("s"))
        ears.wait_for(1)
        program.kill()
        program.wait()
    start()
    ears.wait_for(2)
    assert set(ears.statuses("s")) == {"sent"}


def test_the_program_ends_cleanly_when_asked(start):
    program, address = start()
    with Sender(address) as sender:
        sender.send()
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0


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
