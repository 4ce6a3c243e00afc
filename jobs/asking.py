"""``python -m jobs.asking``: ask the carrier now about every letter without news, and for what was answered."""

import logging
import sys
from dataclasses import dataclass, replace

from app import logs
from app.assembly import build_runtime
from app.database.labels import require_fit
from app.database.revisions import SchemaError
from app.runtime import Runtime
from app.settings import SettingsError, read_settings
from jobs.listening import read_back_replies
from jobs.reconciling import ask_batch

ROUNDS = 100
"""Of one command: what it could not ask about by then, the ticks will."""


@dataclass(frozen=True)
class Asked:
    """``answered`` questions; ``is_silent`` when the carrier of real phones had no answer to any of a round."""

    answered: int
    is_silent: bool


def ask_now(runtime: Runtime) -> Asked:
    """Ask about every letter without news, however short its silence, until none is left or nobody answers.

    « Never seen » is no quicker to be believed for that.
    """
    settings = runtime.settings
    eager = replace(
        runtime, settings=replace(settings, ask_after_s=max(settings.doubt_after_s, settings.doubt_again_s))
    )
    answered, is_silent = 0, False
    for _round in range(ROUNDS):
        batch = ask_batch(eager)
        answered, is_silent = answered + batch.answered, is_silent or batch.is_silent
        if not batch.answered:
            break
    return Asked(answered, is_silent)


def main() -> int:
    """The exit code: 2 for a setting or a schema that is not right, 1 while the carrier is silent, in one sentence."""
    try:
        runtime = build_runtime(read_settings())
        require_fit(runtime.database, runtime.settings.fingerprint_key)
    except (SettingsError, SchemaError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    logs.set_up(level=logging.ERROR)  # whoever waits for it reads sentences, and these say the rest
    asked = ask_now(runtime)
    sys.stdout.write(f"Nouvelles reçues de l'opérateur : {asked.answered}.\n")
    if not asked.is_silent:
        sys.stdout.write(f"Réponses retrouvées chez lui : {read_back_replies(runtime)}.\n")
    runtime.database.close()
    if asked.is_silent:
        sys.stderr.write("L'opérateur ne répond pas. « jobs » redemandera de lui-même ; ou relancez cette commande.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
