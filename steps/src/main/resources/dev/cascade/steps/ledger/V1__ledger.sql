-- The state of one root. Markdown is the truth; all of this can be made anew from it.
-- Times are milliseconds since 1970, UTC. Fingerprints are as dev.cascade.steps.memory.Fingerprint writes them.

-- Which root this state belongs to. One row.
CREATE TABLE root_identity (
    root_id    TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    layout     TEXT    NOT NULL,
    created_at INTEGER NOT NULL
);

-- The generations of the index. Exactly one is live. settled_* is the last index commit whose outcome the ledger
-- holds; open_run is the run that may have committed one more.
CREATE TABLE generation (
    generation    INTEGER NOT NULL PRIMARY KEY,
    live          INTEGER NOT NULL,
    settled_run   INTEGER NOT NULL DEFAULT 0,
    settled_chunk INTEGER NOT NULL DEFAULT 0,
    open_run      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_generation_live ON generation (live) WHERE live = 1;
INSERT INTO generation (generation, live, created_at) VALUES (1, 1, CAST(strftime('%s', 'now') AS INTEGER) * 1000);

-- How files of each kind are indexed now.
CREATE TABLE kind_schema (
    kind      TEXT NOT NULL PRIMARY KEY,
    schema_id TEXT NOT NULL
) WITHOUT ROWID;

-- The last lsn given out. One row.
CREATE TABLE lsn_sequence (last INTEGER NOT NULL);
INSERT INTO lsn_sequence (last) VALUES (0);

-- One row for each file: what is wanted, and what stood in the way.
CREATE TABLE md_change_state (
    md_path         TEXT    NOT NULL PRIMARY KEY,
    kind            TEXT    NOT NULL,
    wanted          TEXT,              -- the fingerprint last seen on disk; NULL: no file
    lsn             INTEGER NOT NULL,  -- grows with every newly observed difference
    missing_since   INTEGER,           -- a proposed removal: not seen in the walk, not yet passed by the guard
    refused         TEXT,              -- the fingerprint that cannot be indexed as it is
    attempts        INTEGER NOT NULL DEFAULT 0,
    deferred_until  INTEGER,
    vectors_owed    INTEGER NOT NULL DEFAULT 0,
    skipped_entries INTEGER NOT NULL DEFAULT 0,
    error_line      INTEGER,
    error           TEXT,
    first_seen_at   INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    first_failed_at INTEGER,
    last_attempt_at INTEGER,
    last_run        INTEGER
) WITHOUT ROWID;
CREATE INDEX idx_md_change_lsn ON md_change_state (lsn);
CREATE INDEX idx_md_change_retryable ON md_change_state (deferred_until) WHERE deferred_until IS NOT NULL;
CREATE INDEX idx_md_change_trouble ON md_change_state (md_path)
    WHERE error IS NOT NULL OR missing_since IS NOT NULL;

-- What is durably in a generation of the index. No row: not known. fingerprint NULL: known to hold nothing.
CREATE TABLE md_indexed (
    generation     INTEGER NOT NULL,
    md_path        TEXT    NOT NULL,
    fingerprint    TEXT,
    schema_id      TEXT,
    unsure         INTEGER NOT NULL DEFAULT 0,  -- touched within the clock's grain of being read: look again
    content_sha256 TEXT,
    entries        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (generation, md_path)
) WITHOUT ROWID;

-- The words that people see, as predicates. Status, guard, fix, apply and verify all read this view.
CREATE VIEW md_file_state AS
SELECT c.md_path, c.kind, c.wanted, c.lsn, c.missing_since, c.refused, c.attempts, c.deferred_until,
       c.vectors_owed, c.skipped_entries, c.error_line, c.error, c.first_seen_at, c.last_changed_at,
       c.first_failed_at, c.last_attempt_at,
       i.md_path IS NOT NULL AS known, i.fingerprint AS indexed, i.schema_id, i.unsure, i.content_sha256, i.entries,
       CASE
           WHEN c.wanted IS NULL AND i.md_path IS NOT NULL AND i.fingerprint IS NULL THEN 'tombstone'
           WHEN c.missing_since IS NOT NULL THEN 'pending'
           WHEN c.wanted = i.fingerprint AND i.schema_id = s.schema_id THEN 'done'
           WHEN c.refused = c.wanted THEN 'failed_permanent'
           WHEN c.deferred_until IS NOT NULL THEN 'failed_retryable'
           ELSE 'pending'
       END AS state
  FROM md_change_state c
  LEFT JOIN md_indexed i ON i.md_path = c.md_path
                        AND i.generation = (SELECT g.generation FROM generation g WHERE g.live = 1)
  LEFT JOIN kind_schema s ON s.kind = c.kind;

-- One row for each run, and for each firing that was skipped with a reason.
CREATE TABLE run (
    run           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    execution_id  INTEGER,
    job           TEXT    NOT NULL,
    outcome       TEXT,
    skip_reason   TEXT,
    started_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    report        TEXT
);
CREATE INDEX idx_run_execution ON run (execution_id);

-- Spring Batch's own tables, as its schema-sqlite.sql has them, and the indexes that it lacks.

CREATE TABLE BATCH_JOB_INSTANCE (
    JOB_INSTANCE_ID INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    VERSION INTEGER,
    JOB_NAME VARCHAR(100) NOT NULL,
    JOB_KEY VARCHAR(32) NOT NULL,
    constraint JOB_INST_UN unique (JOB_NAME, JOB_KEY)
);

CREATE TABLE BATCH_JOB_EXECUTION (
    JOB_EXECUTION_ID INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    VERSION INTEGER,
    JOB_INSTANCE_ID INTEGER NOT NULL,
    CREATE_TIME TIMESTAMP NOT NULL,
    START_TIME TIMESTAMP DEFAULT NULL,
    END_TIME TIMESTAMP DEFAULT NULL,
    STATUS VARCHAR(10),
    EXIT_CODE VARCHAR(100),
    EXIT_MESSAGE VARCHAR(2500),
    LAST_UPDATED TIMESTAMP,
    constraint JOB_INST_EXEC_FK foreign key (JOB_INSTANCE_ID)
    references BATCH_JOB_INSTANCE(JOB_INSTANCE_ID)
);

CREATE TABLE BATCH_JOB_EXECUTION_PARAMS (
    JOB_EXECUTION_ID INTEGER NOT NULL,
    PARAMETER_NAME VARCHAR(100) NOT NULL,
    PARAMETER_TYPE VARCHAR(100) NOT NULL,
    PARAMETER_VALUE VARCHAR(2500),
    IDENTIFYING CHAR(1) NOT NULL,
    constraint JOB_EXEC_PARAMS_FK foreign key (JOB_EXECUTION_ID)
    references BATCH_JOB_EXECUTION(JOB_EXECUTION_ID)
);

CREATE TABLE BATCH_STEP_EXECUTION (
    STEP_EXECUTION_ID INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    VERSION INTEGER NOT NULL,
    STEP_NAME VARCHAR(100) NOT NULL,
    JOB_EXECUTION_ID INTEGER NOT NULL,
    CREATE_TIME TIMESTAMP NOT NULL,
    START_TIME TIMESTAMP DEFAULT NULL,
    END_TIME TIMESTAMP DEFAULT NULL,
    STATUS VARCHAR(10),
    COMMIT_COUNT INTEGER,
    READ_COUNT INTEGER,
    FILTER_COUNT INTEGER,
    WRITE_COUNT INTEGER,
    READ_SKIP_COUNT INTEGER,
    WRITE_SKIP_COUNT INTEGER,
    PROCESS_SKIP_COUNT INTEGER,
    ROLLBACK_COUNT INTEGER,
    EXIT_CODE VARCHAR(100),
    EXIT_MESSAGE VARCHAR(2500),
    LAST_UPDATED TIMESTAMP,
    constraint JOB_EXEC_STEP_FK foreign key (JOB_EXECUTION_ID)
    references BATCH_JOB_EXECUTION(JOB_EXECUTION_ID)
);

CREATE TABLE BATCH_STEP_EXECUTION_CONTEXT (
    STEP_EXECUTION_ID INTEGER NOT NULL PRIMARY KEY,
    SHORT_CONTEXT VARCHAR(2500) NOT NULL,
    SERIALIZED_CONTEXT CLOB,
    constraint STEP_EXEC_CTX_FK foreign key (STEP_EXECUTION_ID)
    references BATCH_STEP_EXECUTION(STEP_EXECUTION_ID)
);

CREATE TABLE BATCH_JOB_EXECUTION_CONTEXT (
    JOB_EXECUTION_ID INTEGER NOT NULL PRIMARY KEY,
    SHORT_CONTEXT VARCHAR(2500) NOT NULL,
    SERIALIZED_CONTEXT CLOB,
    constraint JOB_EXEC_CTX_FK foreign key (JOB_EXECUTION_ID)
    references BATCH_JOB_EXECUTION(JOB_EXECUTION_ID)
);

CREATE TABLE BATCH_STEP_EXECUTION_SEQ (
    ID INTEGER PRIMARY KEY AUTOINCREMENT
);
CREATE TABLE BATCH_JOB_EXECUTION_SEQ (
    ID INTEGER PRIMARY KEY AUTOINCREMENT
);
CREATE TABLE BATCH_JOB_INSTANCE_SEQ (
    ID INTEGER PRIMARY KEY AUTOINCREMENT
);
CREATE INDEX idx_batch_job_execution_instance ON BATCH_JOB_EXECUTION (JOB_INSTANCE_ID);
CREATE INDEX idx_batch_job_execution_params ON BATCH_JOB_EXECUTION_PARAMS (JOB_EXECUTION_ID);
CREATE INDEX idx_batch_step_execution_job ON BATCH_STEP_EXECUTION (JOB_EXECUTION_ID);

-- Read by commands that must not pay for a migration tool: the version of this schema.
PRAGMA user_version = 1;
