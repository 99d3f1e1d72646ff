-- What lists read. All of it can be made anew from the changes, so it has a version of its own and is
-- thrown away when that differs: no migration here ever touches a record.

-- One row a document, with a rowid since a title may be long. `happened` of a household is when somebody of it was last met. `position` is the key of its list, in the order of its bytes.
CREATE TABLE line (
    doc        BLOB NOT NULL UNIQUE,
    kind       INTEGER NOT NULL,
    place      BLOB NOT NULL,
    position   BLOB NOT NULL,
    title      TEXT NOT NULL,
    words      TEXT NOT NULL,
    stage      TEXT,
    over       INTEGER NOT NULL,
    grade      TEXT,
    level      TEXT,
    round      INTEGER,
    owner      BLOB,
    due        INTEGER,
    happened   INTEGER,
    updated    INTEGER NOT NULL,
    flags      INTEGER NOT NULL,
    household  BLOB,
    code       INTEGER,
    outcome    TEXT,
    persons    INTEGER NOT NULL,
    priority   INTEGER,
    review_day INTEGER,
    consent    TEXT,
    undelivered INTEGER NOT NULL,
    -- Of a grievance that stands in a group: its face, whether that is provisional, how many it is.
    face       BLOB,
    provisional INTEGER NOT NULL DEFAULT 0,
    documents  INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX line_list ON line (kind, position, doc);
-- For the list of one building: its lines stand together, in the order of the list.
CREATE INDEX line_place ON line (kind, place, position, doc);
CREATE INDEX line_household ON line (household, kind) WHERE household IS NOT NULL;
CREATE INDEX line_face ON line (face, position, doc) WHERE face IS NOT NULL;

-- The links in force of a grievance: other documents of the same trouble, here or not.
CREATE TABLE duplicate (
    doc   BLOB NOT NULL,
    other BLOB NOT NULL,
    PRIMARY KEY (doc, other)
) WITHOUT ROWID;
CREATE INDEX duplicate_other ON duplicate (other, doc);

-- The places whose logs are shown: a log that the roster takes away is hidden at once.
CREATE TABLE shown (
    place BLOB PRIMARY KEY
) WITHOUT ROWID;
