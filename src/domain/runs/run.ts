import type { Delivery } from '../delivery/delivery.js';
import { formatRetryText } from '../resending/retry-after-failure.js';
import type { BatchStatus } from './batch.js';
import type { Sending } from './sending.js';

/** What a run sends; fixed when it is started. Durations in milliseconds. */
export type RunSettings = Sending & {
  startAt: Date | null;
  /** IANA; whose clock the start was written by. Instants are shown by it. */
  timeZone: string | null;
  flushAfterMs: number | null;
  /** Whether the run isn't sent at all when its start was missed. */
  skipMissed: boolean;
};

/**
 * `open`: it takes recipients. `sealed`: all recipients are in, and batches are left to deliver. `paused`: an operator paused it, or a
 * hold of its own stops it. `cancelled`: what wasn't handed over is being cancelled. `finished`: nothing is left to do.
 */
export type RunStatus = 'open' | 'sealed' | 'paused' | 'cancelled' | 'finished';
export const runOutcomes = [
  'failed',
  'needs_attention',
  'cancelled',
  'nobody',
  'refused',
  'partly_refused',
  'handed_over',
] as const;

/**
 * How a finished run ended. Of a run that ended `handed_over`, Qiscus took every batch; of one that is `refused`, none went
 * out, whether Qiscus refused it or it was too late; `nobody` was in a run that had nobody to message.
 */
export type RunOutcome = (typeof runOutcomes)[number];

type RunMarks = {
  sealedAt: Date | null;
  pausedAt: Date | null;
  cancelledAt: Date | null;
  heldKind: RunHoldKind | null;
};

/** The holds of a run that only an operator lifts, by `resume`. */
export const operatorsHolds = ['first', 'balance', 'unknown', 'unverified', 'template', 'grown'] as const;

/**
 * Why a run is held although nobody paused it. `approval`: nothing of it goes out before somebody else than who started it has approved
 * it; this one isn't stored, but told by what the run is. `preparing`: its batches wait until all its rows are in; it ends by itself. `first`: the
 * first, small batch went out, and an operator has to look before the rest does. `balance`: the account's balance doesn't pay for the
 * next batch. `unknown`: nobody knows whether one of its individual messages was sent. `unverified`: a block of its rows in Redis
 * doesn't have the signature that its producer gave it. `template`: its template isn't approved, WhatsApp has paused it, or most
 * of its messages failed for one reason. `grown`: more people are in it than were confirmed. All but `preparing` and `approval` wait for an operator.
 */
export type RunHoldKind = 'preparing' | 'approval' | (typeof operatorsHolds)[number];

/** Whether `resume` lifts it, and nothing else does. */
export function isOperatorsHold(kind: string | null): kind is (typeof operatorsHolds)[number] {
  return (operatorsHolds as readonly (string | null)[]).includes(kind);
}

/** A run's own hold, as it is kept. */
export type RunHold = { heldKind: RunHoldKind; heldReason: string };

/** The hold that a new run begins with, if a caller starts it. */
export function holdAtFirst({ maxRejected, delivery }: RunSettings): RunHold | undefined {
  if (maxRejected === null) return holdOnceRead(delivery);
  const heldReason = `nothing goes out before it is sealed, and nothing at all if more than ${maxRejected} of its rows are rejected`;
  return { heldKind: 'preparing', heldReason };
}

/** What holds a run as soon as it may go out. */
export function holdOnceRead({ first }: Delivery): RunHold | undefined {
  return first === null ? undefined : firstHold(first);
}

/** What holds a run that was confirmed for so many people, once all of its rows are in. */
export function holdIfGrown(people: number, confirmed: number | null): RunHold | undefined {
  if (confirmed === null || people <= confirmed) return undefined;
  const [now, then] = [people, confirmed].map((count) => count.toLocaleString('en-US'));
  return { heldKind: 'grown', heldReason: `it was confirmed for ${then}, and ${now} people are in it now` };
}

function firstHold(first: number): RunHold {
  const batch = first === 1 ? 'one recipient goes out; the rest waits' : `${first} recipients go out; the rest waits`;
  return { heldKind: 'first', heldReason: `at first, ${batch} until it is resumed` };
}

/** The first batch reached nobody: there is nothing to look at, and an operator has to say whether the rest may go out. */
export const emptiedFirstHold: RunHold = {
  heldKind: 'first',
  heldReason: 'everybody of the first batch is suppressed; the rest waits until it is resumed',
};

/** Of a function it is said whose turn it is: only a program that has it can read it. */
export function preparingHold(audience: string): RunHold {
  const by = /^(function|named):/.test(audience) ? `, by workers that have ${audience}` : '';
  return { heldKind: 'preparing', heldReason: `its audience is being read${by}` };
}
export type BatchCounts = Record<BatchStatus, number>;

export function emptyCounts(): BatchCounts {
  return { pending: 0, uploaded: 0, sending: 0, scheduled: 0, failed: 0, unknown: 0, cancelled: 0 };
}

/** How the ledger says that a run stands: nothing of it is left to hand over (`is_through`), or a hold of its own lets nothing more go out (`is_stopped`). */
export type RunStand = { isThrough: boolean; isStopped: boolean };

/** @param buffered recipients who are in no batch yet */
export function runStatus(marks: RunMarks, { isThrough, isStopped }: RunStand, buffered: number): RunStatus {
  // Its marks were read a moment before: what came between the two isn't told by half.
  if ((marks.sealedAt || marks.cancelledAt) && isThrough && buffered === 0) return 'finished';
  if (marks.cancelledAt) return 'cancelled';
  const waitsForApproval = marks.heldKind === 'approval' && marks.sealedAt !== null && buffered === 0;
  if (marks.pausedAt || waitsForApproval || isStopped) return 'paused';
  return marks.sealedAt ? 'sealed' : 'open';
}

/** `unclosed`: producers that died, or are still at work although the run is sealed. */
export type Concerns = { missing: number; unclosed: number; extraSends: number; wrongTotals: number };

/** How a finished run ended: the first of `runOutcomes` that applies. */
export function runOutcome(
  batches: BatchCounts,
  concerns: Concerns,
  { failed, cancelled }: { failed: boolean; cancelled: boolean },
): RunOutcome {
  if (batches.unknown + concerns.extraSends === 0 && failed) return 'failed';
  if (batches.unknown + concerns.missing + concerns.unclosed + concerns.extraSends + concerns.wrongTotals > 0)
    return 'needs_attention';
  if (cancelled) return 'cancelled';
  // A batch whose recipients were all suppressed is cancelled, and counts as empty.
  if (batches.scheduled + batches.failed === 0) return 'nobody';
  if (batches.failed === 0) return 'handed_over';
  return batches.scheduled === 0 ? 'refused' : 'partly_refused';
}

/** Names each setting that differs from what a key or a name was used for before. */
export function settingDifferences<T extends Pick<Sending, 'delivery' | 'retryAfterFailure'>>(
  before: T,
  now: T,
): string[] {
  const [then, today] = [flatten(before), flatten(now)];
  return Object.keys(today).flatMap((name) => {
    const [was, is] = [JSON.stringify(then[name]), JSON.stringify(today[name])];
    return was === is ? [] : [`${name} was ${was}, is now ${is}`];
  });
}

function flatten({
  delivery,
  retryAfterFailure: retry,
  ...others
}: Pick<Sending, 'delivery' | 'retryAfterFailure'>): Record<string, unknown> {
  return { ...others, ...delivery, retryAfterFailure: retry && formatRetryText(retry) };
}

/**
 * The instant that a sealed run waits for, ISO 8601 in UTC: its start, or else when its next batch is handed over. `null`: it
 * waits for nothing, or isn't sealed.
 */
export function waitsUntil(
  { status, startAt, handOverAt }: { status: RunStatus; startAt: string | null; handOverAt: string | null },
  now: Date,
): string | null {
  if (status !== 'sealed') return null;
  return [startAt, handOverAt].find((at) => at !== null && new Date(at) > now) ?? null;
}

/** A run with work to do that has got nowhere for so long is worth a look. */
export const stalledAfterMs = 300_000;
