"""`python -m bench.growing look|compare|memory KIND FOLDER [SIZE]`: big databases kept in a folder, asked at leisure.

« look » fills both sizes, going on where it was killed, asks everything and keeps what it cost; « compare » says what
grew between the two; « memory » what the real programs hold over them (`memory`), of one size or of both.
"""

import sys
from pathlib import Path

from bench.ground import kept_ground
from bench.growing import comparing, memory
from bench.growing.asking import TOKEN
from bench.growing.filling import LARGE, SMALL, Size, fill
from bench.measure import peak_mib


def main(what: str, kind: str, folder: str, *sizes: str) -> None:
    places = {size: Path(folder) / f"{kind}-{size}" for size in map(int, sizes or (SMALL, LARGE))}
    if what == "compare":
        _compare(*(place / "costs.json" for place in places.values()))
        return
    for size, place in places.items():
        if what == "memory":
            memory.measure(kind, place, size)
        elif not (place / "looked").exists():
            _look(kind, place, size)


def _look(kind: str, place: Path, size: int) -> None:
    place.mkdir(parents=True, exist_ok=True)
    with kept_ground(kind, place, metrics_token=TOKEN) as runtime:
        world = fill(runtime, Size(size), kept=place)
        found = comparing.look(runtime, world, place / "costs.json")
        (place / "looked").touch()
        print(f"{kind} {size}: {len(found)} questions, {peak_mib('self')} MiB", flush=True)


def _compare(small: Path, large: Path) -> None:
    young, old = comparing.kept(small), comparing.kept(large)
    for one in comparing.grown(young, old):
        print(f"{one.question}\n    read {one.young.read:,.0f} -> {one.old.read:,.0f}, ", end="")
        print(f"ms {one.young.ms:.1f} -> {one.old.ms:.1f}, {one.old.times} times")
        print(f"    {comparing.reason(one)}\n    {one.statement}")
    for name, found in (("young", young), ("old", old)):
        print(name, comparing.total(found))


main(*sys.argv[1:])
