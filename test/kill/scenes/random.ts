import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRequest } from '../../../src/sandbox/faults.js';
import { type Play, produce } from '../play.js';
import type { Hand } from '../setting/hands.js';
import type { Setting } from '../setting/setting.js';
import { untilFinished } from '../verdict.js';

export type Random = { next(): number; between(from: number, to: number): number; pick<T>(items: readonly T[]): T };

/** Mulberry32: what is random here is repeated by its seed, as far as the plan goes. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (from, to) => Math.round(from + next() * (to - from)),
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
  };
}

/** Every way in which the sandbox can go wrong, each now and then. */
export function randomFaults(seed: number): FaultRequest[] {
  const rare = { probability: 0.04 };
  const faults: FaultRequest[] = [
    ...([500, 503, 504, 408, 409] as const).map((status) => ({
      ...rare,
      on: 'any' as const,
      kind: 'http' as const,
      status,
    })),
    { ...rare, on: 'send', kind: 'http', status: 502, accepted: true, shape: 'html' },
    { ...rare, on: 'any', kind: 'http', status: 429, retryAfterSeconds: 0 },
    { ...rare, on: 'any', kind: 'http', status: 422, shape: 'errors' },
    { ...rare, on: 'send', kind: 'http', status: 302 },
    { ...rare, on: 'any', kind: 'http', status: 401, times: 1 },
    { ...rare, on: 'any', kind: 'insufficient-balance', times: 1 },
    { ...rare, on: 'any', kind: 'close-before-reading' },
    { ...rare, on: 'any', kind: 'close-after-reading' },
    { ...rare, on: 'any', kind: 'close-after-accepting' },
    { ...rare, on: 'any', kind: 'hang-before-accepting' },
    { ...rare, on: 'any', kind: 'hang-after-accepting' },
    { ...rare, on: 'any', kind: 'unreadable-accepted' },
    { ...rare, on: 'any', kind: 'unreadable-refused' },
    { ...rare, on: 'any', kind: 'error-in-200' },
    { ...rare, on: 'send', kind: 'huge-body', bytes: 2_000_000, accepted: true },
    { on: 'any', kind: 'latency', latencyMs: 60 },
  ];
  return faults.map((fault, at) => ({ ...fault, seed: seed + at }));
}

/** Several workers and a producer die at random times, and are started again. */
export function randomKills(seed: number, kills: number, faulty: boolean): Play {
  const recipients = 12_300;
  const act = async (setting: Setting) => {
    const dice = random(seed);
    setting.sandbox.setFaults(faulty ? randomFaults(seed) : [{ on: 'any', kind: 'latency', latencyMs: 60 }]);
    let produced = false;
    const producing = produce(setting, recipients).finally(() => {
      produced = true;
    });
    producing.catch(() => {});
    const workers = await Promise.all([setting.hire('worker'), setting.hire('worker')]);
    for (let count = 0; count < kills; count += 1) {
      await sleep(dice.between(50, 700));
      const producer = setting.hands().findLast((hand) => hand.role === 'producer' && !hand.isGone());
      if (!produced && producer && dice.next() < 0.4) {
        await setting.kill(producer);
        continue;
      }
      const at = Math.floor(dice.next() * workers.length);
      const victim = workers[at] as Hand;
      if (dice.next() < 0.2) {
        await freezeFor(setting, victim, dice.between(1_500, 2_500));
        continue;
      }
      await setting.kill(victim);
      workers[at] = await setting.hire('worker');
    }
    await producing;
    await untilFinished(setting);
  };
  return { name: `random kills${faulty ? ' with faults' : ''}, seed ${seed}`, recipients, act };
}

async function freezeFor(setting: Setting, hand: Hand, ms: number): Promise<void> {
  hand.freeze();
  setting.toll.kills += 1;
  setting.toll.inFlight += 2;
  await sleep(ms);
  hand.thaw();
}
