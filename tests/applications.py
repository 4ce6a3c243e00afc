"""The web application, assembled once by each worker and lent to one test at a time.

Assembling it and compiling its pages takes ten times longer than most tests. All it knows of a test is the runtime,
which it is handed anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.assembly import create_app
from app.runtime import Runtime
from app.web import seams

_free: list[Flask] = []


@contextmanager
def lent_app(runtime: Runtime) -> Iterator[Flask]:
    """An application over ``runtime``; whatever a test changes of its settings is put back afterwards."""
    app = _free.pop() if _free else create_app(runtime)
    config, extensions = dict(app.config), dict(app.extensions)
    seams.hand(app, runtime)
    yield app
    for ours, kept in ((app.config, config), (app.extensions, extensions)):
        ours.clear()
        ours.update(kept)
    _free.append(app)
