import { hostname } from 'node:os';
import { SiaranError } from '../../errors.js';
import { currentTime } from './database.js';
import type { Sql } from './sql.js';

/** Every start goes by Postgres's clock. One here that is off by more would mislead the people who read it, and the queues that wait by it. */
const mostOffMs = 60_000;

/** How this machine's clock differs from Postgres's. */
type ClockOffset = {
  /** Positive: this machine is ahead. */
  aheadMs: number;
  /** Postgres told its time somewhen on the way: it may be so much more or less. */
  uncertainMs: number;
};

/** Asks Postgres for its time, up to three times while the way takes long, and believes the shortest way. */
export async function clockOffset(db: Sql): Promise<ClockOffset> {
  let best: ClockOffset | undefined;
  for (let tries = 0; tries < 3 && (best === undefined || best.uncertainMs > 1_000); tries += 1) {
    const [asked, begun] = [Date.now(), performance.now()];
    const told = await currentTime(db);
    const tookMs = performance.now() - begun;
    const uncertainMs = tookMs / 2;
    if (best === undefined || uncertainMs < best.uncertainMs)
      best = { aheadMs: asked + uncertainMs - told.getTime(), uncertainMs };
  }
  return best ?? { aheadMs: 0, uncertainMs: Number.POSITIVE_INFINITY };
}

/** Compares this machine's clock with Postgres's, again and again; while they don't agree, nothing is begun here. */
export class ClockWatch {
  readonly #db: Sql;
  #refusal: SiaranError | undefined;

  constructor(db: Sql) {
    this.#db = db;
  }

  /** As it was found last. */
  get isOff(): boolean {
    return this.#refusal !== undefined;
  }

  /** @throws {SiaranError} `CLOCK_OFF`, with the figure, when the two differ by more than a minute for sure. */
  async check(): Promise<void> {
    const offset = await clockOffset(this.#db);
    const words = `${describeOffset(offset)} Nothing is sent from here. ${clockAdvice}`;
    this.#refusal = isClockOff(offset) ? new SiaranError('CLOCK_OFF', words) : undefined;
    this.assertRight();
  }

  /** As it was found last. @throws {SiaranError} `CLOCK_OFF` */
  assertRight(): void {
    if (this.#refusal) throw this.#refusal;
  }
}

/** What to do about a clock that is off. */
export const clockAdvice =
  'Set the clocks of both machines right, and keep them so (NTP, such as chrony or systemd-timesyncd).';

/** Whether the two differ by more than a minute for sure. */
export function isClockOff({ aheadMs, uncertainMs }: ClockOffset): boolean {
  return Math.abs(aheadMs) - uncertainMs > mostOffMs;
}

/** `The clock of this machine (worker-3) is 2 h 0 min 3 s ahead of Postgres's.` */
export function describeOffset({ aheadMs }: ClockOffset): string {
  const way = aheadMs > 0 ? 'ahead of' : 'behind';
  return `The clock of this machine (${hostname()}) is ${span(Math.abs(aheadMs))} ${way} Postgres's.`;
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 1) return `${Math.round(ms)} ms`;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}
