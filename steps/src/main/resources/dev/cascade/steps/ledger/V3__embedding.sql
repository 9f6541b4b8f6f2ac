-- What is known of vectors. The index holds them; what is owed is what the index lacks.

-- Vectors by the text that they are of, so that no text is asked for twice. Bounded; tend drops what was unused longest.
CREATE TABLE vector_cache (
    text_sha256 BLOB    NOT NULL,
    model       TEXT    NOT NULL,
    dimensions  INTEGER NOT NULL,  -- as asked for; 0: the model's own
    vector      BLOB    NOT NULL,  -- little-endian floats, of length one
    bytes       INTEGER NOT NULL,
    used_at     INTEGER NOT NULL,
    PRIMARY KEY (text_sha256, model, dimensions)
);
CREATE INDEX idx_vector_cache_used ON vector_cache (used_at, bytes);

-- Entries whose vector could not be had. Changing the entry changes its digest, so that lifts it.
CREATE TABLE vector_trouble (
    md_path         TEXT    NOT NULL,
    entry_id        TEXT    NOT NULL,
    digest          TEXT    NOT NULL,
    space           TEXT    NOT NULL,
    attempts        INTEGER NOT NULL,
    deferred_until  INTEGER,           -- NULL: refused for what it says
    reason          TEXT    NOT NULL,
    first_failed_at INTEGER NOT NULL,
    last_attempt_at INTEGER NOT NULL,
    PRIMARY KEY (md_path, entry_id)
) WITHOUT ROWID;

-- The embedder of the last run; no row if it had none. paused_until: it asked, or failed, and is left alone until then.
CREATE TABLE embedder (
    settings     TEXT    NOT NULL,  -- a digest of how it is asked; other settings lift the pause
    space        TEXT    NOT NULL,
    model        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    paused_until INTEGER,
    reason       TEXT
);

PRAGMA user_version = 3;
