import { randomUUID } from 'node:crypto';
import type { Context } from '../../context.js';
import { SiaranError } from '../../errors.js';
import { beginCheck, type DraftRow, endCheck, noteCheck } from '../../store/drafts/drafts.js';
import { currentTime } from '../../store/postgres/database.js';
import { surveyRows } from '../lists/survey-rows.js';
import { waitUnlessClosing } from '../patience.js';
import { requireAsSeen } from './change-draft.js';
import { type KeptCheck, templateState } from './current-check.js';
import type { Draft, SeenDraft } from './draft.js';
import { type Readable, requireReadable } from './draft-request.js';
import { openRows } from './open-rows.js';
import { findDraft } from './view-draft.js';

const beatEveryMs = 1_000;
const lookEveryMs = 200;

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

async function readAll(
  ctx: Context,
  row: DraftRow,
  readable: Readable,
  progress: { rows: number; bytes: number },
  signal: AbortSignal,
): Promise<KeptCheck> {
  const opened = await openRows(ctx, row, readable.fitting, signal);
  const onRow = () => {
    progress.rows += 1;
    progress.bytes = opened.bytesRead();
  };
  try {
    const { isWhole: _, ...survey } = await surveyRows(ctx, readable, opened.rows, { signal, onRow });
    return { checkedAt: await currentTime(ctx.db), ...survey, ofTemplate: templateState(readable.template) };
  } finally {
    await opened.close();
  }
}
