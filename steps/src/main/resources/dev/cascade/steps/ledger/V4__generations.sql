-- More than one generation of the index: the live one, one that is being built, and earlier ones that are kept.

-- When a generation began to be searched; NULL while it is being built.
ALTER TABLE generation ADD COLUMN published_at INTEGER;
UPDATE generation SET published_at = created_at WHERE live = 1;

-- At most one is being built.
CREATE UNIQUE INDEX idx_generation_building ON generation (live) WHERE published_at IS NULL;

PRAGMA user_version = 4;
