"""The web's entry point, for any WSGI server: settings -> runtime -> create_app."""

from app import logs
from app.assembly import build_runtime, create_app
from app.schema import SchemaError, require_current_schema
from app.settings import SettingsError, read_settings

logs.set_up()
try:
    _runtime = build_runtime(read_settings())
    require_current_schema(_runtime.database)
except (SettingsError, SchemaError) as error:
    raise SystemExit(f"tambour : {error}") from None

app = create_app(_runtime)
