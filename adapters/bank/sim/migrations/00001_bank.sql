-- +goose Up

-- One row: which network this database is.
CREATE TABLE bank (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    ledger     TEXT NOT NULL,
    currency   TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE member (
    bic  TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Balances are kept beside the journal, in the same transaction; /admin/check replays it.
CREATE TABLE account (
    id            TEXT PRIMARY KEY, -- BIC, or BIC:id
    member        TEXT NOT NULL REFERENCES member (bic),
    owner         TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('open', 'frozen', 'closed')),
    consent_key   BLOB NOT NULL,
    limit_minor   INTEGER NOT NULL CHECK (limit_minor > 0),
    balance_minor INTEGER NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
    held_minor    INTEGER NOT NULL DEFAULT 0 CHECK (held_minor >= 0)
) STRICT, WITHOUT ROWID;

-- A tombstone of an id that no order came for has no terms: payer, payee and currency empty, amount 0.
CREATE TABLE entry (
    uetr         TEXT PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('HELD', 'POSTED', 'SUSPENSE', 'VOIDED', 'TOMBSTONED')),
    payer        TEXT NOT NULL,
    payee        TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0 OR state = 'TOMBSTONED'),
    reference    TEXT NOT NULL,
    reason_code  TEXT NOT NULL,
    reason       TEXT NOT NULL,
    evidence     BLOB NOT NULL, -- the camt.103 as it came
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_by_creation ON entry (created_at, uetr);
CREATE INDEX entry_held ON entry (payer) WHERE state = 'HELD';

-- One row a state of an entry; its number is the bank's reference.
CREATE TABLE change (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    uetr   TEXT NOT NULL,
    state  TEXT NOT NULL,
    at     TEXT NOT NULL,
    caller TEXT NOT NULL,
    UNIQUE (uetr, state)
) STRICT;

-- Double entry: every line moves one amount from its debit to its credit account. Beside the members'
-- accounts there are central-bank:issue, central-bank:suspense, and held:<account>.
CREATE TABLE journal (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    uetr         TEXT NOT NULL, -- empty for a line of the central bank's own
    kind         TEXT NOT NULL CHECK (kind IN ('issue', 'hold', 'post', 'suspense', 'void')),
    debit        TEXT NOT NULL,
    credit       TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    at           TEXT NOT NULL,
    caller       TEXT NOT NULL,
    CHECK (debit <> credit)
) STRICT;

-- REPLAY PROTECTION, once more below the code: an entry is held once and ends once.
CREATE UNIQUE INDEX journal_one_hold ON journal (uetr) WHERE kind = 'hold';
CREATE UNIQUE INDEX journal_one_end ON journal (uetr) WHERE kind IN ('post', 'suspense', 'void');

-- camt.054 messages for account holders, made with the booking they tell of.
CREATE TABLE notification (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL REFERENCES account (id),
    uetr    TEXT NOT NULL REFERENCES entry (uetr),
    message BLOB NOT NULL,
    at      TEXT NOT NULL
) STRICT;
CREATE INDEX notification_by_account ON notification (account, seq);

-- +goose StatementBegin
CREATE TRIGGER entry_moves_forward BEFORE UPDATE ON entry
WHEN OLD.state <> 'HELD' OR NEW.state NOT IN ('POSTED', 'SUSPENSE', 'VOIDED') OR NEW.uetr <> OLD.uetr
    OR NEW.payer <> OLD.payer OR NEW.payee <> OLD.payee OR NEW.currency <> OLD.currency OR NEW.amount_minor <> OLD.amount_minor
BEGIN
    SELECT RAISE(ABORT, 'an entry only goes from HELD to one final state');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'an entry is never deleted');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_stays BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_is_not_rewritten BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE notification;
DROP TABLE journal;
DROP TABLE change;
DROP TABLE entry;
DROP TABLE account;
DROP TABLE member;
DROP TABLE bank;
