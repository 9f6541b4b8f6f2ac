-- When each task of keeping house was tried last, and when it succeeded last: one clock says when to try again, the
-- other when to worry.
CREATE TABLE maintenance_task (
    task         TEXT    NOT NULL PRIMARY KEY,
    status       TEXT    NOT NULL,            -- done, busy, failed: how the last attempt went
    attempted_at INTEGER NOT NULL,
    succeeded_at INTEGER,
    failures     INTEGER NOT NULL DEFAULT 0,  -- in a row; being busy does not count
    note         TEXT                         -- what came of the last attempt
) WITHOUT ROWID;

PRAGMA user_version = 5;
