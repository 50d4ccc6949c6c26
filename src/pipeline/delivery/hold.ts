import type { Context } from '../../context.js';
import { backoffMs, retryAfterMs } from '../../domain/timing/pacing.js';
import { type HttpAnswer, providerWords } from '../../qiscus/answers.js';
import type { NoAnswer } from '../../qiscus/client.js';
import { failuresOf, type HoldKind, holdAccount } from '../../store/holds.js';
import type { Sql } from '../../store/postgres/sql.js';

/** Why an account can't go on, as far as an answer tells. Without `waitMs` each failure in a row waits longer. */
export type Trouble = { kind: HoldKind; reason: string; waitMs: number | undefined };

/** What an answer that isn't about one batch says about the account: its limits, its credentials, or that the provider fails. @param now by Postgres's clock. */
export function troubleOf(answer: HttpAnswer | NoAnswer, now: Date): Trouble {
  if (!('status' in answer)) return { kind: 'unreachable', reason: answer.error, waitMs: undefined };
  const reason = providerWords(answer);
  if (answer.status === 429) return { kind: 'rate_limited', reason, waitMs: retryAfterMs(answer.retryAfter, now) };
  return { kind: [401, 402, 403].includes(answer.status) ? 'refused' : 'unreachable', reason, waitMs: undefined };
}

/** Stops the account's deliveries; no batch changes its state for it. */
export async function holdAccountFor(ctx: Context, account: string, trouble: Trouble): Promise<void> {
  await ctx.db.$transaction((tx) => writeHold(tx, account, trouble));
  ctx.logger.warn({ account, ...trouble }, 'account held');
}

export async function writeHold(tx: Sql, account: string, { kind, reason, waitMs }: Trouble): Promise<void> {
  const before = await failuresOf(tx, account, kind);
  // Deliveries that were under way at the same time fail with the first one: together they are one failure.
  const failures = before.counted ? before.failures : before.failures + 1;
  await holdAccount(tx, { account, kind, reason, failures, waitMs: waitMs ?? backoffMs(failures, Math.random()) });
}
