-- Single messages that were sent before: in a transaction of its own, which nobody waits for who only reads.
UPDATE runs SET is_message = true WHERE id IN (SELECT run_id FROM intakes WHERE source = 'message' AND generation = 1) AND delivery ->> 'individual' IS NOT NULL;
