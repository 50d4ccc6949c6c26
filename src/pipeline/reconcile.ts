import type { Context } from '../context.js';
import { expireSends } from '../store/attempts.js';
import { batchToProbe, deliverableBatches } from '../store/batches.js';
import { countUnknown, takeProbes } from '../store/holds.js';
import { undrainedRuns } from '../store/runs.js';
import { isLedgerWhole } from './ledger.js';

/** As much as one pass looks at; what is beyond comes when this is done. */
const mostAPass = 1_000;

/**
 * Repairs what a crash left, from Postgres alone: sends without an answer become `unknown`, and whatever waits is hinted at
 * again. Any number of processes may do this at the same time.
 */
export async function reconcile(ctx: Context): Promise<void> {
  await isLedgerWhole(ctx);
  await expireLostSends(ctx);
  await hintDeliveries(ctx);
  await hintChunks(ctx);
  await probeHeldAccounts(ctx);
}

async function expireLostSends(ctx: Context): Promise<void> {
  const expired = await ctx.db.$transaction(async (tx) => {
    const lost = await expireSends(tx);
    for (const { account, batchIds } of lost) await countUnknown(tx, account, batchIds.length);
    return lost;
  });
  for (const { batchIds } of expired)
    ctx.logger.error({ batchIds }, 'unknown: nobody knows whether these batches were sent');
}

async function hintDeliveries(ctx: Context): Promise<void> {
  await ctx.hints.deliver(await deliverableBatches(ctx.db, mostAPass));
}

async function hintChunks(ctx: Context): Promise<void> {
  const runs = await undrainedRuns(ctx.db, mostAPass);
  const buffered = await ctx.buffer.nonEmpty(runs.map((run) => run.id));
  // One hint a run and ten seconds: more would only queue up behind each other.
  const occasion = `tick-${Math.floor(Date.now() / 10_000)}`;
  for (const run of runs) if (run.due || buffered.has(run.id)) await ctx.hints.chunk(run.id, occasion);
}

async function probeHeldAccounts(ctx: Context): Promise<void> {
  for (const account of await takeProbes(ctx.db, ctx.config.claimTtlMs)) {
    const batch = await batchToProbe(ctx.db, account);
    if (batch) await ctx.hints.deliver([batch], true);
  }
}
