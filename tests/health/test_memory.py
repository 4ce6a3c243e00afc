"""A process that has served many threads and a large file holds no more than it needs."""

import re
import subprocess
import sys

USED = """
import ctypes, sys, threading
from app.health.memory import keep_flat
if sys.argv[1] == "flat":
    keep_flat()
together = threading.Barrier(12)
def work():
    kept = [bytes(100_000) for _ in range(3)]
    together.wait()
for thread in [threading.Thread(target=work) for _ in range(11)]:
    thread.start()
together.wait()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


def test_threads_share_two_heaps_however_many_there_are():
    assert heaps("as it comes") > heaps("flat") == 2


def heaps(how):
    """Those of a program that says it of itself."""
    said = subprocess.run([sys.executable, "-c", USED, how], check=True, stdout=subprocess.PIPE, text=True, timeout=60)
    return len(re.findall(r"<heap nr=", said.stdout))
