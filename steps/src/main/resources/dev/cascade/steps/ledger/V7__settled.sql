-- Below which lsn no file is pending, but for those that have an error, are missing or are held by a gate: they have
-- indexes of their own. Search tells with each answer how many files are pending, and would look at all of them
-- otherwise. 0: not known. A run says it at its end; whatever may make a file pending takes it back.
ALTER TABLE lsn_sequence ADD COLUMN settled_to INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER trg_unsettled_by_new_change AFTER INSERT ON md_change_state
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;
CREATE TRIGGER trg_unsettled_by_change AFTER UPDATE ON md_change_state
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;
CREATE TRIGGER trg_unsettled_by_new_index AFTER INSERT ON md_indexed
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;
CREATE TRIGGER trg_unsettled_by_index AFTER UPDATE ON md_indexed
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;
CREATE TRIGGER trg_unsettled_by_forgetting AFTER DELETE ON md_indexed
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;
CREATE TRIGGER trg_unsettled_by_new_kind AFTER INSERT ON kind_schema
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;
CREATE TRIGGER trg_unsettled_by_kind AFTER UPDATE ON kind_schema
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;
CREATE TRIGGER trg_unsettled_by_lost_kind AFTER DELETE ON kind_schema
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;
CREATE TRIGGER trg_unsettled_by_generation AFTER UPDATE OF live ON generation
BEGIN UPDATE lsn_sequence SET settled_to = 0 WHERE settled_to <> 0; END;

PRAGMA user_version = 7;
