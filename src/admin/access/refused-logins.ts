import { isIPv6 } from 'node:net';
import type { Context } from '../../context.js';
import type { LoginMeters } from '../../monitoring/login-meters.js';
import type { Asker } from '../../pipeline/people/passwords.js';
import type { Database } from '../../store/postgres/database.js';
import { type Problem, problem } from '../problem.js';
import { SharedAllowance } from './allowance.js';
import type { RefusalAudit } from './refusal-audit.js';

/** How somebody wanted to come in. */
export type LoginWay = 'token' | 'password' | 'bearer' | 'link' | 'invitation' | 'oidc';

const withinMs = 5 * 60_000;

/** So many refusals of one network, or of one user's browsers, are answered and logged each; more, within the same five minutes, are cut short. */
const mostOfEach = { times: 10, withinMs };

/** Of all networks of IPv6 that one customer of a provider may have. */
const mostWidely = { times: 50, withinMs };

/**
 * Counts logins that fail, by the client's network. A right token is let in however often others of the same network have failed:
 * it has too many bits to be guessed, so nothing is gained by keeping out its owner. A password that its user has chosen can be
 * guessed: beyond what is allowed it is not looked at. No login is counted by the name that was written, as whoever knows a name
 * could then keep its owner out.
 */
export class RefusedLogins {
  readonly #ofTokens: Failures;
  readonly #ofPasswords: Failures;
  readonly #ofProvider: Failures;
  readonly #logger: Context['logger'];
  readonly #meters: LoginMeters;
  readonly #audit: RefusalAudit | undefined;

  /** @param audit absent: they aren't kept in the audit log */
  constructor({ db, logger }: Pick<Context, 'db' | 'logger'>, meters: LoginMeters, audit?: RefusalAudit) {
    this.#ofTokens = new Failures(db, 'refused login');
    this.#ofPasswords = new Failures(db, 'refused password');
    this.#ofProvider = new Failures(db, 'refused openid login');
    this.#logger = logger;
    this.#meters = meters;
    this.#audit = audit;
  }

  /** Notes a failure. @param who whom it counts for @returns what it is to be answered with, if there were too many */
  async add(way: LoginWay, address: string, who: Asker = strangerAt(address)): Promise<Problem | undefined> {
    this.#meters.refused(way);
    this.#audit?.add(way, networkOf(address));
    const { isTooOften, isFirst, waitMs } = await this.#of(way).take(who);
    if (!isTooOften) this.#logger.warn({ address, way }, 'login refused');
    else if (isFirst) this.#logger.warn({ address, way }, 'logins of this address are no longer answered one by one');
    return isTooOften ? tooMany(way, waitMs) : undefined;
  }

  /**
   * Before a password is looked at, or the provider of OpenID Connect is asked, of which too many requests are not to be made. Each way
   * counts for itself: a program with a wrong token keeps nobody of its network out.
   * @param who whom failures counted for @returns what it is to be answered with, if too many have failed
   */
  async tooManyOf(way: LoginWay, who: Asker): Promise<Problem | undefined> {
    const waitMs = await this.#of(way).waitMs(who);
    return waitMs > 0 ? tooMany(way, waitMs) : undefined;
  }

  #of(way: LoginWay): Failures {
    if (way === 'oidc') return this.#ofProvider;
    return way === 'password' ? this.#ofPasswords : this.#ofTokens;
  }
}

/** Failures of one kind, of each who asks and of the larger network that theirs is a part of. */
class Failures {
  readonly #ofEach: SharedAllowance;
  readonly #widely: SharedAllowance;

  /** @param what names them in the ledger */
  constructor(db: Database, what: string) {
    this.#ofEach = new SharedAllowance(db, what, mostOfEach);
    this.#widely = new SharedAllowance(db, what, mostWidely);
  }

  /** Counts one more. What is too often for one network doesn't count for the larger one. @returns `isFirst`: none was too often before */
  async take({ who, widely }: Asker): Promise<{ isTooOften: boolean; isFirst: boolean; waitMs: number }> {
    const own = await this.#ofEach.take(who);
    if (own.isTooOften || widely === undefined) return { ...own, isFirst: own.times === mostOfEach.times + 1 };
    const all = await this.#widely.take(widely);
    return { ...all, isFirst: all.times === mostWidely.times + 1 };
  }

  /** @returns how long it is until one more isn't too many; 0: it is not */
  async waitMs({ who, widely }: Asker): Promise<number> {
    const own = await this.#ofEach.waitMs(who);
    return own > 0 || widely === undefined ? own : this.#widely.waitMs(widely);
  }
}

/** Somebody of whom nothing is known but where they ask from. */
export function strangerAt(address: string): Asker {
  const who = networkOf(address);
  return hasOneAddress(address) ? { who } : { who, widely: `${who.split(':').slice(0, 3).join(':')}::/48` };
}

/** Whoever has one IPv6 address has a whole network of them. */
export function networkOf(address: string): string {
  if (hasOneAddress(address)) return address.slice(0, 64);
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  const filled = [...groups, ...Array<string>(Math.max(missing, 0)).fill('0'), ...(tail ?? '').split(':')];
  return filled.slice(0, 4).join(':');
}

/** Of IPv4, also as IPv6 writes it. */
function hasOneAddress(address: string): boolean {
  return !isIPv6(address) || address.toLowerCase().startsWith('::ffff:');
}

function tooMany(way: LoginWay, waitMs: number): Problem {
  const minutes = Math.max(1, Math.ceil(waitMs / 60_000));
  const at = new Date(Date.now() + waitMs).toISOString().slice(11, 16);
  const detail = `Too many attempts that came from your address have failed. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, at ${at} UTC.`;
  const instead = way === 'password' ? ` ${ofKnownBrowsers}` : '';
  return { ...problem(429, 'TOO_MANY_ATTEMPTS', detail + instead), retryAfterSeconds: Math.ceil(waitMs / 1_000) };
}

const ofKnownBrowsers =
  'Until then passwords from there are refused, except in a browser in which their user has logged in within 30 days.';
