"""`make bench [ONLY=name]`: each bench on each database, then a table and `results.json`."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from bench.catalogue import BENCHES, run_apart
from bench.databases import KINDS
from bench.measure import Result

RESULTS = Path(__file__).with_name("results.json")


def main(asked: Sequence[str]) -> int:
    """The exit code: 2 for a bench that does not exist."""
    unknown = [name for name in asked if name not in BENCHES]
    if unknown:
        print(f"Pas de mesure « {unknown[0]} » : il y a {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    results = []
    for name in asked or BENCHES:
        for database in KINDS:
            begun = perf_counter()
            results.append(run_apart(name, database))
            print(f"{name} sur {database} : {perf_counter() - begun:.0f} s", flush=True)
            keep(results)
    show(results)
    return 0


def keep(results: Sequence[Result]) -> None:
    """Each takes the place of the one before it of the same bench and database."""
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    known = {(one["bench"], one["database"]): one for one in before}
    known |= {(one.bench, one.database): asdict(one) for one in results}
    lines = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in known.values())
    RESULTS.write_text(f"[\n  {lines}\n]\n", encoding="utf-8")


def show(results: Sequence[Result]) -> None:
    print(f"\n{'mesure':<15}{'base':<12}{'valeur':>9}{'limite':>9}{'rapport':>9}{'mémoire':>10}  unité ; limite")
    for one in results:
        figures = f"{one.value:>9,.0f}{one.limit:>9,.0f}{one.ratio:>9.2f}{one.peak_mib:>6} MiB"
        print(f"{one.bench:<15}{one.database:<12}{figures}  {one.unit} ; {one.limit_is}")
        for name, figure in one.also.items():
            print(f"{'':<27}{figure:>9,.0f}  {name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
