"""What a process of months gives back to the system. Knows nothing of ours."""

import ctypes

ARENAS = 2
"""GNU's allocator gives a thread the heap of its own that nobody else fills, eight for each core: what one request
needed once stays with its thread."""
LARGE_BYTES = 256 * 1024
"""From this size on, what is freed goes back at once. Left to itself it raises the bound to 32 MiB, the size of the
first large file, and keeps holes of that size for the next one."""
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8


def keep_flat() -> None:
    """Ask it of the C library, before any thread begins; one that is not GNU's does as it does."""
    try:
        ask = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    ask(_M_ARENA_MAX, ARENAS)
    ask(_M_MMAP_THRESHOLD, LARGE_BYTES)
