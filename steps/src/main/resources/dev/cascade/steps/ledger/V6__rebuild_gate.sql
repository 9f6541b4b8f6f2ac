-- The decision whether a new generation may take over the entries of files that could not be read for it. Such files
-- are well in the live one, so they cannot carry the number of their gate themselves.
CREATE TABLE gate_file (
    gate    INTEGER NOT NULL,
    md_path TEXT    NOT NULL,
    PRIMARY KEY (gate, md_path)
) WITHOUT ROWID;

PRAGMA user_version = 6;
