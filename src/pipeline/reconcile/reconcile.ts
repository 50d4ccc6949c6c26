import type { Context } from '../../context.js';
import { stalledAfterMs } from '../../domain/runs/run.js';
import { expireSends } from '../../store/attempts.js';
import { deleteOldAudit } from '../../store/audit-log.js';
import { batchToProbe } from '../../store/batches.js';
import { noteEnds, noteResults } from '../../store/endings.js';
import { runsWithHandedIn } from '../../store/handed-in.js';
import { noteUnknown, takeProbes } from '../../store/holds.js';
import { deleteOldNotices } from '../../store/notices.js';
import { undrainedRuns } from '../../store/runs.js';
import { stalledRuns } from '../../store/views/troubled-runs.js';
import { isLedgerWhole } from '../check-ledger.js';
import { chunkRun } from '../chunking/chunk.js';
import { hintDeliveries } from '../delivery/hint-deliveries.js';
import { holdPausedTemplates } from '../statuses/hold-paused-templates.js';
import { settleByEvidence, stopContradicted } from '../statuses/settle-by-evidence.js';

/** As many runs as one pass looks at; what is beyond comes when this is done. */
const mostAPass = 1_000;

const keepNoticesMs = 7 * 86_400_000;

/**
 * Repairs what a crash left: sends without an answer become `unknown`, and whatever waits is hinted at
 * again. Any number of processes may do this at the same time.
 */
export async function reconcile(ctx: Context): Promise<void> {
  await expireLostSends(ctx);
  await stopContradicted(ctx);
  await holdPausedTemplates(ctx);
  // Before deliveries are hinted at: what goes on after its end is known to go on, however fast it ends again.
  await noteEnds(ctx.db);
  await noteResults(ctx.db, ctx.config.resultsAfterMs);
  await isLedgerWhole(ctx);
  await hintDeliveries(ctx);
  await probeHeldAccounts(ctx);
  await hintChunks(ctx);
}

/**
 * Looks where nothing should be: into every buffer, whatever the ledger says of its run, and for runs that get nowhere; settles
 * what callbacks prove; and removes notices that are no news any more, and old entries of the audit log. It reads all of Redis's keys, so it is for once in a while.
 */
export async function lookForForgotten(ctx: Context): Promise<void> {
  for await (const runId of ctx.buffer.bufferedRuns()) await hintChunk(ctx, runId);
  for (const { id, since } of await stalledRuns(ctx.db, stalledAfterMs))
    ctx.logger.warn({ runId: id, since }, 'this run has work to do and makes no progress');
  await settleByEvidence(ctx);
  await deleteOldNotices(ctx.db, keepNoticesMs);
  await deleteOldAudit(ctx.db, ctx.config.auditRetentionMs);
}

async function expireLostSends(ctx: Context): Promise<void> {
  const expired = await ctx.db.$transaction(async (tx) => {
    const lost = await expireSends(tx);
    for (const { account, batchIds } of lost) await noteUnknown(tx, account, batchIds);
    return lost;
  });
  for (const { batchIds } of expired)
    ctx.logger.error({ batchIds }, 'unknown: it is not known whether these batches were sent');
}

async function hintChunks(ctx: Context): Promise<void> {
  const runs = await undrainedRuns(ctx.db, mostAPass);
  const buffered = await ctx.buffer.nonEmpty(runs.map((run) => run.id));
  const waiting = new Set(runs.filter((run) => run.due || buffered.has(run.id)).map((run) => run.id));
  for (const runId of await runsWithHandedIn(ctx.db, mostAPass)) waiting.add(runId);
  for (const runId of waiting) await hintChunk(ctx, runId);
}

/** A Redis that is full takes no hint, and only chunking empties it: then it is done here. */
async function hintChunk(ctx: Context, runId: string): Promise<void> {
  // One hint a run and ten seconds: more would only queue up behind each other.
  const hinted = await ctx.hints.chunk(runId, `tick-${Math.floor(Date.now() / 10_000)}`);
  if (!hinted) await chunkRun(ctx, runId).catch((err) => ctx.logger.error({ err, runId }, 'not chunked'));
}

async function probeHeldAccounts(ctx: Context): Promise<void> {
  const { accounts, requestTimeoutMs } = ctx.config;
  for (const account of await takeProbes(ctx.db, [...accounts.keys()], requestTimeoutMs + 5_000)) {
    const batch = await batchToProbe(ctx.db, account);
    if (batch) await ctx.hints.deliver([batch], true);
  }
}
