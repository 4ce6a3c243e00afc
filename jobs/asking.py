"""``python -m jobs.asking``: ask the carrier now about every letter without news, and for what was answered."""

import sys

from app import logs
from app.assembly import build_runtime
from app.schema import SchemaError, require_current_schema
from app.settings import SettingsError, read_settings
from jobs.listening import read_back_replies
from jobs.reconciling import ask_now


def main() -> int:
    """The exit code: 2 for a setting or a schema that is not right, named in one sentence."""
    try:
        runtime = build_runtime(read_settings())
        require_current_schema(runtime.database)
    except (SettingsError, SchemaError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    logs.set_up()
    sys.stdout.write(f"Questions posées à l'opérateur : {ask_now(runtime)}.\n")
    sys.stdout.write(f"Réponses retrouvées chez lui : {read_back_replies(runtime)}.\n")
    runtime.database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
