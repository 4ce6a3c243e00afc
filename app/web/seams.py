"""What an application holds for its rooms: the runtime, and what lower rooms ask of those above them.

A room declares a ``Seam`` where it needs somebody it may not import; assembly fills it. mypy checks both ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast

from flask import Flask, current_app

from app.runtime import Runtime

_KEY = "tambour"
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Seam(Generic[T]):
    """A place for one value of the type T. ``name`` is for whoever reads an error: two seams are never the same."""

    name: str

    def filled_by(self, value: T) -> "Filling":
        """For ``install`` and ``fill``."""
        return Filling(self, value)

    def of(self, app: Flask) -> T:
        """What ``app`` was given. Raises LookupError if it was given nothing."""
        fillings = of(app).fillings
        if self not in fillings:
            raise LookupError(f"nobody filled the seam {self.name!r}")
        return cast(T, fillings[self])

    def read(self) -> T:
        """The same of the application that serves this request."""
        return self.of(current_app)


@dataclass(frozen=True)
class Filling:
    """A seam with its value; only ``Seam.filled_by`` makes one, which checks the type."""

    seam: Seam[Any]
    value: object


@dataclass(frozen=True)
class Seams:
    """All that is ours in ``app.extensions``. It never changes: whoever fills a seam puts another in its place."""

    runtime: Runtime
    fillings: Mapping[Seam[Any], object] = field(default_factory=dict)


def install(app: Flask, runtime: Runtime, *fillings: Filling) -> None:
    """The first thing that an application is given."""
    app.extensions[_KEY] = Seams(runtime)
    fill(app, *fillings)


def fill(app: Flask, *fillings: Filling) -> None:
    """Give ``app`` these values, in place of those it had."""
    found = of(app)
    new = {filling.seam: filling.value for filling in fillings}
    app.extensions[_KEY] = replace(found, fillings={**found.fillings, **new})


def hand(app: Flask, runtime: Runtime) -> None:
    """Give ``app`` another runtime."""
    app.extensions[_KEY] = replace(of(app), runtime=runtime)


def of(app: Flask) -> Seams:
    """What ``app`` holds."""
    return cast(Seams, app.extensions[_KEY])
