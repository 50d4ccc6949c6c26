import type { SandboxMessage } from '../../../src/sandbox/callbacks/bodies.js';

/** A message as the sandbox tells of it, and the run that it was of. */
export type Message = SandboxMessage & { account: 'default' | 'cards'; runId: string };

/** As `siaran results` counts, without what it says of codes. */
export type Counts = {
  handedOver: number;
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  failedAfterDelivered: number;
  unanswered: number;
  inferred: number;
  reasons: { code: number | null; count: number; afterDelivered: number }[];
};

/** What anybody could know of a message who has read all callbacks: one without a number, or a user id that stands for one, tells nothing. */
export function fateOf({ statuses, code, namedBy }: Message) {
  const told = namedBy === 'unknown_user_id' ? [] : statuses;
  const hasFailed = told.includes('failed');
  const reached = (['read', 'delivered', 'sent'] as const).find((status) => told.includes(status)) ?? null;
  const isDelivered = reached === 'read' || reached === 'delivered';
  const isFailed = hasFailed && !isDelivered;
  const shown = isFailed ? 'failed' : hasFailed ? 'failed_after_delivered' : reached;
  return { isTold: told.length > 0, reached, isDelivered, hasFailed, isFailed, shown, code: hasFailed ? code : null };
}

/** Counts messages by what the sandbox tells of them. */
export function countOf(messages: readonly Message[]): Counts {
  const fates = messages.map(fateOf);
  const count = (is: (fate: ReturnType<typeof fateOf>) => boolean) => fates.filter(is).length;
  const failed = count(({ isFailed }) => isFailed);
  const sent = count(({ isFailed, isTold }) => isTold && !isFailed);
  const codes = [...new Set(fates.filter(({ hasFailed }) => hasFailed).map(({ code }) => code))];
  return {
    handedOver: messages.length,
    sent,
    delivered: count(({ isDelivered }) => isDelivered),
    read: count(({ reached }) => reached === 'read'),
    failed,
    failedAfterDelivered: count(({ shown }) => shown === 'failed_after_delivered'),
    unanswered: messages.length - sent - failed,
    // The answer to a broadcast names no messages.
    inferred: sent + failed,
    reasons: codes
      .map((code) => ({
        code,
        count: count((fate) => fate.isFailed && fate.code === code),
        afterDelivered: count((fate) => fate.shown === 'failed_after_delivered' && fate.code === code),
      }))
      .sort(byCode),
  };
}

export const byCode = (a: { code: number | null }, b: { code: number | null }) => (a.code ?? 0) - (b.code ?? 0);

/** Everybody who told in any message that they want no more. */
export function optedOut(messages: readonly Message[]): Set<string> {
  return new Set(messages.filter((message) => fateOf(message).code === 131050).map(({ number }) => number));
}

/** What is sent again; `resends`: what that run was sent again as before. */
export type Asked = {
  runId: string;
  resends: readonly string[];
  codes: readonly number[] | null;
  forgotten: ReadonlySet<string>;
};
export type Again = { numbers: Set<string>; leftOut: Record<string, number> };

/** Who is sent to again of a run: the rules as the documentation has them. `codes`: any that makes sense, unless some are named. */
export function sentAgain(messages: readonly Message[], { runId, resends, codes, forgotten }: Asked): Again {
  const again: Again = { numbers: new Set(), leftOut: {} };
  const gone = optedOut(messages);
  const reachedSince = new Set(
    messages.filter((each) => resends.includes(each.runId) && !fateOf(each).isFailed).map(({ number }) => number),
  );
  const heldBackSince = new Map(
    messages
      .filter((each) => resends.includes(each.runId) && fateOf(each).isFailed && fateOf(each).code === 131049)
      .map((each) => [each.number, reasonAgainst(each, codes)]),
  );
  for (const message of messages.filter((each) => each.runId === runId)) {
    const { number } = message;
    const since = gone.has(number) ? 'suppressed' : reachedSince.has(number) ? 'resent' : heldBackSince.get(number);
    const reason = forgotten.has(number) ? 'forgotten' : (reasonAgainst(message, codes) ?? since);
    if (reason === undefined) again.numbers.add(number);
    else again.leftOut[reason] = (again.leftOut[reason] ?? 0) + 1;
  }
  return again;
}

function reasonAgainst(message: Message, codes: readonly number[] | null): string | undefined {
  const { isTold, isDelivered, isFailed, code } = fateOf(message);
  if (isDelivered) return 'delivered';
  if (!isFailed) return isTold ? 'sent' : 'unanswered';
  if (code === 131050) return 'opted_out';
  if (codes === null) return code === 131049 ? 'marketing_limit' : undefined;
  if (code === null || !codes.includes(code)) return 'other_code';
  if (code !== 131049) return undefined;
  // It failed a moment ago.
  return message.number.startsWith('1') ? 'north_america' : 'too_early';
}
