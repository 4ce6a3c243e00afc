"""A slow simulator holds up no connection of the database, and is told of forty copies together."""

import threading
from dataclasses import replace

from flask import Flask, jsonify

from app.accounts.models import Mode, Space
from app.simulator.listener import Listener
from app.web import seams
from app.workshops.phones import faults
from tests.conftest import with_settings


def test_the_wall_holds_no_connection_while_it_asks(app, runtime, database, opened, room, sit):
    sit(opened, "Amina")
    held = []
    simulator = Flask("simulator")

    @simulator.get("/_simulator/<sid>/changes")
    def changes(sid):
        held.append(database.engine.pool.checkedout())
        return jsonify({"counter": 1})

    listener = Listener(simulator)
    address = f"http://127.0.0.1:{listener.start()}"
    seams.hand(app, with_settings(runtime, simulator_url=address))
    try:
        assert room.get(f"/ateliers/{opened.id}/mur").status_code == 200
    finally:
        seams.hand(app, runtime)
        listener.stop()
    assert held == [0]


def test_copies_are_told_together(settings):
    both = threading.Barrier(2)
    simulator = Flask("simulator")

    @simulator.put("/_simulator/<sid>/weather")
    def tell(sid):
        both.wait(10)
        return "", 204

    listener = Listener(simulator)
    address = f"http://127.0.0.1:{listener.start()}"
    spaces = [Space(mode=Mode.PRACTICE, carrier_account_sid=f"AC{at}", carrier_auth_token="t") for at in (1, 2)]
    try:
        faults.set_everywhere(spaces, faults.FINE, replace(settings, simulator_url=address))
    finally:
        listener.stop()
