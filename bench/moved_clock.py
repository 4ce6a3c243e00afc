"""`python -m bench.moved_clock SECONDS`: the jobs, on a machine whose clock is so much ahead."""

import sys
from datetime import timedelta

import time_machine

from app.clock import utc_now
from jobs.__main__ import main

if __name__ == "__main__":
    with time_machine.travel(utc_now() + timedelta(seconds=float(sys.argv[1])), tick=True):
        sys.exit(main())
