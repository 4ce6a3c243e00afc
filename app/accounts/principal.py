"""Who acts: a user, a workshop seat, a key or a job. Every service act names one."""

from dataclasses import dataclass

JOB = "job"
USER = "user"
KEY = "key"
SEAT = "seat"


@dataclass(frozen=True)
class Principal:
    """``kind`` is ``user``, ``seat``, ``key`` or ``job``; ``name`` is what the audit trail shows."""

    kind: str
    id: int | None
    name: str


def job(name: str) -> Principal:
    """A tick or a program of ours, by its name."""
    return Principal(JOB, None, name)
