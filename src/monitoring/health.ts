import type { Context } from '../context.js';
import { NoAnswerError, within } from '../domain/timing/within.js';
import { causesOf, SiaranError } from '../errors.js';
import { refuseOtherDatabase } from '../pipeline/own-prefix.js';
import { whyRedisIsAway } from '../queue/redis/connection.js';
import { pingAll } from '../queue/redis/masters.js';
import { isRedisSilent } from '../queue/redis/redis-faults.js';
import { assertMigrated } from '../store/migrations/migrate.js';
import { isPostgresSilent } from '../store/postgres/database.js';
import { asked } from '../store/postgres/statements.js';
import { remembered } from './remembered.js';

const freshMs = 1_000;
const longestMs = 3_000;

/** What a process can't do without. */
type Need = 'postgres' | 'schema' | 'redis' | 'prefix';

/** What is missing for this process to do its work, as far as it is known. Asked at most once a second. */
export function openReadiness(ctx: Context, needsRedis = true): () => Promise<Need[]> {
  const schema = remembered(freshMs, () => assertMigrated(asked(ctx.db)));
  const redis = remembered(freshMs, () => pingAll(ctx.redis));
  const prefix = remembered(freshMs, () => refuseOtherDatabase(ctx));
  return async () => {
    const missing = await Promise.all([
      within(longestMs, schema()).then(none, (error) => (isMigration(error) ? 'schema' : 'postgres') as Need),
      ...(needsRedis
        ? [within(longestMs, redis()).then(none, () => 'redis' as Need), prefix().then(none, () => 'prefix' as Need)]
        : []),
    ]);
    return missing.filter((need) => need !== undefined);
  };
}

const none = () => undefined;

function isMigration(error: unknown): boolean {
  return error instanceof SiaranError && error.code === 'MIGRATION';
}

/** When a worker last got through a pass over Postgres and Redis. */
export class Pulse {
  #beatAt = performance.now();

  beat(): void {
    this.#beatAt = performance.now();
  }

  get ageMs(): number {
    return performance.now() - this.#beatAt;
  }
}

/** Several passes, and what a busy Postgres may take for one. */
const longestPulseMs = 60_000;

/**
 * Why a worker had better be started anew: its passes are late, although Postgres and Redis answer a new connection, or are
 * silent, which may be this worker's way to them. While one of them is away, as it says itself, nothing is wrong with the worker;
 * nor is it ended while it holds an answer that it has yet to record, and tries to: that would be lost with it.
 */
export function openLiveness(
  ctx: Context,
  pulse: Pulse,
  longestMs = longestPulseMs,
): () => Promise<string | undefined> {
  const services = remembered(freshMs, async (): Promise<'there' | 'silent' | 'away'> => {
    const asked = [assertMigrated(ctx.ledger), whyRedisIsAway(ctx.config).then(refuse)];
    return within(2_000, Promise.all(asked)).then(
      () => 'there',
      (error) => (isSilence(error) ? 'silent' : 'away'),
    );
  });
  return async () => {
    if (pulse.ageMs <= longestMs || ctx.unrecorded.size > 0) return undefined;
    const found = await services();
    // Looking took a moment, in which it may have come back to life.
    if (found === 'away' || pulse.ageMs <= longestMs) return undefined;
    const why = found === 'there' ? 'although Postgres and Redis answer' : 'and Postgres or Redis is silent from here';
    return `nothing was got done for ${Math.round(pulse.ageMs / 1_000)} s, ${why}`;
  };
}

/** Whether nothing at all was heard, rather than that nobody was there. */
function isSilence(error: unknown): boolean {
  return (
    causesOf(error).some((cause) => cause instanceof NoAnswerError) || isRedisSilent(error) || isPostgresSilent(error)
  );
}

function refuse(reason: Error | undefined): void {
  if (reason) throw reason;
}
