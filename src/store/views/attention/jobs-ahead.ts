import { type Fragment, type Sql, sql } from '../../postgres/sql.js';

/** A broadcast job at Qiscus whose messages haven't started: a person can cancel it there until then. */
export type JobAhead = {
  /** Its id at Qiscus; `null`: callbacks tell that it was sent, and its id isn't known. */
  broadcastJobId: number | null;
  /** The batch that it sends. Its name at Qiscus begins with this id. */
  batchId: string;
  /** The run of that batch. */
  runId: string;
  /** What that run is called. */
  runName: string;
  /** When it starts, ISO 8601 in UTC. */
  startedAt: string;
  /** How many recipients it has. */
  recipients: number;
};

/** What is accepted and starts later: Qiscus may still be asked to cancel it. */
const isAhead = sql`b.status = 'scheduled' AND still_goes_out(b)`;

/** What of these runs is handed over and starts later, in the order of its start. @param limit at most so many; those that start first. */
export function jobsAhead(db: Sql, runIds: readonly string[], limit: number | null = null): Promise<JobAhead[]> {
  return readJobs(db, sql`b.run_id = ANY(${[...runIds]}::text[]) AND ${isAhead}`, limit);
}

/** What is handed over and starts later, of an account or of all, in the order of its start. A send that has no answer yet counts. */
export function jobsThatStartLater(db: Sql, account: string | null, limit: number): Promise<JobAhead[]> {
  return readJobs(
    db,
    sql`b.account IN (SELECT name FROM accounts WHERE ${account}::text IS NULL OR name = ${account})
      AND starts_later(b)`,
    limit,
  );
}

async function readJobs(db: Sql, which: Fragment, limit: number | null): Promise<JobAhead[]> {
  const rows = await db.$queryRaw<
    (Omit<JobAhead, 'broadcastJobId' | 'startedAt'> & { job: bigint | null; startedAt: Date })[]
  >`
    SELECT b.broadcast_job_id AS job, b.id AS "batchId", r.id AS "runId", r.name AS "runName",
      began_at(b) AS "startedAt", b.size AS recipients
    FROM batches b JOIN runs r ON r.id = b.run_id
    WHERE ${which} ORDER BY "startedAt", b.id LIMIT ${limit}`;
  return rows.map(({ job, startedAt, ...rest }) => ({
    broadcastJobId: job === null ? null : Number(job),
    ...rest,
    startedAt: startedAt.toISOString(),
  }));
}

/** How much of what. */
type Figures = {
  /** In batches. */
  batches: number;
  /** In recipients. */
  recipients: number;
};

/** What Qiscus has of some runs, or may have. */
export type HandedOver = {
  /** What it has accepted. */
  handedOver: Figures;
  /** What a worker is sending, or has sent without a clear answer. */
  inFlight: Figures;
  /** What of `handedOver` starts later. */
  startsLater: Figures;
};

/** What Qiscus has of these runs. */
export async function readHandedOver(db: Sql, runIds: readonly string[]): Promise<HandedOver> {
  const figures = (which: Fragment) => sql`json_build_object('batches', count(*) FILTER (WHERE ${which}),
    'recipients', coalesce(sum(b.size) FILTER (WHERE ${which}), 0))`;
  const [row] = await db.$queryRaw<HandedOver[]>`
    SELECT ${figures(sql`b.status = 'scheduled'`)} AS "handedOver", ${figures(sql`b.status IN ('sending', 'unknown')`)} AS "inFlight",
      ${figures(isAhead)} AS "startsLater"
    FROM batches b WHERE b.run_id = ANY(${[...runIds]}::text[])`;
  if (!row) throw new Error('an aggregate gave no row');
  return row;
}
