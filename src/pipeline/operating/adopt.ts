import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.js';
import { SiaranError } from '../../errors.js';
import { type Owner, ownerTrustMs } from '../../queue/prefix-owner.js';
import { type DatabaseIdentity, readIdentity, renewIdentity } from '../../store/installation.js';
import { knownBatches } from '../../store/lost-sends.js';
import { hasRun } from '../../store/runs.js';

/** How this database stands to the prefix in Redis that it is set to. */
export type Belonging = {
  database: DatabaseIdentity;
  prefix: string;
  /** The database that has the prefix; `undefined`: none yet, and the first one to ask gets it. */
  owner: Owner | undefined;
  isOurs: boolean;
  /** Of whichever database has the prefix. */
  workers: string[];
};

/** What `adopt` has done. */
export type Adoption = {
  databaseId: string;
  prefix: string;
  /** Whether the prefix is this database's now. */
  ownsPrefix: boolean;
  /** What the other database had in Redis; it is set aside, and no worker takes it. */
  setAside: { sends: number; runs: string[] };
};

/** Looks, and changes nothing. */
export async function belongingOf(ctx: Context): Promise<Belonging> {
  const database = await readIdentity(ctx.db);
  const { owner, workers } = await ctx.owner.read();
  const isOurs = owner?.id === database.id && owner.place === database.place;
  return { database, prefix: ctx.config.prefix, owner, isOurs, workers };
}

/**
 * Makes this database another one than that which it was copied from. The prefix in Redis goes with it if it was this
 * database's or free. Another database keeps its prefix.
 * @throws {SiaranError} `WORKERS_AT_WORK` while a process works with the prefix.
 */
export async function adoptIdentity(ctx: Context): Promise<Adoption> {
  const { owner, isOurs, workers } = await belongingOf(ctx);
  refuseWhileAtWork(ctx, workers);
  const database = await renewIdentity(ctx.db);
  const isFree = isOurs || owner === undefined;
  // A worker that has come meanwhile keeps the prefix for the database that it works with.
  const ownsPrefix = isFree && (await ctx.owner.take(database)).length === 0;
  return { databaseId: database.id, prefix: ctx.config.prefix, ownsPrefix, setAside: { sends: 0, runs: [] } };
}

/**
 * Takes the prefix from the database that has it. What that has in Redis, and this one knows nothing of, is set aside: it would
 * look as if this database had lost it.
 * @throws {SiaranError} `WORKERS_AT_WORK` while a process works with the prefix.
 */
export async function adoptPrefix(ctx: Context): Promise<Adoption> {
  const { database, owner } = await belongingOf(ctx);
  refuseWhileAtWork(ctx, await ctx.owner.take(database));
  // The same one, restored elsewhere: what Redis knows and it has lost is not another's, and is to be noticed.
  const isSame = owner?.id === database.id;
  // Producers of the other database hear of it with their next question; what they push until then is set aside too.
  await sleep(2 * ownerTrustMs);
  const setAside = isSame
    ? { sends: 0, runs: [] }
    : { sends: await forgetOthersSends(ctx), runs: await setOthersRunsAside(ctx) };
  return { databaseId: database.id, prefix: ctx.config.prefix, ownsPrefix: true, setAside };
}

function refuseWhileAtWork({ config }: Context, workers: readonly string[]): void {
  if (workers.length === 0) return;
  throw new SiaranError(
    'WORKERS_AT_WORK',
    `Workers are at work with the prefix ${JSON.stringify(config.prefix)} in this Redis: ${workers.join(', ')}. Nothing was changed.\n` +
      'If they are those of another database: give this one another SIARAN_PREFIX or REDIS_URL first. ' +
      'Otherwise, or if that database is no longer used: stop them, and try again.',
    { retryable: true },
  );
}

/** A send of a batch that this database has is left: if it has lost the send, that is to be noticed. */
async function forgetOthersSends(ctx: Context): Promise<number> {
  const sends = await ctx.witness.latest();
  const known = await knownBatches(
    ctx.db,
    sends.map(({ batchId }) => batchId),
  );
  const others = sends.filter(({ batchId }) => !known.has(batchId));
  await ctx.witness.forget(others);
  return others.length;
}

async function setOthersRunsAside(ctx: Context): Promise<string[]> {
  const runs: string[] = [];
  for await (const runId of ctx.buffer.bufferedRuns()) {
    if (await hasRun(ctx.db, runId)) continue;
    await ctx.buffer.setAside(runId);
    runs.push(runId);
  }
  return runs;
}
