"""The web server at its best: the same settings, and one page that never changes at every address.

`python -m bench.static_page` listens where TAMBOUR_PORT says.
"""

from flask import Flask
from flask.typing import ResponseReturnValue

from app.assembly import open_front
from app.settings import read_settings
from bench import bare

BYTES = 16_000
"""About what a page of a practice space weighs."""
PAGE = "<!doctype html><title>Tambour</title><p>Bonjour</p>".ljust(BYTES)
app = Flask(__name__)


@app.get("/", defaults={"path": ""})
@app.get("/<path:path>")
def page(path: str) -> ResponseReturnValue:  # noqa: ARG001
    return PAGE


front = open_front(app, read_settings())

if __name__ == "__main__":
    bare.serve("bench.static_page:front", read_settings())
