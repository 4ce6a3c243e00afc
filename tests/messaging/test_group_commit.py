"""Items that wait for one transaction: none waits for ever."""

import threading

import pytest

from app.messaging.group_commit import GroupCommit, Interrupted


def test_a_thread_that_is_ended_while_it_writes_leaves_nobody_waiting():
    begun, others_wait = threading.Event(), threading.Event()
    told: list[BaseException] = []

    def write(items):
        if "first" in items:
            begun.set()
            others_wait.wait(10)
        elif "last" in items:
            raise KeyboardInterrupt

    group = GroupCommit(write)

    def put(item):
        try:
            group.put(item)
        except BaseException as error:
            told.append(error)

    first = threading.Thread(target=put, args=["first"])
    first.start()
    begun.wait(10)
    rest = [threading.Thread(target=put, args=[item], daemon=True) for item in ("last", "last", "last")]
    for thread in rest:
        thread.start()
    while len(group._waiting) < 3:
        pass
    others_wait.set()
    for thread in (first, *rest):
        thread.join(10)
        assert not thread.is_alive()
    assert [type(one) for one in told if isinstance(one, Interrupted)] == [Interrupted] * 2
    assert [type(one) for one in told if not isinstance(one, Interrupted)] == [KeyboardInterrupt]


def test_one_item_that_cannot_be_written_is_told_to_its_own_caller():
    group = GroupCommit(lambda items: (_ for _ in ()).throw(ValueError(str(items))))
    with pytest.raises(ValueError, match="x"):
        group.put("x")
