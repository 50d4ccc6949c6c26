import { SiaranError } from '../errors.js';
import { aliveMs, aliveScript, readNow } from './heartbeats.js';
import type { RedisClient } from './redis/connection.js';

/** For how long the prefix counts as ours without asking again. */
export const ownerTrustMs = 1_000;

/** A database: `id` is its own, unless it is a copy; `place` tells copies apart; `name` is for people. */
type Identity = Readonly<{ id: string; place: string; name: string }>;

/** Whom Redis has a prefix for, since when, and which workers are at work with it. */
export type Owner = Identity & { since: Date };

/**
 * KEYS owner, workers; ARGV id, place, name, how long a beat counts in ms. Returns {'ours'}; or {'other' or 'copy', the owner's
 * name, since when, workers at work}. The first one wins, and nobody takes its place by being there: a copy for staging
 * waits just as one that was restored elsewhere. `adopt` says which it is.
 */
const claimScript = `
local owner = redis.call('HMGET', KEYS[1], 'id', 'place', 'name', 'since')
if owner[1] == ARGV[1] and owner[2] == ARGV[2] then return {'ours'} end
${readNow}
local workers = redis.call('ZRANGEBYSCORE', KEYS[2], now - ARGV[4], '+inf')
if owner[1] then return {owner[1] == ARGV[1] and 'copy' or 'other', owner[3], owner[4], workers} end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'place', ARGV[2], 'name', ARGV[3], 'since', now)
return {'ours'}`;

/** KEYS owner, workers; ARGV id, place, name, how long a beat counts in ms. Returns the workers at work; the prefix is taken if there are none. */
const takeScript = `
${readNow}
local workers = redis.call('ZRANGEBYSCORE', KEYS[2], now - ARGV[4], '+inf')
if #workers == 0 then redis.call('HSET', KEYS[1], 'id', ARGV[1], 'place', ARGV[2], 'name', ARGV[3], 'since', now) end
return workers`;

/** KEYS owner, workers; ARGV how long a beat counts in ms. Returns {id, place, name, since, workers at work}. */
const readScript = `
${readNow}
local owner = redis.call('HMGET', KEYS[1], 'id', 'place', 'name', 'since')
owner[5] = redis.call('ZRANGEBYSCORE', KEYS[2], now - ARGV[1], '+inf')
return owner`;

/** What may be asked before it is known whose the prefix is; who is at work, also while Postgres is away. */
export const ownerScripts: ReadonlySet<string> = new Set([claimScript, takeScript, readScript, aliveScript]);

type Outcome = ['ours'] | ['other' | 'copy', name: string, since: string, workers: string[]];

/**
 * Whether the prefix in Redis belongs to the database that this process works with. It is asked when it is first needed, and
 * again after a while, and after either was away: another one may stand in its place. The first database to ask gets the prefix.
 */
export class PrefixOwner {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #identify: () => Promise<Identity>;
  readonly #onRefused: (refusal: SiaranError) => void;
  /** As it was read last; `undefined`: the database may be another one by now. */
  #identity: Identity | undefined;
  #databaseDoubts = 0;
  #doubts = 0;
  #until = Number.NEGATIVE_INFINITY;
  #isRefused = false;
  #looking: Promise<void> | undefined;

  /** @param onRefused hears once that the prefix is another database's, until it is ours again. */
  constructor(
    redis: RedisClient,
    prefix: string,
    identify: () => Promise<Identity>,
    onRefused: (refusal: SiaranError) => void = () => {},
  ) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#identify = identify;
    this.#onRefused = onRefused;
  }

  /** Whether it was found out a moment ago, and nothing has happened since. */
  get isOurs(): boolean {
    return performance.now() < this.#until;
  }

  /** Redis was away: it may be another one, or have been wiped. */
  doubt(): void {
    this.#doubts += 1;
    this.#until = Number.NEGATIVE_INFINITY;
  }

  /** There is a new connection to Postgres: it may lead to another database. */
  doubtDatabase(): void {
    this.#databaseDoubts += 1;
    this.#identity = undefined;
    this.doubt();
  }

  /** @throws {SiaranError} `OTHER_DATABASE`; or what Redis or Postgres fails with when it can't be found out. */
  async assertOurs(): Promise<void> {
    if (this.isOurs) return;
    this.#looking ??= this.#compare().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** The same, but asks both anew, whatever was found out before. */
  async look(): Promise<void> {
    this.#identity = undefined;
    await this.#compare();
  }

  /** Which database owns the prefix, if one does, and which processes work with it. */
  async read(): Promise<{ owner: Owner | undefined; workers: string[] }> {
    const reply = await this.#redis.eval(readScript, 2, ...this.#keys, aliveMs);
    const [id, place, name, since, workers] = reply as [...(string | null)[], string[]] as [
      string | null,
      string,
      string,
      string,
      string[],
    ];
    return { owner: id === null ? undefined : { id, place, name, since: new Date(Number(since)) }, workers };
  }

  /** Gives the prefix to this database, unless workers are at work with it. Returns those workers. */
  async take({ id, place, name }: Identity): Promise<string[]> {
    const workers = (await this.#redis.eval(takeScript, 2, ...this.#keys, id, place, name, aliveMs)) as string[];
    this.doubtDatabase();
    return workers;
  }

  async #compare(): Promise<void> {
    const [doubts, begun] = [this.#doubts, performance.now()];
    const identity = this.#identity ?? (await this.#readIdentity());
    const { id, place, name } = identity;
    const outcome = (await this.#redis.eval(claimScript, 2, ...this.#keys, id, place, name, aliveMs)) as Outcome;
    if (outcome[0] === 'ours') {
      this.#isRefused = false;
      if (doubts === this.#doubts) this.#until = begun + ownerTrustMs;
      return;
    }
    this.#until = Number.NEGATIVE_INFINITY;
    const refusal = this.#refusal(outcome, identity);
    if (!this.#isRefused) this.#onRefused(refusal);
    this.#isRefused = true;
    throw refusal;
  }

  async #readIdentity(): Promise<Identity> {
    const doubts = this.#databaseDoubts;
    const identity = await this.#identify();
    if (doubts === this.#databaseDoubts) this.#identity = identity;
    return identity;
  }

  get #keys(): [owner: string, workers: string] {
    return [`${this.#prefix}:{workers}:owner`, `${this.#prefix}:{workers}`];
  }

  #refusal([kind, owner, since, workers]: Exclude<Outcome, ['ours']>, identity: Identity): SiaranError {
    const prefix = JSON.stringify(this.#prefix);
    const at = workers.length === 0 ? '' : `, and ${workers.join(', ')} ${workers.length === 1 ? 'is' : 'are'} at work`;
    if (kind === 'copy') {
      return new SiaranError(
        'OTHER_DATABASE',
        `OTHER_DATABASE: this database, ${identity.name}, is a copy of ${owner}: the prefix ${prefix} in Redis is used for that${at}. Nothing was done.\n` +
          'If this one is for something else, such as staging: set SIARAN_PREFIX to a name of its own (or REDIS_URL to a Redis of its own), ' +
          'then give it an identity of its own: siaran adopt.\n' +
          'If it takes the place of the other one, as after a restore: stop the programs of that, then: siaran adopt --prefix.',
      );
    }
    return new SiaranError(
      'OTHER_DATABASE',
      `OTHER_DATABASE: the prefix ${prefix} in Redis belongs to another database: ${owner}, since ${new Date(Number(since)).toISOString()}${at}. ` +
        `This one is ${identity.name}. Nothing was done.\n` +
        'If the settings were copied, such as for staging: set SIARAN_PREFIX to a name of its own, or REDIS_URL to a Redis of its own.\n' +
        'If DATABASE_URL is wrong: correct it.\n' +
        'If the other database is not in use any more and this one is to have the prefix: stop its workers, then: siaran adopt --prefix.',
    );
  }
}
