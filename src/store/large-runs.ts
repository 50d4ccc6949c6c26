import type { Database } from './postgres/database.js';

/** So many runs a transaction marks: it reads all of their numbers. */
const atOnce = 20;

/**
 * Marks which numbers runs of several batches have, so that who looks for another number needn't ask them. Only of runs that have ended:
 * what gives one a number afterwards needs the lock that is held here, and takes the marks away. Returns how many were marked.
 */
export async function markNumbers(db: Database): Promise<number> {
  return db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ number: number }[]>`
      SELECT run_number AS number FROM large_runs l
      WHERE marks IS NULL AND EXISTS (
        SELECT 1 FROM runs r WHERE r.number = l.run_number AND r.finished_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.id AND b.closed_at IS NULL))
      ORDER BY run_number LIMIT ${atOnce} FOR UPDATE SKIP LOCKED`;
    if (rows.length === 0) return 0;
    const numbers = rows.map(({ number }) => number);
    // A statement of its own: it sees what those have committed who had the lock before. Of a huge run each bit would be set.
    return tx.$executeRaw`
      UPDATE large_runs l SET marks = (
        SELECT CASE WHEN count(*) > 40000 THEN repeat('1', 15991)::bit(15991)
          ELSE coalesce(bit_or(set_bit(repeat('0', 15991)::bit(15991), mark_of(phone_number), 1)), repeat('0', 15991)::bit(15991)) END
        FROM (SELECT phone_number FROM recipients WHERE run_number = l.run_number LIMIT 40001) AS first)
      WHERE run_number = ANY(${numbers}::int[])`;
  });
}
