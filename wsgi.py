"""The web's entry point: settings -> runtime -> create_app. ``front`` for granian, ``app`` for any WSGI server."""

import os
import threading
import time

from app import logs
from app.assembly import build_runtime, create_app, open_front
from app.database.labels import require_fit
from app.database.revisions import SchemaError
from app.messaging.web.callbacks import Callbacks
from app.settings import SettingsError, read_settings

ORPHAN_CHECK_S = 1.0


def end_with_parent(parent: int) -> None:
    """Leave when the server that began this worker is gone: killed outright, it would go on serving old code."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_S)
    os._exit(1)


logs.set_up()
threading.Thread(target=end_with_parent, args=[os.getppid()], daemon=True).start()
try:
    _runtime = build_runtime(read_settings())
    require_fit(_runtime.database, _runtime.settings.fingerprint_key)
except (SettingsError, SchemaError) as error:
    raise SystemExit(f"tambour : {error}") from None

app = create_app(_runtime)
front = open_front(app, _runtime.settings, ahead=Callbacks(app))
