"""Programs that tests start: whatever becomes of the test, none outlives it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

ENDS_WITHIN_S = 20


@contextmanager
def running(
    programs: Mapping[str, Sequence[str]], *, environment: Mapping[str, str], folder: Path, release: Path | None = None
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Python with the words of each, as long as the block; what it says goes to ``<name>.log`` of the folder.

    ``release`` is the folder whose program it is, this one's by default.

    They are asked to end together and then waited for; who does not end within 20 s is killed, and fails the test.
    """
    started: dict[str, subprocess.Popen[bytes]] = {}
    with ExitStack() as stack:
        for name, words in programs.items():
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            started[name] = subprocess.Popen(
                [sys.executable, *words], env=environment, stderr=log, start_new_session=True, cwd=release
            )
            stack.callback(_end, name, started[name])
        stack.callback(lambda: [program.terminate() for program in started.values()])
        yield started


def _end(name: str, program: subprocess.Popen[bytes]) -> None:
    program.terminate()
    try:
        program.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"{name} did not end when it was asked") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()
