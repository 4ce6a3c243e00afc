"""``python -m jobs.asking``: ask the carrier now about every letter without news, and for what was answered."""

import sys
from dataclasses import replace

from app import logs
from app.assembly import build_runtime
from app.database.labels import require_fit
from app.database.revisions import SchemaError
from app.runtime import Runtime
from app.settings import SettingsError, read_settings
from jobs.listening import read_back_replies
from jobs.reconciling import reconcile

ROUNDS = 100
"""Of one command: what it could not ask about by then, the ticks will."""


def ask_now(runtime: Runtime) -> int:
    """Ask about every letter without news, however short its silence; the number of questions.

    « Never seen » is no quicker to be believed for that.
    """
    settings = runtime.settings
    eager = replace(
        runtime, settings=replace(settings, ask_after_s=max(settings.doubt_after_s, settings.doubt_again_s))
    )
    asked = 0
    for _round in range(ROUNDS):
        count = reconcile(eager)
        asked += count
        if count == 0:
            break
    return asked


def main() -> int:
    """The exit code: 2 for a setting or a schema that is not right, named in one sentence."""
    try:
        runtime = build_runtime(read_settings())
        require_fit(runtime.database, runtime.settings.fingerprint_key)
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
