-- A message's log is written three or four times: as it is sent, delivered and read. Room on its page for that leaves its indexes as
-- they are, which is most of what an update costs.
ALTER TABLE broadcast_logs SET (fillfactor = 70);
