import { randomUUID } from 'node:crypto';
import { assertColumns } from '../../audience/check-audience.js';
import { type OpenedAudience, openAudience } from '../../audience/open-audience.js';
import type { Context } from '../../context.js';
import { formatAudience, parseAudience } from '../../domain/campaigns/audience.js';
import type { Recipient } from '../../domain/recipients/recipient.js';
import { holdIfGrown } from '../../domain/runs/run.js';
import { AudienceError, messageOf, RunStateError } from '../../errors.js';
import { cancelRun } from '../../store/cancel-runs.js';
import { claimFiring, endFiring, type FiringClaim, keepFiring, releaseFiring } from '../../store/firings.js';
import type { Sql } from '../../store/postgres/sql.js';
import { lockRunState } from '../../store/runs.js';
import { mayBegin } from '../check-ledger.js';
import { letGo, whyGivenUp } from '../intake/end-reading.js';
import { enqueue } from '../intake/enqueue.js';
import { SharedIntakes } from '../intake/shared-intakes.js';
import { readLaw } from '../law.js';
import { waitUnlessClosing } from '../patience.js';
import { audienceMeans } from './audience-means.js';

/** A claim is short and kept alive, so that a dead worker's audience is read by another one within seconds. */
export const claimMs = 10_000;

/** How long a firing waits that could not be prepared through no fault of its audience. */
const againAfterMs = 5_000;

/** For how long an audience is tried whose database is away. */
const patienceMs = 3_600_000;

const lookEveryMs = 200;

type Law = Awaited<ReturnType<typeof readLaw>>;

/** Of one run there is one stream; read again, it takes the place of what was promised before. */
const source = 'audience';

/** How a reading ended. `reason`: why the run has no recipients, or why it is given up. */
type Ending = { status: 'prepared'; reason: string | null } | { status: 'failed'; reason: string };

/** A run whose rows wait to be read into it, in the hands of this process: of a firing, or of a draft. */
export type Preparation = {
  runId: string;
  columns: readonly string[];
  /** For how many people it was confirmed; `null`: for whoever is in its audience. */
  confirmed: number | null;
  /** What logs say whose run it is. */
  of: object;
  decidedAt: Date;
  /** Postgres's clock. */
  now(): Date;
  open(signal: AbortSignal): Promise<OpenedAudience>;
  /** `false`: the claim was lost. */
  keep(db: Sql, ttlMs: number): Promise<boolean>;
  release(db: Sql, waitMs: number): Promise<void>;
  /** `false`: the claim was lost. */
  end(tx: Sql, ending: Ending): Promise<boolean>;
};

/**
 * Reads the audience of a firing that waits for it into its run, which is held until all of it is in. If a worker
 * dies meanwhile, the run stays held, and another worker reads the audience again from its beginning.
 * @param stop gives the firing back. Returns whether there was one.
 */
export async function prepareNext(ctx: Context, stop: AbortSignal): Promise<boolean> {
  const names = { function: ctx.audienceFunctions.keys(), named: ctx.config.namedAudiences.keys() };
  const audiences = (['function', 'named'] as const).flatMap((kind) =>
    [...names[kind]].map((name) => formatAudience({ kind, name })),
  );
  const claim = await claimFiring(ctx.db, { token: randomUUID(), ttlMs: claimMs, audiences });
  return claim !== undefined && prepare(ctx, preparationOf(ctx, claim), stop);
}

function preparationOf(ctx: Context, claim: FiringClaim): Preparation {
  const { runId, columns, campaign, decidedAt, now } = claim;
  return {
    ...{ runId, columns, confirmed: null, of: { campaign }, decidedAt, now },
    async open(signal) {
      const parsed = parseAudience(claim.audience);
      if (!parsed.ok) throw new AudienceError(`The audience ${claim.audience} can't be read: ${parsed.reason}`);
      const firing = { campaign, firesAt: claim.at };
      return openAudience(parsed.audience, audienceMeans(ctx, signal), firing, claim.fitting);
    },
    keep: (db, ttlMs) => keepFiring(db, claim, ttlMs),
    release: (db, waitMs) => releaseFiring(db, claim, waitMs),
    end: (tx, ending) => endFiring(tx, claim, ending),
  };
}

/** Reads all rows into the run and lets it go, or gives it up. Returns whether it could be tried. */
export async function prepare(ctx: Context, claim: Preparation, stop: AbortSignal): Promise<boolean> {
  if (!(await mayBegin(ctx))) {
    await claim.release(ctx.db, againAfterMs);
    return false;
  }
  const kept = keepAlive(ctx, claim, stop);
  try {
    await untilAborted(readIntoRun(ctx, claim, kept.signal), kept.signal);
    const law = await untilCut(ctx, claim, kept.signal);
    await finish(ctx, claim, law);
  } catch (error) {
    // Whatever it failed with then, it was because it was stopped.
    if (kept.signal.aborted) await giveBack(ctx, claim, kept.signal.reason);
    else await giveUp(ctx, claim, error);
  } finally {
    kept.stop();
  }
  return true;
}

async function readIntoRun(ctx: Context, claim: Preparation, signal: AbortSignal): Promise<void> {
  const audience = await claim.open(signal);
  try {
    assertColumns(audience, claim.columns);
    const rows = audience.rows as AsyncIterable<Recipient>;
    const { accepted, rejected } = await enqueue(ctx, new SharedIntakes(), claim.runId, rows, { source });
    ctx.logger.info({ runId: claim.runId, accepted, rejected }, 'audience read');
  } finally {
    await audience.close();
  }
}

/** A function that is waiting for its next row can't be interrupted, so a stop doesn't wait for it. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  work.catch(() => {});
  const aborted = new Promise<never>((_, reject) => {
    const give = () => reject(signal.reason);
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
  });
  await Promise.race([work, aborted]);
}

/** Waits until all rows are in the ledger. If Redis is wiped meanwhile, the audience is read again. */
async function untilCut(ctx: Context, claim: Preparation, signal: AbortSignal): Promise<Law> {
  for (;;) {
    signal.throwIfAborted();
    const law = await readLaw(ctx, claim.runId);
    const { missing, buffered } = law.totals;
    if (missing > 0) throw new Error(`Redis lost ${missing} of its rows`);
    if (buffered === 0) return law;
    await waitUnlessClosing(ctx, lookEveryMs);
  }
}

function suppressedIn({ totals, ledger }: Law): number {
  return totals.suppressed + ledger.suppressed;
}

/** Who is to be messaged, once all rows are in. */
function peopleIn(law: Law): number {
  return law.totals.enqueued - law.totals.duplicates - suppressedIn(law);
}

/** Why a run that has all of its audience has no recipients; `null` if it has some. */
function whyNobody(runId: string, { totals, ledger }: Law): string | null {
  const suppressed = suppressedIn({ totals, ledger });
  if (peopleIn({ totals, ledger }) > 0) return null;
  const why = [
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
    ...(ledger.rejected > 0 ? [`${ledger.rejected} rejected, see siaran rejections ${runId}`] : []),
  ];
  return `nobody was in it: ${why.length === 0 ? 'its audience had no rows' : why.join(', ')}`;
}

/**
 * The run is sealed and let go in the same transaction in which its preparation ends, or given up. If more people are in it than
 * somebody has confirmed, it is held.
 */
async function finish(ctx: Context, claim: Preparation, law: Law): Promise<void> {
  const reason = whyNobody(claim.runId, law);
  const hold = holdIfGrown(peopleIn(law), claim.confirmed);
  const failure = await ctx.db.$transaction(async (tx) => {
    const run = await lockRunState(tx, claim.runId);
    const why = run && (await whyGivenUp(tx, run));
    if (why !== undefined) return why;
    if (run && (await claim.end(tx, { status: 'prepared', reason }))) await letGo(tx, run, hold);
    return undefined;
  });
  if (failure === undefined) {
    await ctx.hints.chunk(claim.runId, 'seal');
    return;
  }
  ctx.logger.error({ runId: claim.runId, ...claim.of, reason: failure }, 'the run is given up');
  await fail(ctx, claim, failure);
}

async function giveUp(ctx: Context, claim: Preparation, error: unknown): Promise<void> {
  const log = ctx.logger.child({ runId: claim.runId, ...claim.of });
  const isPassing =
    error instanceof AudienceError && error.retryable && claim.now().getTime() - claim.decidedAt.getTime() < patienceMs;
  const isOver =
    (error instanceof AudienceError && !isPassing) || (error instanceof RunStateError && error.code !== 'RUN_PAUSED');
  if (isOver) {
    log.error({ err: error }, 'the run is given up: its audience could not be read');
    return fail(ctx, claim, messageOf(error));
  }
  await giveBack(ctx, claim, error);
}

async function giveBack(ctx: Context, claim: Preparation, why: unknown): Promise<void> {
  const log = ctx.logger.child({ runId: claim.runId, ...claim.of });
  log.warn({ err: why }, 'its audience will be read again');
  await claim.release(ctx.db, againAfterMs).catch((err) => log.warn({ err }, 'claim not given back'));
}

/** Nothing of the run went out, as it was held; now nothing ever will. */
async function fail(ctx: Context, claim: Preparation, reason: string): Promise<void> {
  const failed = await ctx.db.$transaction(async (tx) => {
    await lockRunState(tx, claim.runId);
    if (!(await claim.end(tx, { status: 'failed', reason }))) return false;
    await cancelRun(tx, claim.runId, reason);
    return true;
  });
  if (!failed) return;
  await ctx.buffer.refuseAll(claim.runId);
  await ctx.hints.chunk(claim.runId, 'cancel');
}

/** @returns a signal that is aborted with `stop`, and when the claim was lost. */
function keepAlive(ctx: Context, claim: Preparation, stop: AbortSignal): { signal: AbortSignal; stop(): void } {
  const lost = new AbortController();
  const beat = setInterval(() => {
    claim.keep(ctx.db, claimMs).then(
      (kept) => kept || lost.abort(new Error('another worker has taken it over')),
      (err) => ctx.logger.warn({ err, runId: claim.runId }, 'claim not kept alive'),
    );
  }, claimMs / 4);
  return { signal: AbortSignal.any([stop, lost.signal]), stop: () => clearInterval(beat) };
}
