import { randomUUID } from 'node:crypto';
import type { Context } from '../../context.js';
import { describeDoubt } from '../../domain/drafts/describe-doubt.js';
import { RowGroups } from '../../domain/drafts/row-groups.js';
import { byCallingCode } from '../../domain/prices/prices.js';
import { identityIn, type RecipientValues, readLines } from '../../domain/recipients/recipient.js';
import { withoutValues } from '../../domain/recipients/rejection-reasons.js';
import { variableLengthOf } from '../../domain/templates/variable-length.js';
import { SiaranError } from '../../errors.js';
import { beginCheck, type DraftRow, endCheck, noteCheck } from '../../store/drafts/drafts.js';
import { currentTime } from '../../store/postgres/database.js';
import { countRows, remaining, startCounting } from '../campaigns/forecast.js';
import { waitUnlessClosing } from '../patience.js';
import { requireAsSeen } from './change-draft.js';
import { type KeptCheck, templateState } from './current-check.js';
import type { Draft, SeenDraft } from './draft.js';
import { type Readable, requireReadable } from './draft-request.js';
import { openRows } from './open-rows.js';
import { findDraft } from './view-draft.js';

const beatEveryMs = 1_000;
const lookEveryMs = 200;

/** So many digits of a number tell its calling code. */
const startDigits = 3;

/**
 * Reads all rows of a draft once, and keeps what they come to with it. It goes on in this process after `waitMs`; if the process ends,
 * the check can be made again some seconds later. While somebody else checks the same, theirs is waited for.
 * @param options.waitMs how long the call waits for its end. Returns the draft as it is then: with its check, or how far that is.
 * @throws {UsageError} that says what the draft lacks @throws {ChangedMeanwhileError}
 */
export async function startCheck(ctx: Context, seen: SeenDraft, { waitMs }: { waitMs: number }): Promise<Draft> {
  const row = await requireAsSeen(ctx, seen);
  const readable = await requireReadable(ctx, row);
  const token = randomUUID();
  const ofTemplate = templateState(readable.template);
  if (await beginCheck(ctx.db, { ...seen, token, ofTemplate }))
    check(ctx, row, readable, token).catch((err: unknown) => {
      ctx.logger.warn({ err, draftId: row.id }, 'draft not checked');
    });
  const until = performance.now() + waitMs;
  for (;;) {
    const draft = await findDraft(ctx, row.id);
    if (draft.checking === null || performance.now() >= until || ctx.closing.aborted) return draft;
    await waitUnlessClosing(ctx, lookEveryMs);
  }
}

async function check(ctx: Context, row: DraftRow, readable: Readable, token: string): Promise<void> {
  const stop = new AbortController();
  const progress = { rows: 0, bytes: 0 };
  const beat = setInterval(() => {
    noteCheck(ctx.db, token, progress).then(
      (isWanted) => isWanted || stop.abort(new Error('the draft was changed meanwhile')),
      (err) => ctx.logger.warn({ err, draftId: row.id }, 'progress of a check not noted'),
    );
  }, beatEveryMs);
  try {
    const checked = await readAll(ctx, row, readable, progress, AbortSignal.any([stop.signal, ctx.closing]));
    await endCheck(ctx.db, token, { checked, fault: null });
  } catch (error) {
    // Nobody asks any more, or whoever asks can ask again.
    if (stop.signal.aborted || ctx.closing.aborted) return;
    const fault = error instanceof SiaranError ? error.message : 'the list could not be read; try again';
    await endCheck(ctx.db, token, { checked: null, fault });
    if (!(error instanceof SiaranError)) throw error;
  } finally {
    clearInterval(beat);
  }
}

/** It holds a number of 11 to 16 bytes for each person, to find duplicates, and nothing else of a row. */
async function readAll(
  ctx: Context,
  row: DraftRow,
  { columns, fitting, values, template }: Readable,
  progress: { rows: number; bytes: number },
  signal: AbortSignal,
): Promise<KeptCheck> {
  const opened = await openRows(ctx, row, fitting, signal);
  const counting = startCounting();
  const [rejected, doubtful] = [new RowGroups(), new RowGroups()];
  const countByStart = new Map<string, number>();
  const lengthOf = variableLengthOf(template, columns);
  let longest = { row: 0, length: -1 };
  try {
    await countRows(ctx, { columns, values, template }, whileWanted(opened.rows, signal), counting, {
      onReading(reading) {
        progress.rows += 1;
        progress.bytes = opened.bytesRead();
        if (!reading.ok) return rejected.add(progress.rows, withoutValues(reading.reason));
        const [read = []] = readLines(reading.line);
        const length = lengthOf(read as RecipientValues);
        if (length > longest.length) longest = { row: progress.rows, length };
        for (const doubt of reading.doubts ?? []) doubtful.add(progress.rows, describeDoubt(doubt));
      },
      onLeft(lines) {
        for (const line of lines) {
          const start = identityIn(line).slice(0, startDigits);
          countByStart.set(start, (countByStart.get(start) ?? 0) + 1);
        }
      },
    });
  } finally {
    await opened.close();
  }
  // A column that is empty in every row was forgotten in none.
  const known = new Set(counting.doubts.list().map(describeDoubt));
  return {
    ...{ checkedAt: await currentTime(ctx.db), rows: progress.rows, people: remaining(counting) },
    ...{ rejected: rejected.list(), doubtful: doubtful.list().filter(({ reason }) => known.has(reason)) },
    ...{ duplicates: counting.duplicates, suppressed: counting.suppressed },
    longestRow: longest.row === 0 ? null : longest.row,
    ofTemplate: templateState(template),
    peopleByCallingCode: Object.fromEntries(byCallingCode(countByStart)),
  };
}

async function* whileWanted(rows: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<unknown, void> {
  for await (const row of rows) {
    signal.throwIfAborted();
    yield row;
  }
}
