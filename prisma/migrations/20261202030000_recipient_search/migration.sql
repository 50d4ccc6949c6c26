-- In which runs a number is. An index of all recipients would make the ledger a fifth larger and each row dearer to write. Of a large run
-- nearly all stand in batches after the first: such runs are few, and each is asked by its primary key. The many runs are those of one
-- batch, such as single messages, and only their recipients are indexed.
CREATE INDEX recipients_phone_number_idx ON recipients (phone_number) WHERE batch_number <= 1;

-- Runs of several batches.
CREATE INDEX batches_second_idx ON batches (run_id) WHERE number = 2;
