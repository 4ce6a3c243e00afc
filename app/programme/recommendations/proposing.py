"""From scores to tools: an axis under 50 calls for tools, by its two lowest questions. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.database.ids import ToolId
from app.programme.recommendations.questions import axis_of

UNDER = 50
"""A score from here on calls for nothing."""
LOWEST = 2
"""Questions of an axis that are looked at."""
AT_ONCE = 3
"""Tools on an association's table at one time."""


@dataclass(frozen=True)
class Diagnosis:
    """What a diagnostic says, whatever took it. Axes and questions are by their keys, « M » and « M2 ».

    ``answers`` are 0 to 3, None for « je ne sais pas »; ``block`` names the questions that forbid texting many people.
    """

    scores: Mapping[str, float | None]
    answers: Mapping[str, int | None]
    block: Sequence[str] = ()


@dataclass(frozen=True)
class Entry:
    """A tool that a question calls for; the lowest rank comes first."""

    question: str
    tool_id: ToolId
    rank: int
    why: str = ""


@dataclass(frozen=True)
class Shelf:
    """What is known of the tools: only ``offered`` ones are proposed, ``texting`` ones text many people at once."""

    offered: Collection[ToolId]
    texting: Collection[ToolId] = ()


@dataclass(frozen=True)
class Proposals:
    """``chosen`` may be proposed now; ``withheld`` would be, were it not for the questions that forbid mass texts."""

    chosen: Sequence[Entry] = ()
    withheld: Sequence[Entry] = ()
    full: bool = False
    """Whether the association's table is full, so that nothing was looked for."""
    axes: Sequence[str] = ()
    """The axes under 50, the lowest first."""


def propose(
    diagnosis: Diagnosis, table: Sequence[Entry], shelf: Shelf, *, had: Collection[ToolId], open_count: int
) -> Proposals:
    """What to recommend next, as many as the table has room for, beside ``had``: every tool ever recommended there.

    Questions take turns, those of the lowest axis first: each gives its first tool before any gives its second.
    """
    low = _low_axes(diagnosis.scores)
    room = max(AT_ONCE - open_count, 0)
    known = [one for one in _ranked(table) if one.tool_id in shelf.offered and one.tool_id not in had]
    queues = [[one for one in known if one.question == key] for axis in low for key in lowest(diagnosis, axis)]
    texting = [one for queue in queues for one in queue if diagnosis.block and one.tool_id in shelf.texting]
    withheld = list({one.tool_id: one for one in reversed(texting)}.values())[::-1]
    allowed = [[one for one in queue if one not in texting] for queue in queues]
    return Proposals(_in_turn(allowed, room), withheld[:AT_ONCE], full=not room, axes=low)


def _low_axes(scores: Mapping[str, float | None]) -> list[str]:
    """An axis without a score, for want of answers, calls for nothing."""
    low = [(score, axis) for axis, score in scores.items() if score is not None and score < UNDER]
    return [axis for _score, axis in sorted(low)]


def lowest(diagnosis: Diagnosis, axis: str) -> list[str]:
    """The questions of an axis that were answered lowest, in the order of their keys where they are alike."""
    known = [(answer, key) for key, answer in diagnosis.answers.items() if answer is not None and axis_of(key) == axis]
    return [key for _answer, key in sorted(known)[:LOWEST]]


def _ranked(table: Sequence[Entry]) -> list[Entry]:
    return sorted(table, key=lambda one: (one.rank, one.tool_id))


def _in_turn(queues: Sequence[Sequence[Entry]], room: int) -> list[Entry]:
    """The first tool of each queue that no other gave, then the second, as many as there is room for."""
    chosen: dict[ToolId, Entry] = {}
    waiting = [list(queue) for queue in queues]
    while any(waiting) and len(chosen) < room:
        for queue in waiting:
            found = next((one for one in queue if one.tool_id not in chosen), None)
            queue[:] = queue[queue.index(found) + 1 :] if found else []
            if found and len(chosen) < room:
                chosen[found.tool_id] = found
    return list(chosen.values())
