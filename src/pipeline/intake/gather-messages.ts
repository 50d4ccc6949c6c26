import type { Context } from '../../context.js';
import { identityIn, type RecipientLine } from '../../domain/recipients/recipient.js';
import { mostMessages } from '../../domain/runs/message.js';
import { RunStateError } from '../../errors.js';
import { countMembers } from '../../store/recipients.js';
import { readLaw } from '../law.js';
import { patiently, producerPatienceMs, waitUnlessClosing } from '../patience.js';
import type { RowStream } from './intake.js';

const lookEveryMs = 200;

/**
 * Holds the rows of a run that is delivered individually until all of them are there, so that a list that is too long for
 * that is refused as a whole, before any of it goes out. Of the rows that a run may have they take a few megabytes. The stream is
 * open meanwhile: a producer that dies leaves it so.
 */
export function gatherMessages(ctx: Context, runId: string, stream: RowStream): RowStream {
  const lines: RecipientLine[] = [];
  let isRefused = false;
  const refuse = (count: string) => {
    isRefused = true;
    return new RunStateError(
      'RUN_TOO_LARGE',
      runId,
      `Run ${runId} would have ${count} individual messages, one request each. None of these was accepted: send them in bulk, ` +
        'or allow it with force (--force).',
    );
  };
  return {
    add(line) {
      lines.push(line);
      // Even if all but one are duplicates of each other: so many repetitions are a mistake.
      if (lines.length > mostMessages) throw refuse(`more than ${mostMessages.toLocaleString('en')}`);
      return undefined;
    },
    async finish() {
      const total = await countWith(ctx, runId, lines);
      if (total > mostMessages) {
        await stream.finish();
        throw refuse(total.toLocaleString('en'));
      }
      for (const line of lines) await stream.add(line);
      await stream.finish();
    },
    // What is refused is no gap: it was never promised.
    abandon: () => (isRefused ? stream.finish() : stream.abandon()),
  };
}

/**
 * How many recipients the run would have with these. Rows that are still buffered may be the same ones, from a producer that
 * died: they are waited for, since only what is cut can be told apart.
 */
async function countWith(ctx: Context, runId: string, lines: readonly RecipientLine[]): Promise<number> {
  const numbers = [...new Set(lines.map(identityIn))];
  for (let waited = 0; ; waited += lookEveryMs) {
    const { totals } = await patiently(ctx, () => readLaw(ctx, runId));
    const { members, known } = await patiently(ctx, () => countMembers(ctx.db, runId, numbers));
    const total = members + totals.buffered + numbers.length - known;
    const mayShrink = totals.buffered > 0 && waited < producerPatienceMs && !ctx.closing.aborted;
    if (total <= mostMessages || !mayShrink) return total;
    await waitUnlessClosing(ctx, lookEveryMs);
  }
}
