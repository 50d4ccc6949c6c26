import { batchCapacityOf, type Delivery, isLimited, type Limit } from '../delivery/delivery.js';
import { isSkipped, wantedStart } from '../timing/batch-start.js';
import { planSlots, type TakenSlots } from '../timing/start-slot.js';

/** When a run's batches would start if they were handed over now. */
export type Forecast = {
  /** How many batches there would be. Also 0 when none of the recipients would be messaged. */
  files: number;
  /** When the first batch would start, ISO 8601 in UTC; `null`: at once, or there is none. */
  firstStartAt: string | null;
  /** When the last batch would start, ISO 8601 in UTC; `null`: at once, or there is none. */
  lastStartAt: string | null;
  /** The limit that decides when the last batch starts; `null`: none does. */
  limit: Limit | null;
  /** Recipients of batches that would start later than the run allows. */
  tooLate: number;
};

/** The sizes of the batches that so many recipients are cut into, in order. */
export function batchSizes(delivery: Delivery, recipients: number): number[] {
  const capacity = batchCapacityOf(delivery);
  const first = Math.min(delivery.first ?? capacity, capacity, recipients);
  const rest = recipients - first;
  const sizes = [first, ...Array<number>(Math.floor(rest / capacity)).fill(capacity), rest % capacity];
  return sizes.filter((size) => size > 0);
}

type ForecastRequest = {
  delivery: Delivery;
  /** What the run asks for; `null`: at once. */
  startAt: Date | null;
  /** When the run was started, or would be. */
  createdAt: Date;
  /** Whether nothing of it is sent if its start was missed, unless something of it went out before. */
  skipMissed: boolean;
  isBegun: boolean;
  sizes: readonly number[];
  taken: TakenSlots;
};

/** @returns also the start slots that its batches take of the portfolio's limit, for the forecast of later runs. */
export function forecast(request: ForecastRequest, now: Date): Forecast & { taken: TakenSlots['portfolio'] } {
  const { delivery, startAt, createdAt, sizes, taken } = request;
  if (isSkipped(request, now)) {
    const tooLate = sizes.reduce((sum, size) => sum + size, 0);
    return { files: 0, firstStartAt: null, lastStartAt: null, limit: null, tooLate, taken: [] };
  }
  const wanted = wantedStart(startAt, now);
  const slots = planSlots(delivery, taken, wanted, sizes);
  // A small batch may find a slot before larger ones that come before it.
  const inOrder = slots.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const [first, last] = [inOrder[0], inOrder.at(-1)];
  const atOnce = startAt === null && !isLimited(delivery);
  const latest = (startAt ?? createdAt).getTime() + (delivery.tooLateAfterMs ?? Number.POSITIVE_INFINITY);
  return {
    files: sizes.length,
    firstStartAt: atOnce ? null : (first?.at.toISOString() ?? null),
    lastStartAt: atOnce ? null : (last?.at.toISOString() ?? null),
    limit: last?.movedBy ?? null,
    tooLate: sizes.reduce((sum, size, at) => sum + ((slots[at]?.at.getTime() ?? 0) > latest ? size : 0), 0),
    taken: slots.map(({ at }, index) => ({ at: at.getTime(), recipients: sizes[index] ?? 0 })),
  };
}
