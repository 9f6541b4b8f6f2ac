-- What a guard left to a person, and whether scheduled runs go on.

-- One row for each decision. The files that it concerns carry its number in md_change_state.gate.
CREATE TABLE gate (
    gate       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL,
    job        TEXT    NOT NULL,
    run        INTEGER NOT NULL,
    status     TEXT    NOT NULL,  -- pending, approved, rejected, expired
    summary    TEXT    NOT NULL,
    digest     TEXT    NOT NULL,  -- of the sorted paths that it was made for
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    expires_at INTEGER,           -- when an approval that was not used lapses
    reason     TEXT
);

-- A removal that is held: the guard's, or one that showed only when the file was read and lost all of its entries.
ALTER TABLE md_change_state ADD COLUMN gate INTEGER;
CREATE INDEX idx_md_change_gate ON md_change_state (gate) WHERE gate IS NOT NULL;

CREATE INDEX idx_md_change_missing ON md_change_state (md_path) WHERE missing_since IS NOT NULL;

-- Whether scheduled runs go on. One row.
CREATE TABLE run_control (
    status     TEXT    NOT NULL,  -- active, paused, needs_human
    reason     TEXT,
    since      INTEGER,
    until      INTEGER
);
INSERT INTO run_control (status) VALUES ('active');

-- What a failed run failed of: the class of the exception and its message without times, ids and paths.
ALTER TABLE run ADD COLUMN stall_key TEXT;

-- As in V1, with the decisions. kept: a person said that the entries of a missing or emptied file stay.
DROP VIEW md_file_state;
CREATE VIEW md_file_state AS
SELECT c.md_path, c.kind, c.wanted, c.lsn, c.missing_since, c.refused, c.attempts, c.deferred_until,
       c.vectors_owed, c.skipped_entries, c.error_line, c.error, c.first_seen_at, c.last_changed_at,
       c.first_failed_at, c.last_attempt_at, c.last_run, c.gate, g.status AS gate_status,
       i.md_path IS NOT NULL AS known, i.fingerprint AS indexed, i.schema_id, i.unsure, i.content_sha256, i.entries,
       CASE
           WHEN c.wanted IS NULL AND i.md_path IS NOT NULL AND i.fingerprint IS NULL THEN 'tombstone'
           WHEN g.status = 'rejected' THEN 'kept'
           WHEN c.missing_since IS NOT NULL THEN 'pending'
           WHEN c.wanted = i.fingerprint AND i.schema_id = s.schema_id THEN 'done'
           WHEN c.refused = c.wanted THEN 'failed_permanent'
           WHEN c.deferred_until IS NOT NULL THEN 'failed_retryable'
           ELSE 'pending'
       END AS state
  FROM md_change_state c
  LEFT JOIN md_indexed i ON i.md_path = c.md_path
                        AND i.generation = (SELECT g.generation FROM generation g WHERE g.live = 1)
  LEFT JOIN kind_schema s ON s.kind = c.kind
  LEFT JOIN gate g ON g.gate = c.gate;

PRAGMA user_version = 2;
