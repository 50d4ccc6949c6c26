import { type Delivery, type Pace, plainDelivery, type SendingWindow } from '../../../src/domain/delivery/delivery.js';
import type { StartSlot, Taken, TakenSlots } from '../../../src/domain/timing/start-slot.js';
import { isOpenByTheClock } from '../../support/wall-clock.js';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
export const nothing: TakenSlots = { run: [], portfolio: [] };
export const byDay: SendingWindow = {
  opensAt: 480,
  closesAt: 1200,
  days: [1, 2, 3, 4, 5, 6, 7],
  timeZone: 'Asia/Jakarta',
};
export const nineInJakarta = new Date('2026-12-01T02:00:00Z');

export function limitedTo(limits: Partial<Delivery>): Delivery {
  return { ...plainDelivery, ...limits };
}

export function startsOf(slots: readonly StartSlot[]): string[] {
  return slots.map(({ at }) => at.toISOString().replace(':00.000Z', 'Z'));
}

export function taking(slots: readonly StartSlot[], sizes: readonly number[]): Taken[] {
  return slots.map(({ at }, index) => ({ at: +at, recipients: sizes[index] ?? Number.NaN }));
}

export function together(...lists: (readonly Taken[])[]): Taken[] {
  return lists.flat().sort((a, b) => a.at - b.at);
}

/** The most that start in any stretch; one that begins with a batch is never less full than those that begin between. */
export function fullest(taken: readonly Taken[], durationMs: number): number {
  return Math.max(
    0,
    ...taken.map(({ at }) =>
      taken.reduce((sum, each) => sum + (each.at >= at && each.at < at + durationMs ? each.recipients : 0), 0),
    ),
  );
}

/** What a slot has to satisfy, in the plainest words. */
export function isAllowed(delivery: Delivery, { run, portfolio }: TakenSlots, at: number, recipients: number): boolean {
  const { window, pace, dailyLimit } = delivery;
  const slot = { at, recipients };
  const near = (taken: readonly Taken[], ms: number) => taken.filter((each) => Math.abs(each.at - at) < ms);
  if (dailyLimit !== null && fullest([...near(portfolio, dayMs), slot], dayMs) > dailyLimit) return false;
  if (pace && fullest([...near(run, pace.durationMs), slot], pace.durationMs) > pace.recipients) return false;
  const isStaggered = (each: Taken, { recipients, durationMs }: Pace) => {
    const [earlier, later] = each.at <= at ? [each, slot] : [slot, each];
    return later.at - earlier.at >= (durationMs * earlier.recipients) / recipients;
  };
  if (pace && !run.every((each) => isStaggered(each, pace))) return false;
  return window === null || isOpenByTheClock(window, at);
}
