import { isIPv6 } from 'node:net';
import type { Context } from '../../context.js';
import type { LoginMeters } from '../../monitoring/login-meters.js';
import { type Problem, problem } from '../problem.js';
import { SharedAllowance } from './allowance.js';
import type { RefusalAudit } from './refusal-audit.js';

/** How somebody wanted to come in. */
export type LoginWay = 'token' | 'password' | 'bearer' | 'link' | 'invitation' | 'oidc';

/** So many refusals of one address are answered and logged each; more, within the same five minutes, are cut short. */
const most = { times: 10, withinMs: 5 * 60_000 };

/**
 * Counts logins that fail, by the client's address. Whoever has a right token comes in however often others of the same address
 * have failed: a token has too many bits to be guessed, so nothing is gained by keeping out its owner.
 */
export class RefusedLogins {
  readonly #failures: SharedAllowance;
  readonly #ofProvider: SharedAllowance;
  readonly #logger: Context['logger'];
  readonly #meters: LoginMeters;
  readonly #audit: RefusalAudit | undefined;

  /** @param audit absent: they aren't kept in the audit log */
  constructor({ db, logger }: Pick<Context, 'db' | 'logger'>, meters: LoginMeters, audit?: RefusalAudit) {
    this.#failures = new SharedAllowance(db, 'refused login', most);
    this.#ofProvider = new SharedAllowance(db, 'refused openid login', most);
    this.#logger = logger;
    this.#meters = meters;
    this.#audit = audit;
  }

  /** Notes a failure. @param who whom it counts for, if not all of that address @returns what it is to be answered with, if there were too many */
  async add(way: LoginWay, address: string, who = networkOf(address)): Promise<Problem | undefined> {
    this.#meters.refused(way);
    this.#audit?.add(way, networkOf(address));
    const { times, isTooOften, waitMs } = await (way === 'oidc' ? this.#ofProvider : this.#failures).take(who);
    if (!isTooOften) this.#logger.warn({ address, way }, 'login refused');
    else if (times === most.times + 1)
      this.#logger.warn({ address, way }, 'logins of this address are no longer answered one by one');
    return isTooOften ? tooMany(waitMs) : undefined;
  }

  /**
   * Before the provider of OpenID Connect is asked, of which too many requests are not to be made. Only logins by it count: a program
   * with a wrong token keeps nobody of its address out. @param who whom they counted for @returns what it is to be answered with, if too many have failed
   */
  async tooManyOf(who: string): Promise<Problem | undefined> {
    const waitMs = await this.#ofProvider.waitMs(who);
    return waitMs > 0 ? tooMany(waitMs) : undefined;
  }
}

/** Whoever has one IPv6 address has a whole network of them. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address.slice(0, 64);
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  const filled = [...groups, ...Array<string>(Math.max(missing, 0)).fill('0'), ...(tail ?? '').split(':')];
  return filled.slice(0, 4).join(':');
}

function tooMany(waitMs: number): Problem {
  const minutes = Math.max(1, Math.ceil(waitMs / 60_000));
  const at = new Date(Date.now() + waitMs).toISOString().slice(11, 16);
  const detail = `Too many attempts that came from your address have failed. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, at ${at} UTC.`;
  return { ...problem(429, 'TOO_MANY_ATTEMPTS', detail), retryAfterSeconds: Math.ceil(waitMs / 1_000) };
}
