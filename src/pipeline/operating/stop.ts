import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.js';
import { deleteStop, insertStop, type StopView, standingStops, transactionsUnderWay } from '../../store/stops.js';
import { type JobAhead, jobsThatStartLater } from '../../store/views/attention/jobs-ahead.js';
import { readStoppedWork } from '../../store/views/attention/stopped-work.js';
import { assertAccount } from '../require-account.js';
import type { Share } from './pause.js';

/** What is stopped or let go: everything, or one account. */
export type StopRequest = {
  /** Only this account. Default: every account, also those that come later. */
  account?: string | undefined;
};

/** What a stop holds, and what it came too late for. */
export type Stopped = {
  /** Runs that went on and go no further. Those that were paused or held before aren't among them. */
  runs: number;
  /** Campaigns that are on: what they fire is held as well. */
  campaigns: number;
  /** What isn't handed over, and won't be before the stop is lifted. */
  held: Share;
  /** What Qiscus has, or may have, of these runs and of others whose messages start later: nothing here can call it back. */
  handedOver: Share;
  /** What of that starts later: a person can cancel it at Qiscus until it does. */
  startsLater: Share;
  /** The first 1,000 of those jobs, in the order of their starts. */
  jobs: JobAhead[];
};

/** What letting go on has lifted, and what still stops something. */
export type WentOn = {
  /** Whether there was such a stop. */
  lifted: boolean;
  /** Stops that stand: each is lifted by itself. */
  standing: StopView[];
};

/** More aren't named. */
const mostJobs = 1_000;

/** So long it is waited for what was being committed as the stop began. A send's intent takes milliseconds. */
const longestMs = 2_000;

/**
 * Stops everything, or an account, in one transaction: from its commit on nothing is claimed or sent, of what there is and of what is
 * started or fired later. An upload that was claimed before goes on, and sends nothing. No run and no campaign changes. Stopping again changes nothing, and tells how things stand.
 * @param by who stops it. @throws {UsageError} when there is no such account.
 */
export async function stopAll(ctx: Context, { account }: StopRequest, by: string): Promise<Stopped> {
  if (account !== undefined) await assertAccount(ctx, account);
  await ctx.db.$transaction((tx) => insertStop(tx, account ?? null, by));
  await letOthersEnd(ctx);
  const stopped = await lookAtStop(ctx, { account });
  ctx.logger.warn({ account, by, runs: stopped.runs, held: stopped.held }, 'stopped');
  return stopped;
}

/** What a stop would hold, or holds. */
export async function lookAtStop(
  ctx: Context,
  { account = null }: { account?: string | null | undefined },
): Promise<Stopped> {
  const work = await readStoppedWork(ctx.db, account);
  return { ...work, jobs: await jobsThatStartLater(ctx.db, account, mostJobs) };
}

/** Lifts the stop of everything, or that of an account, and nothing else: what was paused or held otherwise stays so. */
export async function go(ctx: Context, { account }: StopRequest): Promise<WentOn> {
  if (account !== undefined) await assertAccount(ctx, account);
  const lifted = await ctx.db.$transaction((tx) => deleteStop(tx, account ?? null));
  if (lifted) ctx.logger.warn({ account }, 'the stop is lifted');
  return { lifted, standing: await standingStops(ctx.db) };
}

/** A transaction that began before the stop doesn't see it: what it commits counts as handed over, and is counted once it has ended. */
async function letOthersEnd({ db }: Context): Promise<void> {
  const end = performance.now() + longestMs;
  const before = await transactionsUnderWay(db);
  for (let left = before; left.length > 0 && performance.now() < end; ) {
    await sleep(20);
    const now = new Set(await transactionsUnderWay(db));
    left = left.filter((id) => now.has(id));
  }
}
