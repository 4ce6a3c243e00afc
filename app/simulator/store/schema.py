"""The tables of the simulator. Instants are seconds since 1970, as SQLite keeps them; numbers are E.164."""

SCHEMA = """
-- token: the first one seen with this sid; weather: JSON
CREATE TABLE IF NOT EXISTS accounts (
    sid TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    weather TEXT NOT NULL
);
-- phone: the handset's end of it, whichever way the text went; hidden: 1 redacted and 2 deleted by the API,
-- while the phone keeps what it received; landed_at: when the phone showed it
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    sid TEXT NOT NULL UNIQUE,
    account_sid TEXT NOT NULL,
    direction TEXT NOT NULL,
    from_number TEXT NOT NULL,
    to_number TEXT NOT NULL,
    phone TEXT NOT NULL,
    body TEXT NOT NULL,
    parts INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_code INTEGER,
    hidden INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    sent_at REAL,
    landed_at REAL
);
CREATE INDEX IF NOT EXISTS ix_messages_account ON messages (account_sid);
CREATE INDEX IF NOT EXISTS ix_messages_to ON messages (account_sid, to_number);
CREATE INDEX IF NOT EXISTS ix_messages_phone ON messages (account_sid, phone);
-- what is still to happen: the letter takes the status, then the url, if any, receives the form (JSON);
-- claimed: a courier has it in hand; born_at: its first due_at
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    account_sid TEXT NOT NULL,
    message_sid TEXT NOT NULL,
    status TEXT NOT NULL,
    error_code INTEGER,
    url TEXT,
    form TEXT NOT NULL,
    born_at REAL NOT NULL,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS ix_events_due ON events (due_at, id) WHERE claimed = 0;
-- one row a callback URL; letters without one have a row each
CREATE TABLE IF NOT EXISTS ledger (
    id INTEGER PRIMARY KEY,
    account_sid TEXT NOT NULL,
    callback_url TEXT,
    to_number TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_at REAL NOT NULL,
    UNIQUE (account_sid, callback_url)
);
-- remaining: how many letters the account may still send today; without a row, as many as it likes
CREATE TABLE IF NOT EXISTS allowances (
    account_sid TEXT PRIMARY KEY,
    remaining INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stopped (
    account_sid TEXT NOT NULL,
    sender TEXT NOT NULL,
    phone TEXT NOT NULL,
    PRIMARY KEY (account_sid, sender, phone)
) WITHOUT ROWID;
"""
