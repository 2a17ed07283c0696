-- +goose Up

-- One row: which ledger this database is.
CREATE TABLE ledger (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    id         TEXT NOT NULL,
    currency   TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- Every account of the journal. Only the central bank's issue account may be below zero.
CREATE TABLE account (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('issue', 'suspense', 'operator', 'wallet', 'held')),
    balance_minor INTEGER NOT NULL DEFAULT 0,
    CHECK (CASE kind WHEN 'issue' THEN balance_minor <= 0 ELSE balance_minor >= 0 END)
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE wallet (
    id                      TEXT PRIMARY KEY REFERENCES account (id),
    operator                TEXT NOT NULL REFERENCES operator (id),
    owner                   TEXT NOT NULL,
    status                  TEXT NOT NULL CHECK (status IN ('open', 'frozen', 'closed')),
    consent_key             BLOB NOT NULL,
    transaction_limit_minor INTEGER NOT NULL CHECK (transaction_limit_minor > 0),
    balance_limit_minor     INTEGER NOT NULL CHECK (balance_limit_minor > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    id           TEXT PRIMARY KEY,
    body_hash    BLOB NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('HELD', 'POSTED', 'SUSPENSE', 'VOIDED', 'TOMBSTONED')),
    payer        TEXT NOT NULL,
    payee        TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    quote_id     BLOB NOT NULL,
    reference    TEXT NOT NULL,
    reason_code  TEXT NOT NULL,
    reason       TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_by_creation ON entry (created_at, id);
CREATE INDEX entry_by_quote ON entry (quote_id) WHERE length(quote_id) > 0;

-- One row a state of an entry; its number is the ledger's reference.
CREATE TABLE change (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id TEXT NOT NULL,
    state    TEXT NOT NULL,
    at       TEXT NOT NULL,
    caller   TEXT NOT NULL,
    UNIQUE (entry_id, state)
) STRICT;

CREATE TABLE journal (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id     TEXT NOT NULL, -- empty for a line of the central bank's own
    kind         TEXT NOT NULL CHECK (kind IN ('issue', 'distribute', 'hold', 'post', 'suspense', 'void')),
    debit        TEXT NOT NULL REFERENCES account (id),
    credit       TEXT NOT NULL REFERENCES account (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    at           TEXT NOT NULL,
    caller       TEXT NOT NULL,
    CHECK (debit <> credit)
) STRICT;

CREATE INDEX journal_by_entry ON journal (entry_id, seq);
-- REPLAY PROTECTION, once more below the code: an entry is held once and ends once.
CREATE UNIQUE INDEX journal_one_hold ON journal (entry_id) WHERE kind = 'hold';
CREATE UNIQUE INDEX journal_one_end ON journal (entry_id) WHERE kind IN ('post', 'suspense', 'void');

-- +goose StatementBegin
CREATE TRIGGER entry_moves_forward BEFORE UPDATE ON entry
WHEN OLD.state <> 'HELD' OR NEW.state NOT IN ('POSTED', 'SUSPENSE', 'VOIDED')
    OR NEW.id <> OLD.id OR NEW.body_hash <> OLD.body_hash OR NEW.amount_minor <> OLD.amount_minor
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
DROP TABLE journal;
DROP TABLE change;
DROP TABLE entry;
DROP TABLE wallet;
DROP TABLE operator;
DROP TABLE account;
DROP TABLE ledger;
