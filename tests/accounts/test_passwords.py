"""Passwords take memory: a crowd at the door takes turns."""

from threading import Barrier, Lock, Thread

import pytest
from argon2 import Type, extract_parameters

from app.accounts import secrets
from app.errors import TooMany


def test_a_password_is_as_costly_to_guess_as_rfc_9106_asks():
    """Its second choice, for little memory: 64 MB, three passes, four lanes."""
    written = secrets.hash_password("un mot")
    stored = extract_parameters(written)
    assert (stored.type, stored.memory_cost, stored.time_cost, stored.parallelism) == (Type.ID, 64 * 1024, 3, 4)
    assert secrets.password_matches("un mot", written)


def test_passwords_are_checked_two_at_a_time_and_a_crowd_is_asked_to_come_back(monkeypatch):
    """The library is replaced by one that counts who is inside, and keeps them until the crowd has come."""
    lock, inside, maximum = Lock(), [], []
    met = Barrier(secrets.PASSWORDS_AT_ONCE + 1)

    class Slow:
        def hash(self, _password):
            with lock:
                inside.append(1)
                maximum.append(len(inside))
            met.wait(10)
            with lock:
                inside.pop()
            return "h"

    monkeypatch.setattr(secrets, "_hasher", Slow())
    made = [Thread(target=secrets.hash_password, args=["un mot"]) for _one in range(secrets.PASSWORDS_WAITING)]
    for one in made:
        one.start()
    for _pair in range(secrets.PASSWORDS_WAITING // secrets.PASSWORDS_AT_ONCE):
        if not _pair:
            while secrets._admitted.acquire(blocking=False):
                secrets._admitted.release()
            with pytest.raises(TooMany):
                secrets.hash_password("un mot de plus")
        met.wait(10)
    for one in made:
        one.join()
    assert max(maximum) == secrets.PASSWORDS_AT_ONCE
    assert secrets._admitted.acquire(blocking=False)
    secrets._admitted.release()
