"""`python -m bench.partitions [MESSAGES]`: the table of messages whole, and cut in twelve, on PostgreSQL.

Cut by the instant they were written, messages lose the guard UNIQUE (mailing, phone, attempt): PostgreSQL's own
sentence is told. Cut by mailing, as ids rise with time, they keep it; what is measured is what that costs those who
know a message by its own id, and what a month costs to leave.
"""

import json
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psycopg

from bench.databases import fresh_database

MESSAGES, PARTS, EACH = 1_000_000, 12, 500
BATCH, TURNS = 1_000, 20
_COLUMNS = """
    id bigint NOT NULL, public_id varchar(24) NOT NULL, space_id integer NOT NULL, mailing_id integer NOT NULL,
    contact_id integer, phone varchar(16) NOT NULL, fingerprint varchar(64) NOT NULL, body text NOT NULL,
    not_before timestamptz NOT NULL, status varchar(24) NOT NULL, attempt integer NOT NULL, carrier_sid varchar(40),
    claimed_at timestamptz, created_at timestamptz NOT NULL
"""
_INDEXES = (
    ("public_id", False), ("mailing_id, status, not_before, id", False), ("status, claimed_at", False),
    ("space_id, id", False), ("space_id, phone, id", False), ("phone, id", False), ("mailing_id, id", False),
    ("contact_id", False), ("carrier_sid", False), ("mailing_id, phone, attempt", True),
)  # fmt: skip
_FILL = """
INSERT INTO {table} SELECT n, 'l' || left(md5(n::text), 22), 1 + n % 50, 1 + n / {each}, n,
    '+336' || (10000000 + n), md5('f' || n) || md5('g' || n),
    'Bonjour, il nous manque des bras samedi. Venez ! https://exemple.fr/s/abcdefgh',
    now() - interval '1 day' * (1 + ({count} - n) * 360 / {count}),
    CASE WHEN n % 10 = 0 THEN 'sent' ELSE 'delivered' END, 1,
    'SM' || md5('s' || n), now() - interval '1 day' * (1 + ({count} - n) * 360 / {count}),
    now() - interval '1 day' * (1 + ({count} - n) * 360 / {count})
FROM generate_series(0, {count} - 1) AS n
"""


def main(count: int = MESSAGES) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="tambour-bench-") as name,
        fresh_database("postgresql", Path(name)) as url,
        psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection,
    ):
        print("cut by created_at:", _refusal(connection))
        figures = {table: _measure(connection, table, count) for table in ("whole", "cut")}
    print(f"| of {count:,} messages | whole | cut in {PARTS} by mailing |\n|---|---|---|")
    for what in figures["whole"]:
        print(f"| {what} | {figures['whole'][what]:,.2f} | {figures['cut'][what]:,.2f} |")


def _refusal(connection: Any) -> str:
    try:
        connection.execute(
            f"CREATE TABLE by_instant ({_COLUMNS}, UNIQUE (mailing_id, phone, attempt)) PARTITION BY RANGE (created_at)"
        )
    except psycopg.errors.FeatureNotSupported as error:
        return " ".join(str(error).split())
    raise RuntimeError("PostgreSQL takes it by now: this page is to be written anew")


def _measure(connection: Any, table: str, count: int) -> dict[str, float]:
    parts = _make(connection, table, count)
    draw = random.Random(1901)
    some = [draw.randrange(count // PARTS, count) for _turn in range(TURNS * 256)]
    found = {"GB, indexes included": _size(connection, parts) / 1e9}
    found["ms, a receipt finds its message by public_id"] = _median(
        lambda at: connection.execute(
            f"SELECT id FROM {table} WHERE public_id = 'l' || left(md5(%s::text), 22)", (some[at],)
        )
    )
    found["ms, 256 messages settled by id"] = _median(
        lambda at: _settle(connection, table, some[at * 256 : at * 256 + 256])
    )
    found["ms, the people of a mailing, first 50"] = _median(
        lambda at: connection.execute(
            f"SELECT * FROM {table} WHERE mailing_id = %s AND id > 0 ORDER BY id LIMIT 50", (1 + some[at] // EACH,)
        )
    )
    found["ms, who was texted last at a phone"] = _median(
        lambda at: connection.execute(
            f"SELECT * FROM {table} WHERE phone = %s ORDER BY id DESC LIMIT 1", (f"+336{10_000_000 + some[at]}",)
        )
    )
    found["ms, messages of a space, newest 50"] = _median(
        lambda at: connection.execute(
            f"SELECT * FROM {table} WHERE space_id = %s ORDER BY id DESC LIMIT 50", (some[at] % 50,)
        )
    )
    return found | _leave(connection, table, parts, count)


def _make(connection: Any, table: str, count: int) -> list[str]:
    """The table, filled; the names of what holds its rows."""
    mailings = count // EACH
    if table == "whole":
        connection.execute(f"CREATE TABLE whole ({_COLUMNS})")
        parts = ["whole"]
    else:
        connection.execute(f"CREATE TABLE cut ({_COLUMNS}) PARTITION BY RANGE (mailing_id)")
        parts = [f"cut_{at}" for at in range(PARTS)]
        for at, part in enumerate(parts):
            low, high = 1 + mailings * at // PARTS, 1 + mailings * (at + 1) // PARTS
            connection.execute(f"CREATE TABLE {part} PARTITION OF cut FOR VALUES FROM ({low}) TO ({high})")
    connection.execute(_FILL.format(table=table, each=EACH, count=count))
    connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({'id' if table == 'whole' else 'id, mailing_id'})")
    for columns, is_unique in _INDEXES:
        connection.execute(f"CREATE {'UNIQUE ' if is_unique else ''}INDEX ON {table} ({columns})")
    connection.execute(f"VACUUM ANALYZE {table}")
    return parts


def _settle(connection: Any, table: str, ids: list[int]) -> None:
    told = json.dumps([{"id": one, "status": "delivered"} for one in ids])
    connection.execute(
        f"UPDATE {table} SET status = told.status FROM json_to_recordset(%s) AS told(id bigint, status varchar) "
        f"WHERE {table}.id = told.id",
        (told,),
    )


def _leave(connection: Any, table: str, parts: list[str], count: int) -> dict[str, float]:
    """The oldest twelfth goes: by DELETE, a thousand at a time, and VACUUM; or with its partition."""
    before, begun, longest = _written(connection), perf_counter(), 0.0
    if table == "cut":
        connection.execute(f"ALTER TABLE cut DETACH PARTITION {parts[0]}")
        connection.execute(f"DROP TABLE {parts.pop(0)}")
        longest = perf_counter() - begun
    else:
        oldest = 1 + count // EACH // PARTS
        while True:
            turn = perf_counter()
            gone = connection.execute(
                f"DELETE FROM whole WHERE id IN (SELECT id FROM whole WHERE mailing_id < {oldest} LIMIT {BATCH})"
            ).rowcount
            longest = max(longest, perf_counter() - turn)
            if not gone:
                break
    took, written = perf_counter() - begun, _written(connection) - before
    begun = perf_counter()
    connection.execute(f"VACUUM {table}")
    return {
        "s, a month leaves": took,
        "ms, its longest transaction": longest * 1000,
        "MB of WAL for it": written / 1e6,
        "s, VACUUM afterwards": perf_counter() - begun,
        "GB afterwards": _size(connection, parts) / 1e9,
    }


def _median(ask: Callable[[int], object]) -> float:
    taken = []
    for turn in range(TURNS):
        begun = perf_counter()
        ask(turn)
        taken.append((perf_counter() - begun) * 1000)
    return median(taken)


def _size(connection: Any, parts: list[str]) -> float:
    return float(sum(connection.execute("SELECT pg_total_relation_size(%s)", (part,)).fetchone()[0] for part in parts))


def _written(connection: Any) -> float:
    return float(connection.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()[0])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
