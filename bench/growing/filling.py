"""A house after years: one space that holds nearly all, its messages over, a tenth of them without a last receipt."""

import json
import pickle
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import bindparam, event, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.database.tables import UtcDateTime
from app.runtime import Runtime
from tests.matrix import world as worlds
from tests.matrix.world import World

SMALL, LARGE = 10_000, 1_000_000
EACH = 500
"""Messages of a mailing, at every size: a page of one mailing reads as much in a young house as in an old one."""
WAITING = 5
"""Open mailings whose messages wait for tomorrow, at every size."""
FIRST = 10_000
"""Ids below are the world's own rows: one of everything that an address can name."""
STEP = 50_000
"""Rows of a transaction."""
AGES_DAYS = (5, 30, 90, 300)


@dataclass(frozen=True)
class Size:
    """``messages`` is as many contacts too."""

    messages: int

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows each statement writes, by the table's word."""
        many = self.messages
        return {
            "mailings": many // EACH,
            "waiting": WAITING,
            "queued": WAITING * 100,
            "contacts": many,
            "messages": many,
            "seven": EACH,
            "some": many // 50,
            "links": many // 5,
            "events": max(1, many // 5_000),
            "registrations": many // 50,
        }


_AGE = "CASE n % 4 " + " ".join(f"WHEN {at} THEN :age{at}" for at in range(len(AGES_DAYS))) + " END"
_ITS_AGE = _AGE.replace("CASE n", "CASE (n + 3)")
"""Of a mailing: that of its messages, the n-th of which is of the mailing after n."""
_FIRST_NAMES = (
    "CASE n % 5 WHEN 0 THEN 'marie' WHEN 1 THEN 'jean' WHEN 2 THEN 'nadia' WHEN 3 THEN 'karim' ELSE 'zoe' END"
)
_LAST_NAMES = (
    "CASE n % 7 WHEN 0 THEN 'martin' WHEN 1 THEN 'petit' WHEN 2 THEN 'durand' WHEN 3 THEN 'moreau' WHEN 4 THEN 'leroy' "
    "WHEN 5 THEN 'roux' ELSE 'morin' END || {letter}(97 + n / 7 % 26) || {letter}(97 + n / 182 % 26)"
)
_MESSAGE = """
INSERT INTO messages (id, public_id, space_id, mailing_id, contact_id, is_personal, phone, fingerprint, zone, body,
    parts, price_micros, not_before, not_after, status, reason, attempt, is_latest, carrier_sid, doubts, claimed_at,
    created_at)
"""
_STATUS = "CASE WHEN n % 10 = 0 THEN 'sent' WHEN n % 50 = 1 THEN 'undelivered' ELSE 'delivered' END"
_PHONE = "'+336' || (10000000 + n)"
_LEFT = (
    f"{_PHONE}, 'f' || n, 'Europe/Paris', 'Bonjour, il nous manque des bras samedi. Venez !', 1, 75000, {_AGE}, {_AGE}"
)
_MAILING = """
INSERT INTO mailings (id, space_id, sender, family, priority, gate, pause_reason, spent_micros, ignores_hours,
    served_at, created_at)
"""
STATEMENTS: tuple[tuple[str, str], ...] = (
    ("contacts", f"""
INSERT INTO contacts (id, space_id, phone, phone_typed, fingerprint, name_key, sort_key, first_name, last_name, email,
    email_key, postcode, phone_is_parents, note, custom, created_at, updated_at)
SELECT :first + n, :space, {_PHONE}, '', 'f' || n, first || n, last || ' ' || first, first, last,
    first || n || '@exemple.fr', first || n || '@exemple.fr', '80000', false, '', '{{{{}}}}', {_AGE}, {_AGE}
FROM (SELECT n, {_FIRST_NAMES} AS first, {_LAST_NAMES} AS last FROM series) AS series"""),
    ("contacts", f"""
INSERT INTO contact_activity (contact_id, space_id, last_contacted_at, times_came, undelivered_count)
SELECT :first + n, :space, {_AGE}, 0, 0 FROM series"""),
    ("mailings", f"""{_MAILING}
SELECT :first + n, :space, 'Emmaus80', 'service', 5, 'closed', '', 0, false, {_ITS_AGE}, {_ITS_AGE} FROM series"""),
    ("mailings", f"""
INSERT INTO campaigns (id, space_id, name, family, body, sender, audience, stage, mailing_id, send_at, not_after,
    ignores_hours_by, reached_id, created_by, created_at, updated_at, finished_at)
SELECT :first + n, :space, 'Collecte', 'service', 'Bonjour', 'Emmaus80', :audience, 'finished', :first + n, {_ITS_AGE},
    {_ITS_AGE}, '', 0, 'Odile', {_ITS_AGE}, {_ITS_AGE}, {_ITS_AGE} FROM series"""),
    ("mailings", """
INSERT INTO tallies (space_id, mailing_id, was, reached, people, price_micros)
SELECT :space, :first + n, NULL, 'delivered', 500, 37500000 FROM series"""),
    ("waiting", f"""{_MAILING}
SELECT :first + :mailings + n, :space, 'Emmaus80', 'service', 5, 'open', '', 0, false, :tomorrow, :age1 FROM series"""),
    ("messages", f"""{_MESSAGE}
SELECT :first + n, 'l' || n, :space, :first + 1 + n % :mailings, :first + n, true, {_LEFT}, {_STATUS}, '', 1, true,
    'SM' || n, 0, {_AGE}, {_AGE} FROM series"""),
    ("seven", f"""{_MESSAGE}
SELECT :first + :messages + n, 'm' || n, :space, :mailing, :first + n, true, {_LEFT}, {_STATUS}, '', 1, true, 'SN' || n,
    0, {_AGE}, {_AGE} FROM series"""),
    ("waiting", "UPDATE mailings SET served_at = :age0 WHERE id = :mailing"),
    ("queued", f"""{_MESSAGE}
SELECT :first + :messages + 1000 + n, 'q' || n, :space, :first + :mailings + 1 + n % {WAITING}, NULL, false,
    '+337' || (10000000 + n), 'g' || n, 'Europe/Paris', 'Bonjour', 1, 75000, :tomorrow, :tomorrow, 'queued', '', 1,
    true, NULL, 0, NULL, :tomorrow FROM series"""),
    ("messages", f"""
INSERT INTO receipts (message_id, word, carrier_sid, source, at)
SELECT :first + n, {_STATUS}, 'SM' || n, 'callback', {_AGE} FROM series"""),
    ("some", f"""
INSERT INTO replies (space_id, account_sid, carrier_sid, contact_id, phone, body, meaning, at, handled_at, handled_by,
    raw)
SELECT :space, 'AC', 'SR' || n, :first + n, {_PHONE}, 'merci', '', {_AGE}, {_AGE}, 'Odile', '{{{{}}}}' FROM series"""),
    ("some", f"""
INSERT INTO activities (space_id, at, principal, principal_id, principal_name, verb, subject, subject_id, detail, note)
SELECT :space, {_AGE}, 'user', 1, 'Odile', 'contact.changed', 'contact', :first + n, '{{{{}}}}', '' FROM series"""),
    ("some", f"""
INSERT INTO consent_entries (space_id, contact_id, fingerprint, family, act, wording, channel, evidence, recorded_by,
    at)
SELECT :space, :first + n, 'f' || n, 'charitable', 'given', 'oui', 'form', '', 'Odile', {_AGE} FROM series"""),
    ("some", f"""
INSERT INTO opt_outs (space_id, fingerprint, only_missions, at, channel)
SELECT :space, 'f' || (n * 7), false, {_AGE}, 'link' FROM series"""),
    ("links", f"""
INSERT INTO links (space_id, digest, purpose, subject_id, contact_id, fingerprint, created_at, expires_at)
SELECT :space, 'd' || n, 'opt_out', :first + 1 + n % :mailings, :first + n, 'f' || n, {_AGE}, :tomorrow FROM series"""),
    ("events", f"""
INSERT INTO events (id, space_id, title, starts_at, ends_at, place, link, state, created_by, created_at, updated_at)
SELECT :first + n, :space, 'Collecte', {_AGE}, {_AGE}, 'Quai', '', 'held', 'Odile', {_AGE}, {_AGE} FROM series"""),
    ("registrations", f"""
INSERT INTO registrations (space_id, event_id, contact_id, answer, attended, created_at)
SELECT :space, :first + 1 + n % :events, :first + n, 'coming', true, {_AGE} FROM series"""),
)  # fmt: skip
_NUMBERED = ("contacts", "mailings", "campaigns", "messages", "events")
"""Tables whose ids are given above."""


def fill(runtime: Runtime, size: Size, *, kept: Path) -> World:
    """One of everything in two spaces, then the years of the first, in steps that ``kept`` notes: killed, it goes on.

    Indexes and triggers are away meanwhile, so that a million rows take a minute. The words of contacts, which triggers
    write, are left out: the bench of the contacts page is about them.
    """
    world, now = _begin(runtime, kept)
    with runtime.database.snapshot() as session:
        space = session.scalars(select(Space).where(Space.slug == world.slug)).one()
        mailing_id = session.scalars(select(Campaign.mailing_id).where(Campaign.id == world.ids["campaign_id"])).one()
    asked = {"space": space.id, "first": FIRST, "mailing": mailing_id, **size.counts}
    rows = [partial(_write, statement=one, low=low, high=high, asked=asked, now=now) for one, low, high in _steps(size)]
    again = [partial(_say, statement=one) for one in json.loads((kept / "indexes").read_text())]
    marker = kept / "filled"
    for number, step in enumerate([*rows, *again]):
        if number >= int(marker.read_text()):
            with runtime.database.transaction() as session:
                if not runtime.database.is_sqlite:
                    session.execute(text("SET LOCAL session_replication_role = replica"))
                step(session)
            marker.write_text(str(number + 1))
    if not runtime.database.is_sqlite:
        _settle(runtime)
    return world


def _begin(runtime: Runtime, kept: Path) -> tuple[World, datetime]:
    if runtime.database.is_sqlite:
        event.listen(runtime.database.engine, "connect", _hurry)
    if not (kept / "filled").exists():
        with runtime.database.transaction() as session:
            (kept / "world").write_bytes(pickle.dumps((worlds.build(session), utc_now())))
        with runtime.database.transaction() as session:
            (kept / "indexes").write_text(json.dumps(_put_away(session)))
        (kept / "filled").write_text("0")
    world, now = pickle.loads((kept / "world").read_bytes())
    return cast(World, world), cast(datetime, now)


_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix%'",
}


def _put_away(session: Session) -> list[str]:
    """Drop what slows rows down; the statements that make it again."""
    kind = session.get_bind().dialect.name
    found = session.execute(text(_INDEXES[kind])).all()
    for name, words in found:
        session.execute(text(f"DROP {'TRIGGER' if words.startswith('CREATE TRIGGER') else 'INDEX'} {name}"))
    return [words for _name, words in found]


def _say(session: Session, *, statement: str) -> None:
    session.connection().exec_driver_sql(statement)


def _hurry(connection: Any, _record: Any) -> None:
    """What is lost with the power is filled again."""
    for pragma in ("synchronous = OFF", "cache_size = -1000000", "foreign_keys = OFF", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _steps(size: Size) -> Iterator[tuple[str, int, int]]:
    for word, statement in STATEMENTS:
        for low in range(1, size.counts[word] + 1, STEP):
            yield statement, low, min(low + STEP - 1, size.counts[word])


def _write(
    session: Session, *, statement: str, low: int, high: int, asked: Mapping[str, object], now: datetime
) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    said = statement.format(letter="char" if is_sqlite else "chr")
    if is_sqlite:
        said = f"WITH RECURSIVE series(n) AS (SELECT :low UNION ALL SELECT n + 1 FROM series WHERE n < :high) {said}"
    else:
        said = said.replace(
            "FROM series", "FROM generate_series(CAST(:low AS integer), CAST(:high AS integer)) AS series(n)"
        )
        said = re.sub(r"(:age\d|:tomorrow)", r"CAST(\1 AS timestamptz)", said)
        said = said.replace(":audience", "CAST(:audience AS json)")
    instants = {f"age{at}": now - timedelta(days=days) for at, days in enumerate(AGES_DAYS)}
    instants["tomorrow"] = now + timedelta(days=1)
    values = {**asked, **instants, "low": low, "high": high, "audience": '{"lists": [], "contacts": [], "except": []}'}
    used = {name: value for name, value in values.items() if re.search(rf":{name}\b", said)}
    typed = [bindparam(name, type_=UtcDateTime()) for name in instants if name in used]
    session.execute(text(said).bindparams(*typed), used)


def _settle(runtime: Runtime) -> None:
    """What a server does by itself in a night; SQLite never does."""
    with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in _NUMBERED:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        connection.exec_driver_sql("VACUUM ANALYZE")
