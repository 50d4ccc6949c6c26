import type { Context } from '../context.js';
import { mostMessages } from '../domain/message.js';
import { phoneNumberOf, type RecipientLine } from '../domain/recipient.js';
import { RunStateError } from '../errors.js';
import { countMembers } from '../store/recipients.js';
import type { RowStream } from './intake.js';
import { patiently } from './patience.js';

/**
 * Holds the rows of a run that is delivered individually until all of them are there, so that a list that is too long for
 * that is refused as a whole, before any of it goes out. Of the rows that a run may have they take a few megabytes.
 */
export function gatherMessages(ctx: Context, runId: string, open: () => Promise<RowStream>): RowStream {
  const lines: RecipientLine[] = [];
  return {
    add(line) {
      lines.push(line);
      // Even if all of them but one are duplicates of each other: whoever repeats so much didn't mean to.
      if (lines.length > mostMessages) throw tooMany(runId, `more than ${mostMessages.toLocaleString('en')}`);
      return undefined;
    },
    async finish() {
      const numbers = [...new Set(lines.map(phoneNumberOf))];
      const { members, known } = await patiently(ctx, () => countMembers(ctx.db, runId, numbers));
      const total = members + numbers.length - known;
      if (total > mostMessages) throw tooMany(runId, total.toLocaleString('en'));
      const stream = await open();
      for (const line of lines) await stream.add(line);
      await stream.finish();
    },
    async abandon() {},
  };
}

function tooMany(runId: string, count: string): RunStateError {
  return new RunStateError(
    'RUN_TOO_LARGE',
    runId,
    `Run ${runId} would have ${count} individual messages, a request each. None of these was taken: send them in bulk, ` +
      'or say that you mean it with force (--force).',
  );
}
