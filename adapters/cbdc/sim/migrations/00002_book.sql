-- +goose Up

-- One row where the ledger checks orders: what it believes of the hub, and how far it knows the hub's instructions.
CREATE TABLE book (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    chain_id   TEXT NOT NULL,
    height     INTEGER NOT NULL CHECK (height > 0),      -- of the newest header that is believed
    hash       BLOB NOT NULL CHECK (length(hash) = 32),  -- of that header
    number     INTEGER NOT NULL CHECK (number >= 0),     -- of the newest instruction taken
    head       BLOB NOT NULL CHECK (length(head) = 32),  -- the chained hash up to it
    opened_at  TEXT NOT NULL
) STRICT;

-- Every instruction that was proven. The hash is enough: an order that hashes to it is the hub's.
CREATE TABLE instruction (
    number     INTEGER PRIMARY KEY CHECK (number > 0),
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    chain_hash BLOB NOT NULL CHECK (length(chain_hash) = 32),
    height     INTEGER NOT NULL,                         -- of the header that proved it
    taken_at   TEXT NOT NULL,
    caller     TEXT NOT NULL                             -- who brought the proof; a note, for nobody had to believe it
) STRICT;
-- On which instruction an entry changed; none where the ledger believes its notaries.
ALTER TABLE change ADD COLUMN instruction INTEGER;
CREATE INDEX instruction_by_hash ON instruction (hash);

-- +goose StatementBegin
CREATE TRIGGER book_moves_forward BEFORE UPDATE ON book
WHEN NEW.number < OLD.number OR NEW.height < OLD.height OR NEW.chain_id <> OLD.chain_id OR NEW.opened_at <> OLD.opened_at
    OR (NEW.number = OLD.number AND NEW.head <> OLD.head) OR (NEW.height = OLD.height AND NEW.hash <> OLD.hash)
BEGIN
    SELECT RAISE(ABORT, 'the book only moves forward');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER book_stays BEFORE DELETE ON book
BEGIN
    SELECT RAISE(ABORT, 'the book is never deleted');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER instruction_stays BEFORE DELETE ON instruction
BEGIN
    SELECT RAISE(ABORT, 'an instruction is never forgotten');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER instruction_is_not_rewritten BEFORE UPDATE ON instruction
BEGIN
    SELECT RAISE(ABORT, 'an instruction is never rewritten');
END;
-- +goose StatementEnd

-- +goose Down
ALTER TABLE change DROP COLUMN instruction;
DROP TABLE instruction;
DROP TABLE book;
