-- The relay's database, version 1. One file a migration; `user_version` says how far a database is.

-- Facts about the database itself: realm, stable_time.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- The counter row of each log. Numbers are given under it, inside the writing transaction, so that
-- they are dense in the order of commit. `block` is set for rosters: eight zero bytes for the realm's.
CREATE TABLE log (
    scope      BLOB PRIMARY KEY,
    seq        INTEGER NOT NULL,
    chain      BLOB NOT NULL,
    relay_time INTEGER NOT NULL,
    block      BLOB
) WITHOUT ROWID;

-- A seal as it was signed, with every nonce filled in.
CREATE TABLE seal (
    number      INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE,
    scope       BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    device      BLOB NOT NULL,
    incarnation BLOB NOT NULL,
    seal_seq    INTEGER NOT NULL,
    author      BLOB NOT NULL,
    bytes       BLOB NOT NULL
);
-- The newest of an incarnation; a place of a stream.
CREATE INDEX seal_stream ON seal (device, incarnation, scope, seal_seq);
CREATE INDEX seal_incarnation ON seal (device, incarnation, number);
-- The newest of a device in a log.
CREATE INDEX seal_device ON seal (scope, device, seq);

-- Entries of all logs. Bodies reach 64 KiB, so they stay out of a WITHOUT ROWID table.
CREATE TABLE entry (
    scope      BLOB NOT NULL,
    seq        INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    relay_time INTEGER NOT NULL,
    chain      BLOB NOT NULL,
    body       BLOB NOT NULL,
    seal       INTEGER REFERENCES seal (number)
);
CREATE UNIQUE INDEX entry_place ON entry (scope, seq);

-- What admission judges by, clustered by document (measured: 53 bytes and 16 us a change, steady;
-- keyed by hash it was 32 us and rising). `seq` is 0 for what is no canonical change. `state`:
-- 0 applied, 1 aside, 2 erased.
CREATE TABLE change (
    doc      BLOB NOT NULL,
    actor    BLOB NOT NULL,
    seq      INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    start_op INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    PRIMARY KEY (doc, actor, seq, hash)
) WITHOUT ROWID;
CREATE INDEX change_hash ON change (doc, hash);

-- Documents with an applied birth.
CREATE TABLE document (
    doc     BLOB PRIMARY KEY,
    scope   BLOB NOT NULL,
    kind    INTEGER NOT NULL,
    creator BLOB NOT NULL,
    nonce   BLOB,
    erased  INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX document_scope ON document (scope, kind);
CREATE INDEX document_nonce ON document (nonce);

-- Which seals hold parts of a document, in the order of admission.
CREATE TABLE part (
    doc     BLOB NOT NULL,
    seal    INTEGER NOT NULL REFERENCES seal (number),
    verdict INTEGER NOT NULL,
    PRIMARY KEY (doc, seal)
) WITHOUT ROWID;

-- What one device has in one document, all incarnations: the cap is per device.
CREATE TABLE usage (
    doc    BLOB NOT NULL,
    device BLOB NOT NULL,
    acts   INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (doc, device)
) WITHOUT ROWID;

-- What an author (all devices of a member) added on a day.
CREATE TABLE author_day (
    member BLOB NOT NULL,
    day    INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (member, day)
) WITHOUT ROWID;

-- Invitations by the hash of their token. `spki` is set by the first key that uses it; `state`:
-- 0 open, 1 waiting for the organiser, 2 confirmed, 3 done.
CREATE TABLE invitation (
    token      BLOB PRIMARY KEY,
    member     BLOB NOT NULL,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    unattended INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    spki       BLOB,
    salt       BLOB,
    digits     INTEGER
) WITHOUT ROWID;
CREATE INDEX invitation_member ON invitation (member, made_at);

-- What a person must look at: how often, and the newest relay time of that log when it was last seen.
CREATE TABLE alarm (
    name     TEXT NOT NULL,
    scope    BLOB NOT NULL,
    times    INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL,
    PRIMARY KEY (name, scope)
) WITHOUT ROWID;

-- When a device was first and last met.
CREATE TABLE met (
    device BLOB PRIMARY KEY,
    first  INTEGER NOT NULL,
    last   INTEGER NOT NULL
) WITHOUT ROWID;
