import { type Sql, sql } from './postgres/sql.js';

/** What is counted of whom. */
type Counted = { what: string; who: string };

/**
 * Counts one more within a time that begins with the first, in whatever process.
 * @returns how many there were, and how long it is until the next time begins
 */
export async function countOne(
  db: Sql,
  { what, who }: Counted,
  withinMs: number,
): Promise<{ times: number; waitMs: number }> {
  const [counted] = await db.$queryRaw<{ times: number; waitMs: number }[]>`
    INSERT INTO admin_allowances AS known (what, who, times, ends_at)
    VALUES (${what}, ${who}, 1, clock_timestamp() + ${withinMs}::float8 * interval '1 millisecond')
    ON CONFLICT (what, who) DO UPDATE SET
      times = CASE WHEN known.ends_at > clock_timestamp() THEN known.times + 1 ELSE 1 END,
      ends_at = CASE WHEN known.ends_at > clock_timestamp() THEN known.ends_at ELSE excluded.ends_at END
    RETURNING times, ${leftMs} AS "waitMs"`;
  const { times, waitMs } = counted ?? { times: 1, waitMs: withinMs };
  // Whoever begins a time clears away others that are over.
  if (times === 1) await removeEnded(db);
  return { times, waitMs };
}

/** How often it was counted within a time that isn't over, and how long that is still. */
export async function findCount(db: Sql, { what, who }: Counted): Promise<{ times: number; waitMs: number }> {
  const [found] = await db.$queryRaw<{ times: number; waitMs: number }[]>`
    SELECT times, ${leftMs} AS "waitMs" FROM admin_allowances
    WHERE what = ${what} AND who = ${who} AND ends_at > clock_timestamp()`;
  return found ?? { times: 0, waitMs: 0 };
}

const leftMs = sql`(extract(epoch FROM ends_at - clock_timestamp()) * 1000)::float8`;

/** A few at a time, and none that another process removes: two that remove the same in another order would wait for each other. */
async function removeEnded(db: Sql): Promise<void> {
  await db.$executeRaw`
    DELETE FROM admin_allowances WHERE (what, who) IN (
      SELECT what, who FROM admin_allowances WHERE ends_at <= clock_timestamp()
      ORDER BY ends_at LIMIT 100 FOR UPDATE SKIP LOCKED)`;
}
