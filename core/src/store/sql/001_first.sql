-- The phone's store, first version. Every blob over some hundred bytes lives in a rowid table:
-- a WITHOUT ROWID table with 1 KB rows reads four times as many pages.
-- Times are ms since 1970; ids are the bytes of their formats; `n` counts up within a table.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- Every life of this store; the newest is in force.
CREATE TABLE incarnation (
    n      INTEGER PRIMARY KEY,
    bytes  BLOB NOT NULL,
    reason TEXT NOT NULL
);

-- The rosters held; block NULL is the realm's own.
CREATE TABLE roster (
    n     INTEGER PRIMARY KEY,
    scope BLOB NOT NULL UNIQUE,
    block BLOB
);

-- What is to be said of a log beyond its entries. Absent row: held, nothing special.
CREATE TABLE log (
    scope    BLOB PRIMARY KEY,
    left_at  INTEGER,
    diverged INTEGER NOT NULL DEFAULT 0,
    -- Of a roster: the relay has another branch. Until its log goes on from here, or a person looked.
    forked   INTEGER NOT NULL DEFAULT 0,
    stopped  INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Entries of logs and rosters. `absent`: of a seal whose bytes were left out while leaving.
CREATE TABLE entry (
    n          INTEGER PRIMARY KEY,
    scope      BLOB NOT NULL,
    seq        INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    relay_time INTEGER NOT NULL,
    chain      BLOB NOT NULL,
    seal       BLOB,
    absent     INTEGER NOT NULL DEFAULT 0,
    body       BLOB NOT NULL,
    UNIQUE (scope, seq)
);
CREATE INDEX entry_absent ON entry (scope, seq) WHERE absent = 1;
CREATE INDEX entry_seal ON entry (seal) WHERE seal IS NOT NULL;

-- Signed heads as they came; one proves many logs.
CREATE TABLE head (
    n     INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
);
CREATE TABLE head_scope (
    scope BLOB PRIMARY KEY,
    seq   INTEGER NOT NULL,
    head  INTEGER NOT NULL
) WITHOUT ROWID;

-- Seals: own, carried, or met in the log. Unsent until log_seq is set; `place` is causal among those.
CREATE TABLE seal (
    n                INTEGER PRIMARY KEY,
    place            INTEGER NOT NULL,
    id               BLOB NOT NULL UNIQUE,
    scope            BLOB NOT NULL,
    device           BLOB NOT NULL,
    incarnation      BLOB NOT NULL,
    seal_seq         INTEGER NOT NULL,
    point            BLOB NOT NULL,
    author           BLOB NOT NULL,
    own              INTEGER NOT NULL,
    -- The signature: 0 not yet looked at, 1 fits, 2 does not.
    verified         INTEGER NOT NULL,
    receipt          INTEGER,
    receipt_seq      INTEGER,
    receipt_time     INTEGER,
    receipt_verdicts BLOB,
    refused          INTEGER,
    log_seq          INTEGER,
    log_time         INTEGER,
    bytes            BLOB NOT NULL
);
CREATE INDEX seal_stream ON seal (scope, device, incarnation, seal_seq);
CREATE INDEX seal_unsent ON seal (place) WHERE log_seq IS NULL;
CREATE INDEX seal_place ON seal (place);
CREATE INDEX seal_unverified ON seal (n) WHERE verified = 0;

-- Receipts as they came, kept until their seals are met in the log.
CREATE TABLE receipt (
    n     INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
);

-- Parts of seals; doc NULL was cut out. `verdict` is the log's, NULL while there is none.
CREATE TABLE part (
    n       INTEGER PRIMARY KEY,
    seal    INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    doc     BLOB,
    nonce   BLOB,
    birth   INTEGER NOT NULL,
    verdict INTEGER,
    UNIQUE (seal, number)
);
CREATE INDEX part_doc ON part (doc);

-- Which changes a part has: the same change may stand in several (a clone seals it too).
CREATE TABLE part_change (
    part   INTEGER NOT NULL,
    number INTEGER NOT NULL,
    change INTEGER NOT NULL,
    PRIMARY KEY (part, number)
) WITHOUT ROWID;
CREATE INDEX part_change_change ON part_change (change);

-- Changes, each once a document; `n` rises along dependencies.
-- state: 0 applied by the log, 1 pending and fit, 2 set aside by the log, 3 pending and not fit,
-- 4 erased, 5 not judged yet. `part` is the part that decides, NULL while unsealed.
CREATE TABLE change (
    n        INTEGER PRIMARY KEY,
    doc      BLOB NOT NULL,
    hash     BLOB NOT NULL,
    actor    BLOB NOT NULL,
    seq      INTEGER NOT NULL,
    start_op INTEGER NOT NULL,
    act      BLOB NOT NULL,
    birth    INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    verdict  INTEGER,
    part     INTEGER,
    author   BLOB NOT NULL,
    point    BLOB NOT NULL,
    own      INTEGER NOT NULL,
    length   INTEGER NOT NULL,
    raw      BLOB NOT NULL,
    UNIQUE (doc, hash)
);
CREATE INDEX change_actor ON change (doc, actor, seq, state, length);
CREATE INDEX change_birth ON change (doc, state) WHERE birth > 0;
CREATE INDEX change_own ON change (n) WHERE own = 1 AND state > 0;

-- Own changes that are durable and not sealed yet, in causal order.
CREATE TABLE unsealed (
    n      INTEGER PRIMARY KEY,
    change INTEGER NOT NULL UNIQUE,
    scope  BLOB NOT NULL
);

CREATE TABLE document (
    doc     BLOB PRIMARY KEY,
    scope   BLOB NOT NULL,
    kind    INTEGER NOT NULL,
    creator BLOB NOT NULL,
    nonce   BLOB NOT NULL,
    erased  INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX document_scope ON document (scope);

-- Documents whose projections are behind.
CREATE TABLE dirty (
    doc BLOB PRIMARY KEY
) WITHOUT ROWID;

-- Names, numbers and ids only, never a resident's words.
CREATE TABLE alarm (
    n      INTEGER PRIMARY KEY,
    name   TEXT NOT NULL,
    scope  BLOB NOT NULL,
    detail TEXT NOT NULL,
    at     INTEGER NOT NULL,
    UNIQUE (name, scope, detail)
);

-- Logs that were dropped, and under which incarnation: it must not write there again.
CREATE TABLE dropped (
    scope       BLOB NOT NULL,
    incarnation BLOB NOT NULL,
    PRIMARY KEY (scope, incarnation)
) WITHOUT ROWID;
-- Own seals of the present incarnation that went with them: still known when the relay asks.
CREATE TABLE dropped_seal (
    id          BLOB PRIMARY KEY,
    incarnation BLOB NOT NULL
) WITHOUT ROWID;
