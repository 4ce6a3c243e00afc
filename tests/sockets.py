"""The tests speak to this machine alone: a mistaken address must fail here, not text somebody."""

import ipaddress
import socket
import sys
from random import randrange
from typing import Any


class Outside(AssertionError):
    """A test tried to reach another machine."""


def stay_home() -> None:
    """From now on, in this process, connecting or looking up elsewhere raises Outside."""
    sys.addaudithook(_watch)


def two_free_ports() -> int:
    """A port whose follower is free too: the simulator takes it.

    Below those that the system lends to whoever connects (32768 and up on Linux): between two starts of a program,
    another test's connection would hold it.
    """
    for _try in range(50):
        port = 20_000 + 2 * randrange(6_000)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two ports free beside each other")


def _watch(event: str, words: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = words[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise Outside(f"a test tried to reach {address[0]}")
    elif event == "socket.getaddrinfo" and words[0] is not None and not _is_here(words[0]):
        raise Outside(f"a test tried to look up {words[0]!r}")


def _is_here(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback or ipaddress.ip_address(name).is_unspecified
    except ValueError:
        return False
