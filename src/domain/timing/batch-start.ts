import { type Delivery, isLimited, type Limit } from '../delivery/delivery.js';
import { formatDuration } from './duration.js';
import { isMissed } from './late-start.js';
import { findSlot, type TakenSlots } from './start-slot.js';

/** Why a batch starts at another instant than its run asked for: a limit, or that this instant had passed. */
export type MovedBy = Limit | 'late';

/** A batch as far as its start depends on it. */
export type StartingBatch = {
  recipients: number;
  /** What the run asks for; `null`: at once. */
  startAt: Date | null;
  /** When the batch was full, or its run sealed: what is to start at once is due then. */
  closedAt: Date;
  delivery: Delivery;
  /** Whether an operator wants it sent however late it is. */
  mayBeLate: boolean;
  /** Whether the run is skipped if no worker ran at its start, and whether anything of it went out. */
  skipMissed: boolean;
  isBegun: boolean;
};

/** `startedAt` is what the provider is told; `null`: nothing, so that it sends at once. */
type StartDecision =
  | { kind: 'start'; startedAt: Date | null; movedBy: MovedBy | null }
  | { kind: 'wait'; until: Date }
  | { kind: 'too late'; reason: string };

const leadMs = 60_000;

/** The earliest instant that isn't past yet when the request arrives at the provider. */
function soonest(now: Date): Date {
  return new Date(now.getTime() + leadMs);
}

/** When a batch would start if there were no limits. */
export function wantedStart(startAt: Date | null, now: Date): Date {
  return new Date(Math.max(startAt?.getTime() ?? 0, soonest(now).getTime()));
}

/**
 * Decides when a batch starts that could be handed over now, or that it has to wait, or is too late to be worth sending.
 * @param taken the slots of what was handed over before, as far as the run's limits need them.
 */
export function decideStart(batch: StartingBatch, taken: TakenSlots, now: Date): StartDecision {
  const { startAt, delivery } = batch;
  const atOnce = startAt === null && !isLimited(delivery);
  const wanted = wantedStart(startAt, now);
  const slot = findSlot(delivery, taken, wanted, batch.recipients);
  const at = atOnce ? now : slot.at;
  const late = startAt !== null && wanted > startAt ? 'late' : null;
  const movedBy = slot.movedBy ?? late;
  const tooLate = batch.mayBeLate ? undefined : (whyMissed(batch, now) ?? whyTooLate(batch, at, movedBy));
  if (tooLate !== undefined) return { kind: 'too late', reason: tooLate };
  const until = delivery.handOverAheadMs === null ? undefined : new Date(at.getTime() - delivery.handOverAheadMs);
  if (until !== undefined && until > now) return { kind: 'wait', until };
  return { kind: 'start', startedAt: atOnce ? null : at, movedBy };
}

/** Whether nothing of a run is sent, as its start was missed. */
export function isSkipped(
  { startAt, skipMissed, isBegun }: Pick<StartingBatch, 'startAt' | 'skipMissed' | 'isBegun'>,
  now: Date,
): boolean {
  return skipMissed && !isBegun && startAt !== null && isMissed(startAt, now);
}

function whyMissed(batch: StartingBatch, now: Date): string | undefined {
  if (batch.startAt === null || !isSkipped(batch, now)) return undefined;
  return `too late: it was due at ${batch.startAt.toISOString()}, which was missed, and isn't sent later unless it is retried`;
}

function whyTooLate({ startAt, closedAt, delivery }: StartingBatch, at: Date, movedBy: MovedBy | null) {
  const due = startAt ?? closedAt;
  const lateMs = at.getTime() - due.getTime();
  if (delivery.tooLateAfterMs === null || lateMs <= delivery.tooLateAfterMs) return undefined;
  const because = movedBy === null || movedBy === 'late' ? '' : `, moved by its ${limitNames[movedBy]}`;
  return (
    `too late: it would start at ${at.toISOString()}${because}, and was due at ${due.toISOString()}; ` +
    `it isn't sent later than ${formatDuration(delivery.tooLateAfterMs)} after that unless it is retried`
  );
}

export const limitNames: Record<Limit, string> = { pace: 'pace', window: 'window', dailyLimit: 'daily limit' };
