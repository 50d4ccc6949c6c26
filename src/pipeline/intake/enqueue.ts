import type { Context } from '../../context.js';
import { Doubts } from '../../domain/recipients/doubts.js';
import type { Recipient } from '../../domain/recipients/recipient.js';
import { isLabel } from '../../domain/runs/label.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { UnavailableError, UsageError } from '../../errors.js';
import { saveDoubts } from '../../store/doubtful-values.js';
import { insertRejections, type RejectedRow } from '../../store/rejections.js';
import { findTemplate } from '../../store/templates.js';
import { ofCaller } from '../errors-of-callers.js';
import { patiently } from '../patience.js';
import { requireRun } from '../require-run.js';
import { traced } from '../traced.js';
import { gatherMessages } from './gather-messages.js';
import { Intake, type RowStream } from './intake.js';
import type { SharedIntakes } from './shared-intakes.js';
import type { RunId } from './start-run.js';

/** Recipients as an array, a stream or any other iterable. It is read once, and only a bounded part of it is held in memory. */
export type Recipients<Column extends string> = Iterable<Recipient<Column>> | AsyncIterable<Recipient<Column>>;

/** How many rows were enqueued, and how many were not. */
export type Enqueued = {
  /** Rows that were enqueued. Duplicates are among them: a worker finds them later. */
  accepted: number;
  /** Rows that can't be sent; each is kept with its reason. */
  rejected: number;
};

/** How recipients are enqueued. */
export type EnqueueOptions = {
  /**
   * The name of this stream of recipients, of 1 to 200 characters. Enqueueing again under the same source replaces what it promised
   * before. Two calls at the same time need two sources. Default: all calls of this process share one stream.
   */
  source?: string;
};

/**
 * Hands recipients over to a run, holding a bounded part of them in memory. Resolves when all are buffered in Redis and
 * promised in Postgres. A row that can't be sent is rejected and kept with its reason; it never stops the rest.
 * @throws {RunStateError} when the run is paused, cancelled, or sealed with everything in; or too many for one by one.
 * @throws {IntakeLostError} when Redis lost the buffer: enqueue the same recipients again.
 */
export async function enqueue<Column extends string>(
  ctx: Context,
  shared: SharedIntakes,
  runId: RunId<Column>,
  recipients: Recipients<Column>,
  options: EnqueueOptions = {},
): Promise<Enqueued> {
  refuseUnlessIterable(recipients);
  const { source } = options;
  if (source !== undefined && !isLabel(source))
    throw new UsageError('source must be a text of 1 to 200 characters in one line.');
  return traced(ctx, 'enqueue', { runId }, () => enqueueRows(ctx, shared, runId, recipients, options));
}

async function enqueueRows<Column extends string>(
  ctx: Context,
  shared: SharedIntakes,
  runId: RunId<Column>,
  recipients: Recipients<Column>,
  { source }: EnqueueOptions,
): Promise<Enqueued> {
  const run = await patiently(ctx, () => requireRun(ctx, runId));
  const template = await patiently(ctx, () => findTemplate(ctx.db, run.account, run.templateDetailId));
  const read = compileReaderFor(template, run.columns, ctx.config.defaultCountry, run.values);
  const doubts = new Doubts();
  const rejections = new Rejections(ctx, runId, source ?? 'enqueue');
  const opened = source === undefined ? await joinShared(shared.of(ctx, runId)) : await openOwn(ctx, runId, source);
  const stream = run.delivery.individual?.force === false ? gatherMessages(ctx, runId, opened) : opened;
  let [accepted, position] = [0, 0];
  const take = (row: unknown): Promise<void> | undefined => {
    position += 1;
    const reading = read(row);
    if (!reading.ok) return rejections.add(position, reading);
    accepted += 1;
    doubts.add(reading.doubts);
    return stream.add(reading.line);
  };
  try {
    await forEachRow(recipients, take);
    await rejections.flush();
    await keepDoubts(ctx, runId, source, doubts);
  } catch (error) {
    const abandoned = stream.abandon();
    // What was away for a minute isn't waited for once more: the call that shares the intake settles it.
    if (!(error instanceof UnavailableError)) await abandoned;
    throw error;
  }
  await stream.finish();
  return { accepted, rejected: rejections.count };
}

/** What a source had before is read again; calls without one come on top of each other. */
async function keepDoubts(ctx: Context, runId: string, source: string | undefined, doubts: Doubts): Promise<void> {
  const found = doubts.list();
  if (found.length === 0 && source === undefined) return;
  const how = source === undefined ? 'add' : 'replace';
  await patiently(ctx, () => ctx.db.$transaction((tx) => saveDoubts(tx, runId, source ?? 'enqueue', found, how)));
}

async function openOwn(ctx: Context, runId: string, source: string): Promise<RowStream> {
  const intake = await Intake.open(ctx, runId, source);
  // What was abandoned stays open, and shows as interrupted until the same source is enqueued again.
  return { add: (line) => intake.add(line), finish: () => intake.settle(true), abandon: async () => {} };
}

async function joinShared(shared: ReturnType<SharedIntakes['of']>): Promise<RowStream> {
  const intake = await shared.join();
  // Other calls' rows are in the same intake: they are settled whatever becomes of this call.
  return {
    add: (line) => intake.add(line),
    finish: () => shared.leave(),
    abandon: () => shared.leave().catch(() => {}),
  };
}

/** Gives every row to `take` and waits only where that asks for it: an await for each row would cost as much as the work. */
export async function forEachRow(
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  take: (row: unknown) => Promise<void> | undefined,
): Promise<void> {
  let taking = false;
  try {
    if (Symbol.asyncIterator in rows) {
      for await (const row of rows) {
        taking = true;
        const waiting = take(row);
        if (waiting) await waiting;
        taking = false;
      }
      return;
    }
    for (const row of rows) {
      taking = true;
      const waiting = take(row);
      if (waiting) await waiting;
      taking = false;
    }
  } catch (error) {
    throw taking ? error : ofCaller(error);
  }
}

/** Rejected rows on their way into Postgres, a thousand at a time. */
class Rejections {
  readonly #ctx: Context;
  readonly #runId: string;
  readonly #source: string;
  #rows: RejectedRow[] = [];
  count = 0;

  constructor(ctx: Context, runId: string, source: string) {
    this.#ctx = ctx;
    this.#runId = runId;
    this.#source = source;
  }

  add(position: number, { reason, digest }: { reason: string; digest: string }): Promise<void> | undefined {
    this.count += 1;
    this.#rows.push({ source: this.#source, position, digest, reason });
    return this.#rows.length >= 1_000 ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length > 0) await patiently(this.#ctx, () => insertRejections(this.#ctx.db, this.#runId, rows));
  }
}

export function refuseUnlessIterable(recipients: unknown): void {
  const iterable =
    typeof recipients === 'object' &&
    recipients !== null &&
    (Symbol.iterator in recipients || Symbol.asyncIterator in recipients);
  if (!iterable)
    throw new UsageError(
      'recipients must be an array, or another iterable or async iterable, of objects keyed by column.',
    );
}
