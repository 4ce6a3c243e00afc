"""What `tambour restored` and `tambour reconcile` say to whoever waits for them: sentences, and no line of a log."""

import os
import subprocess
import sys
from dataclasses import fields

import pytest


@pytest.mark.parametrize(
    ("program", "said"), [("jobs.restoring", "L'envoi reprend."), ("jobs.asking", "Réponses retrouvées chez lui : 0.")]
)
def test_the_operator_reads_sentences(database, settings, program, said):
    given = {f"TAMBOUR_{one.name.upper()}": getattr(settings, one.name) for one in fields(settings)}
    given = {name: str(int(value) if value in (True, False) else value) for name, value in given.items()}
    done = subprocess.run(
        [sys.executable, "-m", program], check=False, env={**os.environ, **given}, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
