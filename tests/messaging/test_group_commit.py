"""Items that wait for one transaction: none waits for ever."""

import asyncio
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


def test_who_is_done_does_not_wait_for_those_written_next():
    writing, may_end, second_writes, answered = (threading.Event() for _ in range(4))

    def write(items):
        if items == ["first"]:
            writing.set()
            may_end.wait(10)
        if "third" in items:
            second_writes.set()
            answered.wait(10)

    group = GroupCommit(write, max=1)

    def put(item):
        group.put(item)
        if item == "second":
            second_writes.wait(10)
            answered.set()

    threads = [threading.Thread(target=put, args=[item]) for item in ("first", "second", "third")]
    threads[0].start()
    writing.wait(10)
    for number, thread in enumerate(threads[1:], 1):
        thread.start()
        while len(group._waiting) < number:
            pass
    may_end.set()
    for thread in threads:
        thread.join(20)
    assert answered.is_set() and second_writes.is_set()


def test_each_of_many_is_written_once_in_the_order_it_came():
    written: list[int] = []
    group = GroupCommit(written.extend, max=3)
    threads = [
        threading.Thread(target=lambda first=first: [group.put(first + at) for at in range(100)])
        for first in range(0, 800, 100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(written) == list(range(800))
    assert all(
        [one for one in written if one // 100 == mine] == sorted(range(mine * 100, mine * 100 + 100))
        for mine in range(8)
    )
    assert not group._is_writing


def test_threads_and_an_event_loop_put_into_one_group_and_each_is_told_once_written():
    written: list[int] = []

    def write(items):
        if 13 in items:
            raise ValueError("13")
        written.extend(items)

    group = GroupCommit(write, max=4)
    threads = [threading.Thread(target=lambda at=at: [group.put(100 * at + n) for n in range(50)]) for at in (1, 2)]

    async def put(item):
        await group.put_soon(item)
        assert item in written

    async def all_of_them():
        given_up = asyncio.ensure_future(group.put_soon(60))
        given_up.cancel()
        return await asyncio.gather(*(put(item) for item in range(50)), return_exceptions=True)

    for thread in threads:
        thread.start()
    told = asyncio.run(all_of_them())
    for thread in threads:
        thread.join(20)
    assert [str(one) for one in told if one] == ["13"] and told.index(next(one for one in told if one)) == 13
    group.put(1000)
    assert sorted(written) == [*(n for n in range(50) if n != 13), 60, *range(100, 150), *range(200, 250), 1000]
    assert not group._is_writing
