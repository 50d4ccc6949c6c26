import { createHash } from 'node:crypto';
import type { Context } from '../../context.js';
import { ChangedMeanwhileError, NotFoundError, RunStateError, SiaranError, UsageError } from '../../errors.js';
import type { ActorKind } from '../../store/audit-log.js';
import type { IfState } from '../../store/states.js';
import {
  type BulkAction,
  type BulkRun,
  bulkActions,
  findBulkRuns,
  findRunsAhead,
} from '../../store/views/bulk-runs.js';
import type { RunFilter } from '../../store/views/run-list.js';
import { audited } from '../audited.js';
import { serviceErrorOf } from '../service-error.js';
import { refuseWideFilter } from './bulk-filter.js';
import { lookAtTooLate, type TooLate } from './bulk-too-late.js';
import { cancel, resume } from './pause.js';
import { retry } from './retry.js';

/** How many runs, and how many people in them. */
export type BulkCount = {
  /** Runs. */
  runs: number;
  /** People whom it concerns. */
  recipients: number;
};

/** What fits, as it is looked at. */
export type BulkFound = BulkCount & {
  /** Another text as soon as other runs fit, or what it would be done to stands another way. */
  state: string;
};

/** What is to be done to which runs. */
export type BulkRequest = {
  /** What is done to each of them. */
  action: BulkAction;
  /** Which runs. */
  filter: RunFilter;
  /** Says that an empty filter is meant: every run that it could be done to. */
  all?: boolean | undefined;
  /** `found` as the caller saw it: if other runs, or more people, fit by now, nothing is done. */
  expected?: BulkFound | undefined;
  /** Only tells what would be done. */
  dryRun?: boolean | undefined;
};

/** Runs that refused it, for one reason. */
export type BulkRefusal = {
  /** The code of the reason, such as `RUN_PURGED`. */
  code: string;
  /** What the first of them said. */
  reason: string;
  /** How many of them. */
  runs: number;
  /** The ids of the first 20 of them. */
  runIds: string[];
};

/** What was done to how many runs, and what wasn't. */
export type BulkResult = {
  /** What was to be done. */
  action: BulkAction;
  /** What fitted as it began. */
  found: BulkFound;
  /** What it was done to. */
  done: BulkCount;
  /** Runs in which there was nothing to do any more. */
  unchanged: number;
  /** Runs that refused it, by reason. */
  refused: BulkRefusal[];
  /** Runs that fitted and that it wasn't tried on, as there were too many for one call. */
  left: number;
  /** Only of `cancel`: what Qiscus has of these runs, but for those that are left, and of others that fit and were handed over as a whole. */
  tooLate?: TooLate | undefined;
};

/** On whose behalf, and how it is told of. */
export type BulkOptions = {
  /** Who does it, for the audit log. Default: `SIARAN_ACTOR`. */
  by?: string;
  /** What they are. */
  actorKind?: ActorKind;
  /** At most so many runs. Default: all that fit. */
  limit?: number;
  /** Is told after each run how many of how many are through. */
  onProgress?: (through: number, of: number) => void;
};

/** More runs than this are to be narrowed down. */
const mostBulkRuns = 10_000;

const mostNamed = 20;

/** The runs that fit and that it could be done to, the oldest first. @throws {UsageError} when the filter is empty and `all` isn't said, or too many fit. */
export async function lookAtBulk(
  ctx: Context,
  { action, filter, all }: Pick<BulkRequest, 'action' | 'filter' | 'all'>,
): Promise<BulkRun[]> {
  if (!bulkActions.includes(action)) throw new UsageError(`action must be one of ${bulkActions.join(', ')}.`);
  refuseWideFilter(filter, action, all === true);
  const runs = await findBulkRuns(ctx.db, action, filter, mostBulkRuns + 1);
  if (runs.length > mostBulkRuns)
    throw new UsageError(
      `More than 10,000 runs fit, which are too many for one call. Narrow the filter, such as by \`since\` and \`until\`.`,
    );
  return runs;
}

/**
 * Does to each run that fits what the call for one run does, one after the other, and keeps each in the audit log. A run that refuses it
 * stops none of the others. What breaks it off leaves the rest as it is; the same call again does that.
 * @throws {UsageError} as `lookAtBulk` @throws {ChangedMeanwhileError} when what fits isn't what was expected; nothing was done.
 */
export async function bulk(ctx: Context, request: BulkRequest, options: BulkOptions = {}): Promise<BulkResult> {
  const { action, expected, dryRun } = request;
  const runs = await lookAtBulk(ctx, request);
  const found = foundOf(runs);
  if (expected && !isWithin(expected, found)) throw new ChangedMeanwhileError('What fits');
  const taken = dryRun ? [] : runs.slice(0, options.limit);
  const result: BulkResult = {
    action,
    found,
    done: countOf([]),
    unchanged: 0,
    refused: [],
    left: runs.length - taken.length,
  };
  const isLast = dryRun || taken.length === runs.length;
  // What was cancelled before was told then; it is told once more to who asks when nothing is left.
  const ahead = action === 'cancel' && isLast ? await findRunsAhead(ctx.db, request.filter, runs.length === 0) : [];
  for (const [at, run] of taken.entries()) {
    await actOn(ctx, request, run, options, result).catch((error: unknown) => {
      throw brokenOff(error, at, taken.length);
    });
    options.onProgress?.(at + 1, taken.length);
  }
  if (action !== 'cancel') return result;
  const told = new Set((dryRun ? runs : taken).map(({ id }) => id));
  // Each run is told of once, however many calls it takes: what is left by the call that cancels it, what is out as a whole by the last one.
  const others = ahead.filter((id) => !told.has(id));
  const tooLate = await lookAtTooLate(ctx, [...told, ...others]).catch((error: unknown) => {
    throw brokenOff(error, taken.length, taken.length);
  });
  return { ...result, tooLate };
}

/** What fits, for whoever decides about it. */
export function foundOf(runs: readonly BulkRun[]): BulkFound {
  const digest = createHash('sha256');
  for (const { id, state } of runs) digest.update(`${id} ${state}\n`);
  return { ...countOf(runs), state: digest.digest('hex').slice(0, 16) };
}

/** Whether it concerns the runs that the caller saw, and no more people in all. That fewer wait is what happens by itself while runs go out. */
function isWithin(seen: BulkFound, found: BulkFound): boolean {
  return found.runs === seen.runs && found.state === seen.state && found.recipients <= seen.recipients;
}

function countOf(runs: readonly BulkRun[]): BulkCount {
  return { runs: runs.length, recipients: runs.reduce((sum, { recipients }) => sum + recipients, 0) };
}

/** Says how far it came, with what broke it off: what is done can't be told otherwise. */
function brokenOff(error: unknown, through: number, of: number): unknown {
  const told = serviceErrorOf(error);
  if (!told || through === 0) return error;
  const { code, message, retryable } = told;
  const far = `${through} of ${of} runs ${through === 1 ? 'is' : 'are'} through`;
  return new SiaranError(code, `${message} It broke off: ${far}, and the same call does the rest.`, {
    cause: error,
    retryable,
  });
}

async function actOn(
  ctx: Context,
  { action }: BulkRequest,
  run: BulkRun,
  { by, actorKind }: BulkOptions,
  result: BulkResult,
): Promise<void> {
  const act = { action, target: run.id, detail: { bulk: true }, by, actorKind };
  try {
    const recipients = await audited(ctx, act, () => doTo(ctx, action, run));
    if (recipients === undefined) {
      result.unchanged += 1;
      return;
    }
    result.done.runs += 1;
    result.done.recipients += recipients;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    addRefusal(result.refused, run, error);
  }
}

/** To the run as it was looked at. The people whom it concerned; `undefined`: there was nothing to do. */
async function doTo(ctx: Context, action: BulkAction, { id, recipients, state }: BulkRun): Promise<number | undefined> {
  const seen: IfState = state === null ? {} : { ifState: state };
  switch (action) {
    case 'retry': {
      const retried = await retry(ctx, id, seen);
      return retried.batches === 0 ? undefined : retried.recipients;
    }
    case 'cancel':
      return (await cancel(ctx, id, seen)).held.recipients;
    default:
      await resume(ctx, id, seen);
      return recipients;
  }
}

type Refusal = RunStateError | NotFoundError | ChangedMeanwhileError;

function isRefusal(error: unknown): error is Refusal {
  return error instanceof RunStateError || error instanceof NotFoundError || error instanceof ChangedMeanwhileError;
}

function addRefusal(refused: BulkRefusal[], { id }: BulkRun, { code, message }: Refusal): void {
  const known = refused.find((each) => each.code === code);
  if (!known) {
    refused.push({ code, reason: message, runs: 1, runIds: [id] });
    return;
  }
  known.runs += 1;
  if (known.runIds.length < mostNamed) known.runIds.push(id);
}
