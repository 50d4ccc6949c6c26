import { strictest } from '../domain/approval/approval.js';
import { parseDuration } from '../domain/timing/duration.js';
import { type Proxies, proxyTo } from './proxies.js';

type RateLimit = Readonly<{ max: number; durationMs: number }>;

export type ProviderConfig = Readonly<{
  baseUrl: string;
  appId: string;
  secretKey: string;
  /** The proxy on the way there. */
  proxy?: string | undefined;
}>;

/** A Qiscus account. Its rate limit is of batches, over all worker processes. */
export type AccountConfig = ProviderConfig &
  Readonly<{
    rateLimit: RateLimit | undefined;
    /** Runs through it with more people go out only once somebody else has approved them. */
    approvalAbove: number | undefined;
    /** The business portfolio at Meta; all its accounts and channels share a daily limit. By default the account's own name. */
    portfolio: string;
  }>;

/** What the file says of an account. */
export type AccountEntry = Partial<AccountConfig> & Pick<AccountConfig, 'appId' | 'secretKey'>;

/** The variables with the credentials of the account `default`. */
export const credentialNames = ['QISCUS_APP_ID', 'QISCUS_SECRET_KEY'] as const;

/** The variables that say something of accounts, as they were read. */
type AccountVariables = Readonly<{
  QISCUS_BASE_URL: string;
  QISCUS_APP_ID?: string | undefined;
  QISCUS_SECRET_KEY?: string | undefined;
  SIARAN_RATE_LIMIT?: RateLimit | undefined;
  SIARAN_APPROVAL_ABOVE?: number | undefined;
}>;

/** The account of the variables, and those of the file, which take from the variables what they don't say themselves. */
export function accountsOf(
  variables: AccountVariables,
  entries: ReadonlyMap<string, AccountEntry>,
): ReadonlyMap<string, AccountConfig> {
  const { QISCUS_BASE_URL, QISCUS_APP_ID: appId, QISCUS_SECRET_KEY: secretKey, SIARAN_RATE_LIMIT } = variables;
  const common = variables.SIARAN_APPROVAL_ABOVE;
  const all = new Map(appId && secretKey ? [['default', { appId, secretKey }], ...entries] : entries);
  const unsaid = { baseUrl: QISCUS_BASE_URL, rateLimit: SIARAN_RATE_LIMIT };
  return new Map(
    [...all].map(([name, entry]) => [
      name,
      { ...unsaid, portfolio: name, ...entry, approvalAbove: strictest(entry.approvalAbove, common) },
    ]),
  );
}

export const approvalAboveForm =
  'write a whole number of people up to 2147483647, for example 10000; 0 asks for every run';

export function readApprovalAbove(written: string | number): number | undefined {
  const above = /^\d{1,10}$/.test(String(written)) ? Number(written) : Number.NaN;
  return above <= 2_147_483_647 ? above : undefined;
}

export const rateLimitForm = 'write batches a duration, for example 5/1s';

export function readRateLimit(text: string): RateLimit | undefined {
  const [, max, every = ''] = /^([1-9]\d{0,5})\/(.*)$/.exec(text) ?? [];
  const durationMs = parseDuration(every);
  return max !== undefined && durationMs ? { max: Number(max), durationMs } : undefined;
}

/** Addresses are put together with paths. */
export function withoutSlashes(url: string): string {
  return url.replace(/\/+$/, '');
}

/** The accounts, each with the proxy on the way to it. */
export function throughProxies(
  accounts: ReadonlyMap<string, AccountConfig>,
  proxies: Proxies,
): ReadonlyMap<string, AccountConfig> {
  return new Map(
    [...accounts].map(([name, account]) => [name, { ...account, proxy: proxyTo(account.baseUrl, proxies) }]),
  );
}
