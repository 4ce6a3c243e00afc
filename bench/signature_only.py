"""The web server at its best: the same settings, and a webhook that only checks its signature.

`python -m bench.signature_only` listens where TAMBOUR_PORT says.
"""

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

from app.assembly import open_front
from app.carrier.signatures import is_signed
from app.settings import read_settings
from bench import bare

app = Flask(__name__)
_settings = read_settings()


@app.get("/healthz")
def healthz() -> ResponseReturnValue:
    return {"alive": True}


@app.post("/webhooks/twilio/status/<public_id>")
def status(public_id: str) -> ResponseReturnValue:
    url = f"{_settings.public_url}{request.path}"
    if not is_signed(_settings.twilio_auth_token, url=url, form=request.form, headers=request.headers):
        abort(403, public_id)
    return "", 204


front = open_front(app, _settings)

if __name__ == "__main__":
    bare.serve("bench.signature_only:front", _settings)
