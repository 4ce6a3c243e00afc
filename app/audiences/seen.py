"""Whom somebody saw when they pressed a button, carried by the page itself. Pure.

A word holds a digest of the rule and the ids, as differences, compressed: some 200 characters for a thousand people.
"""

import hashlib
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from app.audiences.rules import Rule, to_json

MAX_BYTES = 200_000
"""Of the ids written out: what a page of ours carries is shorter, and a longer one is not read."""


@dataclass(frozen=True)
class Change:
    """How many people joined and left since they were seen; None where what was seen cannot be told."""

    came: int | None = 0
    left: int | None = 0
    is_other_rule: bool = False

    def __bool__(self) -> bool:
        return self.is_other_rule or self.came != 0 or self.left != 0


def stamp(rule: Rule) -> str:
    """A word that changes with the rule."""
    return hashlib.sha256(json.dumps(to_json(rule), sort_keys=True).encode()).hexdigest()[:12]


def seen(rule: Rule, ids: Iterable[int]) -> str:
    """What a page carries of the rule and of the people that it showed."""
    ordered = sorted(ids)
    steps = [low - high for high, low in pairwise([0, *ordered])]
    packed = zlib.compress(",".join(map(str, steps)).encode(), 9)
    return f"{stamp(rule)}.{urlsafe_b64encode(packed).decode()}"


def change_since(word: str, rule: Rule, ids: Iterable[int]) -> Change:
    """What has changed since ``word`` was made of a rule and its people."""
    mark, _dot, packed = word.partition(".")
    before, now = _unpacked(packed), set(ids)
    if before is None:
        return Change(None, None, is_other_rule=True)
    return Change(len(now - before), len(before - now), is_other_rule=mark != stamp(rule))


def _unpacked(packed: str) -> set[int] | None:
    try:
        reader = zlib.decompressobj()
        written = reader.decompress(urlsafe_b64decode(packed), MAX_BYTES)
        if reader.unconsumed_tail or not reader.eof:
            return None
        return set(accumulate(int(step) for step in written.decode("ascii").split(",") if step))
    except (ValueError, zlib.error):
        return None
