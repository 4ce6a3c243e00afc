"""A tick that leaves part of its work undone is not one that went well: « Santé », the doctor and an alert tell it."""

import pytest

from app.accounts import retention as accounts
from app.hooks import retention as hooks
from app.programme.sharing import service as sharing
from jobs.ending import LeftUndone
from jobs.programme.sharing import share_ended_months
from jobs.retention import forget_the_old


def breaks(*_arguments, **_words):
    raise ZeroDivisionError


@pytest.fixture
def heard(monkeypatch):
    """What still has its turn after the one that fails."""
    heard = []
    monkeypatch.setattr(hooks, "forget_removed", lambda _session, **_words: heard.append("hooks"))
    return heard


def test_what_is_old_and_stays_is_told_and_the_rest_goes(runtime, heard, monkeypatch):
    monkeypatch.setattr(accounts, "forget_ended", breaks)
    with pytest.raises(LeftUndone):
        forget_the_old(runtime)
    assert heard == ["hooks"]
    monkeypatch.undo()
    forget_the_old(runtime)


def test_so_is_a_month_that_is_not_shared(runtime, monkeypatch):
    asked = []
    monkeypatch.setattr(sharing, "sharing", lambda _session: [1, 2])
    monkeypatch.setattr(sharing, "is_due", lambda _session, _one, **_words: True)
    monkeypatch.setattr(sharing, "write_ended", lambda _session, at, **_words: asked.append(at) or breaks())
    with pytest.raises(LeftUndone):
        share_ended_months(runtime)
    assert asked == [1, 2]
