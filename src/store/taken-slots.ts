import type { Delivery } from '../domain/delivery/delivery.js';
import { batchCapacity } from '../domain/runs/batch.js';
import type { Taken, TakenSlots } from '../domain/timing/start-slot.js';
import type { Sql } from './postgres/sql.js';

const dayMs = 86_400_000;

/** Of whom slots are asked for. */
type Placing = { runId: string; account: string; delivery: Delivery };

/** Lets nobody else reserve a start by a daily limit of this account's portfolio until the transaction ends. */
export async function lockPortfolio(tx: Sql, account: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(1667329124, hashtext(portfolio)) FROM accounts WHERE name = ${account}`;
}

/**
 * The starts that the limits of a run have to reckon with when a batch is to start at `wanted` or later. Unknown sends count as
 * sent, and so does a send too many. A batch whose recipients were lost counts as a full one.
 */
export async function takenSlots(db: Sql, { runId, account, delivery }: Placing, wanted: Date): Promise<TakenSlots> {
  const { pace, dailyLimit } = delivery;
  const since = (ms: number) => new Date(wanted.getTime() - ms);
  return {
    run: pace ? await slotsOfRun(db, runId, since(pace.durationMs)) : [],
    portfolio: dailyLimit ? await slotsOfPortfolio(db, account, since(dayMs)) : [],
  };
}

type Row = { at: Date; recipients: number };

async function slotsOfRun(db: Sql, runId: string, since: Date): Promise<Taken[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT began_at(b) AS at, sum(size)::int AS recipients FROM batches b
    WHERE run_id = ${runId} AND is_handed_over(b) AND began_at(b) > ${since}
    GROUP BY 1 ORDER BY 1`;
  return rows.map(readRow);
}

/** Of all runs of all accounts that share the portfolio, whatever limits they have. */
async function slotsOfPortfolio(db: Sql, account: string, since: Date): Promise<Taken[]> {
  const rows = await db.$queryRaw<Row[]>`
    WITH sharing AS (
      SELECT name FROM accounts WHERE portfolio = (SELECT portfolio FROM accounts WHERE name = ${account})
    )
    SELECT at, sum(size)::int AS recipients FROM (
      SELECT began_at(b) AS at, CASE WHEN individual THEN 1 WHEN size = 0 THEN ${batchCapacity}::int ELSE size END AS size FROM batches b
      WHERE account IN (SELECT name FROM sharing) AND is_handed_over(b) AND began_at(b) > ${since}
      UNION ALL
      SELECT coalesce(a.started_at, a.intended_at), b.size FROM attempts a JOIN batches b ON b.id = a.batch_id
      WHERE a.extra AND b.account IN (SELECT name FROM sharing) AND coalesce(a.started_at, a.intended_at) > ${since}
    ) AS handed_over GROUP BY at ORDER BY at`;
  return rows.map(readRow);
}

function readRow({ at, recipients }: Row): Taken {
  return { at: at.getTime(), recipients };
}
