import type { Context } from '../../context.js';
import { stalledAfterMs } from '../../domain/runs/run.js';
import { noteApprovals } from '../../store/approvals.js';
import { expireSends } from '../../store/attempts.js';
import { removeOldAudit } from '../../store/audit-log.js';
import { batchToProbe } from '../../store/batches.js';
import { deleteOldDrafts } from '../../store/drafts/drafts.js';
import { noteEnds, noteResults } from '../../store/endings.js';
import { noteUnknown, takeProbes } from '../../store/holds.js';
import { markNumbers } from '../../store/large-runs.js';
import { deleteOldNotices } from '../../store/notices.js';
import { runsToChunk } from '../../store/runs-to-chunk.js';
import { stalledRuns } from '../../store/views/attention/troubled-runs.js';
import { dropLapsed } from '../../store/waiting.js';
import { isLedgerWhole } from '../check-ledger.js';
import { chunkRun } from '../chunking/chunk.js';
import { hintDeliveries } from '../delivery/hint-deliveries.js';
import { holdPausedTemplates } from '../statuses/hold-paused-templates.js';
import { settleByEvidence, stopContradicted } from '../statuses/settle-by-evidence.js';

/** As many runs as one pass looks at; what is beyond comes when this is done. */
const mostAPass = 1_000;

const keepNoticesMs = 7 * 86_400_000;

/** A draft that nobody has changed for so long goes, and its file with it. */
const keepDraftsMs = 30 * 86_400_000;

/** What reconciling looks at: all, or what can't wait for the next look at all. */
type Look = 'at all' | 'at what is urgent';

/**
 * Repairs what a crash left: sends without an answer become `unknown`, and whatever waits is hinted at
 * again. Any number of processes may do this at the same time.
 */
export async function reconcile(ctx: Context, look: Look = 'at all'): Promise<void> {
  if (look === 'at all') {
    await stopContradicted(ctx);
    await holdPausedTemplates(ctx);
    await noteResults(ctx.db, ctx.config.resultsAfterMs);
    await markNumbers(ctx.db);
  }
  // Before deliveries are hinted at: what goes on after its end is known to go on, however fast it ends again.
  const probed = await noteChanges(ctx);
  await isLedgerWhole(ctx);
  await hintDeliveries(ctx);
  await probeAccounts(ctx, probed);
  await hintChunks(ctx);
}

/**
 * Looks where nothing should be: into every buffer, whatever the ledger says of its run, and for runs that get nowhere; settles
 * what callbacks prove; and removes notices that are no news any more, old entries of the audit log, drafts that nobody goes on with, and what waits for the number of a user id that nobody tells. It reads all of Redis's keys, so it is for once in a while.
 */
export async function lookForForgotten(ctx: Context): Promise<void> {
  for await (const runId of ctx.buffer.bufferedRuns()) await hintChunk(ctx, runId);
  for (const { id, since } of await stalledRuns(ctx.db, stalledAfterMs))
    ctx.logger.warn({ runId: id, since }, 'this run has work to do and makes no progress');
  await settleByEvidence(ctx);
  await deleteOldNotices(ctx.db, keepNoticesMs);
  await deleteOldDrafts(ctx.db, keepDraftsMs);
  await removeOldAudit(ctx.db, ctx.config.auditRetentionMs);
  await giveUpWaiting(ctx);
}

/** Who asked to be left alone and is given up goes on being messaged: that is for somebody to know. */
async function giveUpWaiting(ctx: Context): Promise<void> {
  const { statuses, wishes } = await dropLapsed(ctx.db);
  const why = 'nobody has told the number of their user id for a week';
  if (wishes > 0)
    ctx.logger.error({ wishes }, `what people asked for, to be left alone or not any more, is given up: ${why}`);
  if (statuses > 0) ctx.logger.warn({ statuses }, `statuses are given up: ${why}`);
}

/** Notes what time has brought, in one transaction: lost sends, and ends of runs. Returns the held accounts that this process is to probe now. */
async function noteChanges(ctx: Context): Promise<string[]> {
  const { accounts, requestTimeoutMs } = ctx.config;
  const { expired, probed } = await ctx.db.$transaction(async (tx) => {
    // In one order, so that two of these can't wait for each other.
    const lost = (await expireSends(tx)).sort((one, other) => (one.account < other.account ? -1 : 1));
    for (const { account, batchIds } of lost) await noteUnknown(tx, account, batchIds);
    const probes = await takeProbes(tx, [...accounts.keys()], requestTimeoutMs + 5_000);
    // Last, as these wait for no lock.
    await noteApprovals(tx);
    await noteEnds(tx);
    return { expired: lost, probed: probes };
  });
  for (const { batchIds } of expired)
    ctx.logger.error({ batchIds }, 'unknown: it is not known whether these batches were sent');
  return probed;
}

async function hintChunks(ctx: Context): Promise<void> {
  const runs = await runsToChunk(ctx.db, mostAPass);
  const buffered = await ctx.buffer.nonEmpty(runs.map((run) => run.id));
  const waiting = new Set(runs.filter((run) => run.due || buffered.has(run.id)).map((run) => run.id));
  for (const runId of waiting) await hintChunk(ctx, runId);
}

/** A Redis that is full takes no hint, and only chunking empties it: then it is done here. */
async function hintChunk(ctx: Context, runId: string): Promise<void> {
  // One hint a run and ten seconds: more would only queue up behind each other.
  const hinted = await ctx.hints.chunk(runId, `tick-${Math.floor(Date.now() / 10_000)}`);
  if (!hinted) await chunkRun(ctx, runId).catch((err) => ctx.logger.error({ err, runId }, 'not chunked'));
}

async function probeAccounts(ctx: Context, accounts: readonly string[]): Promise<void> {
  for (const account of accounts) {
    const batch = await batchToProbe(ctx.db, account);
    if (batch) await ctx.hints.deliver([batch], true);
  }
}
