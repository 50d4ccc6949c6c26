import type { Context } from '../../context.js';
import type { Recipient, RecipientValues } from '../../domain/recipients/recipient.js';
import type { ResendRules } from '../../domain/resending/resend.js';
import type { RunSettings } from '../../domain/runs/run.js';
import { RunStateError } from '../../errors.js';
import type { RunRow } from '../../store/runs.js';
import { enqueue } from '../intake/enqueue.js';
import { seal } from '../intake/seal.js';
import { SharedIntakes } from '../intake/shared-intakes.js';
import { settingsOf } from '../intake/start-run.js';
import { type LeftOut, type Selection, selectRecipients } from './select-recipients.js';

/** How many are sent to again, and how many are not, by the reason. */
export type ResendCounts = { recipients: number; leftOut: LeftOut };

/** @param enough it stops when it has found so many. */
export async function countRecipients(
  ctx: Context,
  selection: Selection,
  enough = Number.POSITIVE_INFINITY,
): Promise<ResendCounts> {
  const leftOut: LeftOut = {};
  let recipients = 0;
  for await (const page of selectRecipients(ctx, selection, leftOut)) {
    recipients += page.length;
    if (recipients >= enough) break;
  }
  return { recipients, leftOut };
}

/** It starts at once; pace, window and limits are the old run's. */
export function settingsOfResend(run: RunRow): RunSettings {
  return { ...settingsOf(run), startAt: null, skipMissed: false, maxRejected: null };
}

/** Hands in those of a run who are sent to again, and seals the run that takes them. Done again, it completes what broke off. */
export async function fillResend(ctx: Context, id: string, of: RunRow, rules: ResendRules): Promise<ResendCounts> {
  const leftOut: LeftOut = {};
  const rows = rowsOf(of.columns, selectRecipients(ctx, { runId: of.id, rules, except: id }, leftOut));
  const { accepted } = await enqueue(ctx, new SharedIntakes(), id, rows, { source: 'resend' });
  await seal(ctx, id);
  return { recipients: accepted, leftOut };
}

/** As they were enqueued. The sign keeps a number of another country from being read as a national one. */
async function* rowsOf(columns: readonly string[], pages: AsyncIterable<RecipientValues[]>): AsyncGenerator<Recipient> {
  for await (const page of pages)
    for (const [phoneNumber = '', ...values] of page) {
      const others = values.values();
      yield Object.fromEntries(
        columns.map((column) => [
          column,
          column === 'phone_number' ? `+${phoneNumber}` : String(others.next().value ?? ''),
        ]),
      );
    }
}

export function beingResent(runId: string): RunStateError {
  return new RunStateError(
    'RESENDING',
    runId,
    `Run ${runId}, or one that it comes from, is being sent again, and who is in that can't be told before all of it is cut. Try again in a moment. If that call broke off, repeat it, or cancel its run.`,
  );
}
