import pytest

from app.simulator.listener import Listener
from app.simulator.server import Simulator
from tests.simulator.ears import Ears
from tests.simulator.sender import Sender


@pytest.fixture
def ears():
    with Ears() as ears:
        yield ears


@pytest.fixture
def address(tmp_path, ears):
    """Where a running simulator listens; its replies go to ``ears``."""
    with Simulator(data_path=tmp_path / "simulator.db", inbound_url=ears.url("in"), slow_receipt_s=0.4) as simulator:
        listener = Listener(simulator.wsgi)
        yield f"http://127.0.0.1:{listener.start()}"
        listener.stop()


@pytest.fixture
def sender(address):
    with Sender(address) as sender:
        yield sender
