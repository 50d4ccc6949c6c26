import type { Context } from '../../context.js';
import { isDigest } from '../../domain/numbers/number-digest.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import type { RecipientValues } from '../../domain/recipients/recipient.js';
import {
  type LeftOutReason,
  laterReason,
  leftOutReason,
  type MessageFate,
  type ResendRules,
} from '../../domain/resending/resend.js';
import { currentTime } from '../../store/postgres/database.js';
import { recipientsOfBatches } from '../../store/recipients.js';
import { suppressedAmong } from '../../store/suppressions.js';
import type { BatchView } from '../../store/views/batch-views.js';
import { beginnings, laterFates, toldFates } from '../../store/views/resending.js';
import { pagesOfBatches } from '../views/export-run.js';

/** How many are left out, by the reason. */
export type LeftOut = Partial<Record<LeftOutReason, number>>;

/** Which recipients of a run are sent to again. `except`: the run that takes them. */
export type Selection = { runId: string; rules: ResendRules; except: string | null };

/** About a thousand of them at a time, in the order of the run. `leftOut` is kept up to date. */
export async function* selectRecipients(
  ctx: Context,
  { runId, rules, except }: Selection,
  leftOut: LeftOut,
): AsyncGenerator<RecipientValues[]> {
  const now = await currentTime(ctx.db);
  for await (const batches of pagesOfBatches(ctx, runId)) {
    const page = await readPage(ctx, batches);
    const wanted: typeof page = [];
    for (const each of page) {
      const reason = isDigest(each.phoneNumber) ? 'forgotten' : leftOutReason(each, rules, now);
      if (reason === undefined) wanted.push(each);
      else count(leftOut, reason);
    }
    const identities = wanted.map(({ phoneNumber }) => identityOf(phoneNumber));
    const suppressed = await suppressedAmong(ctx.db, identities);
    const later = await laterFates(ctx.db, runId, identities, except);
    yield wanted.flatMap(({ phoneNumber, values }, at) => {
      const identity = identities[at] ?? '';
      const ofOthers = later.get(identity) ?? [];
      const reason = suppressed.has(identity) ? 'suppressed' : laterReason(phoneNumber, ofOthers, rules, now);
      if (reason === undefined) return [values];
      count(leftOut, reason);
      return [];
    });
  }
}

function count(leftOut: LeftOut, reason: LeftOutReason): void {
  leftOut[reason] = (leftOut[reason] ?? 0) + 1;
}

async function readPage(
  ctx: Context,
  batches: readonly BatchView[],
): Promise<(MessageFate & { values: RecipientValues })[]> {
  const ids = batches.map(({ id }) => id);
  const [recipients, told, began] = [
    await recipientsOfBatches(ctx.db, ids),
    await toldFates(ctx.db, ids),
    await beginnings(ctx.db, ids),
  ];
  return batches.flatMap(({ id, status }) =>
    (recipients.get(id) ?? []).map((values) => {
      const [phoneNumber = ''] = values;
      const { furthest, failure } = told.get(id)?.get(identityOf(phoneNumber)) ?? {
        furthest: 'scheduled',
        failure: null,
      };
      return { phoneNumber, values, batchStatus: status, beganAt: began.get(id) ?? null, furthest, failure };
    }),
  );
}
