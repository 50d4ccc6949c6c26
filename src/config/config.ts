import type { CountryCode } from '../domain/numbers/phone-number.js';
import type { Prices } from '../domain/prices/prices.js';
import type { Calendars } from '../domain/schedules/skipped-dates.js';
import type { OptOutThreshold } from '../domain/statuses/opt-outs.js';
import { UsageError } from '../errors.js';
import type { RedisOptions } from '../queue/redis/redis-options.js';
import { type AccountConfig, accountsOf, credentialNames, throughProxies } from './accounts.js';
import type { AdminToken } from './admin-token.js';
import { type CallbackSecrets, hasCallbackSecrets } from './callback-secrets.js';
import { type Environment, environment, type LogLevel } from './environment.js';
import { faultsBetween } from './faults-between.js';
import { readAccountsFile } from './files/accounts-file.js';
import { type NamedAudiences, readAudiencesFile } from './files/audiences-file.js';
import { readCalendarsFile } from './files/calendars-file.js';
import { addConfigFile } from './files/config-file.js';
import { readPricesFile } from './files/prices-file.js';
import { readSecretFiles } from './files/secret-files.js';
import { type OidcConfig, oidcFaults, readOidc } from './oidc.js';
import { proxyTo, readProxies } from './proxies.js';
import { databaseTlsFaults, readTlsFiles, type TlsFiles, tlsFaults } from './tls.js';
import { headerFaults, readTracing, type TracingConfig } from './tracing.js';
import { unknownVariables } from './unknown-variables.js';

export type { AccountConfig, ProviderConfig } from './accounts.js';

/** Where notices go, and the secret that they are signed with, as they were given. `proxy`: the one on the way there. */
export type WebhookConfig = Readonly<{ url: string; secret: string; proxy?: string | undefined }>;

export type Config = Readonly<{
  databaseUrl: string;
  /** Where the queries of campaigns' audiences run. Absent: there can't be any. */
  audienceDatabaseUrl: string | undefined;
  /** What campaigns ask for by `named:NAME`. */
  namedAudiences: NamedAudiences;
  /** Dates on which campaigns that name them don't fire. */
  calendars: Calendars;
  /** Whether clients of the HTTP API may write queries and paths of their own. */
  freeAudiences: boolean;
  /** Below it are the files of campaigns' audiences. Absent: there can't be any. */
  audienceDir: string | undefined;
  /** How long the database may be at work for one such query, all its rows together. */
  audienceTimeoutMs: number;
  /** Set unless `redisCluster` is; with it, only its scheme, user and password count. */
  redisUrl: string | undefined;
  /** Nodes that the whole cluster is found through. */
  redisCluster: readonly Readonly<{ host: string; port: number }>[] | undefined;
  /** What a program has handed in; it counts before `redisUrl`. */
  redisOptions?: RedisOptions;
  /** How long a call of such a program waits for a Redis or Postgres that is away. Absent: as `patience.ts` says. */
  patienceMs?: number;
  /** Begins every Redis key, so that several installations can share a Redis. */
  prefix: string;
  /** Those whose credentials are known here, by name. None is no fault for a producer; workers call `requireProvider`. */
  accounts: ReadonlyMap<string, AccountConfig>;
  accountsFile: string | undefined;
  /** Runs with more people go out only once somebody else has approved them; accounts may be stricter. */
  approvalAbove: number | undefined;
  prices: Prices | undefined;
  /** Of the two variables with the credentials of the account `default`, those that aren't set. */
  missingCredentials: readonly string[];
  /** Where Qiscus is for accounts that don't say so. */
  baseUrl: string;
  /** The one on the way there. */
  proxy: string | undefined;
  /** Batches of one account that one worker process delivers at the same time. */
  concurrency: number;
  /** Total deadline of one provider request, connecting included. */
  requestTimeoutMs: number;
  /** How long Postgres may take to answer one statement; ten times as long where a whole run is read or removed. */
  statementTimeoutMs: number;
  /** How long a `sending` claim lasts; it has to outlive the request. */
  claimTtlMs: number;
  /** How long after a send's intent nobody can be working on its request any more. */
  settleAfterMs: number;
  /** How long a worker rests between two looks for what waits, was lost, or may be tried again. */
  reconcileEveryMs: number;
  /** Whether callbacks settle an unknown batch as sent, or only show it. */
  evidence: 'settle' | 'suggest';
  /** Whether a run is held whose next batch the provider's balance doesn't cover. */
  balanceGuard: boolean;
  defaultCountry: CountryCode | undefined;
  /** Absent: nobody asked for notices. */
  notify: WebhookConfig | undefined;
  /** They end the paths of callbacks. Receivers of callbacks call `requireCallbackSecrets`. */
  callbackSecrets: CallbackSecrets;
  /** Replies that ask to be left alone, in capitals; none: replies are not looked at. */
  stopWords: readonly string[];
  /** Beyond it, opt-outs wait for an operator. */
  optOutThreshold: OptOutThreshold;
  /** Digits of those who get tests of templates; none: anybody may. */
  testNumbers: readonly string[];
  adminHost: string;
  adminPort: number;
  /** Where people open the admin, for links in notices and hints. Absent: there are none. */
  adminUrl: string | undefined;
  /** By which the admin, the receiver of callbacks and workers serve https. Absent: they serve http. */
  tls: TlsFiles | undefined;
  /** By whom users may come in. Absent: by nobody but Siaran. */
  oidc: OidcConfig | undefined;
  /** Whether a user who comes in by a password has to set up codes before anything else. */
  needsSecondFactor: boolean;
  /** So many proxies stand before the admin and the receiver of callbacks: what they add to `X-Forwarded-For` and `X-Forwarded-Proto` is believed. */
  trustedProxies: number;
  /** Who may use the admin. None: a link lets one browser in. */
  adminTokens: readonly AdminToken[];
  /** Whose name the audit log keeps with what the library and the command line do. */
  actor: string;
  auditRetentionMs: number;
  /** Where workers answer for their health and figures. Absent: nowhere. */
  worker: Readonly<{ host: string; port: number }> | undefined;
  /** So long after the last start of a run its results are told. */
  resultsAfterMs: number;
  /** Set when OpenTelemetry's own variables ask for traces. */
  tracing: TracingConfig | undefined;
  /** What begins with SIARAN_ and nothing reads, in words. */
  unknownVariables: readonly string[];
  logLevel: LogLevel;
}>;

/**
 * Reads the environment once, and the file that SIARAN_CONFIG_FILE names, into a frozen object.
 * @param fallback what counts where neither has a variable.
 * @param isRedisOverTls whether options that a program hands in bring TLS to Redis. Absent: its address says so.
 * @throws {UsageError} that lists every variable that is wrong, with what would be right. Secrets are never shown.
 */
export function parseConfig(env: Environment, fallback: Environment = {}, isRedisOverTls?: boolean): Config {
  const { variables, faults: fileFaults } = addConfigFile(env);
  const { variables: given, faults: secretFaults } = readSecretFiles({ ...fallback, ...variables });
  const parsed = environment.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  const file = readAccountsFile(given);
  const { proxies, faults: proxyFaults } = readProxies(given);
  const { audiences, faults: audienceFaults } = readAudiencesFile(given.SIARAN_AUDIENCES_FILE);
  const { calendars, faults: calendarFaults } = readCalendarsFile(given.SIARAN_CALENDARS_FILE);
  const { prices, faults: priceFaults } = readPricesFile(given.SIARAN_PRICES_FILE);
  faults.push(
    ...fileFaults,
    ...secretFaults,
    ...proxyFaults,
    ...faultsBetween(given),
    ...oidcFaults(given),
    ...headerFaults(given),
    ...tlsFaults(
      given,
      [...file.entries.values()].flatMap(({ baseUrl }) => baseUrl ?? []),
      isRedisOverTls,
    ),
    ...file.faults,
    ...audienceFaults,
    ...calendarFaults,
    ...priceFaults,
  );
  if (!parsed.success || faults.length > 0)
    throw new UsageError(`The configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  const e = parsed.data;
  return Object.freeze({
    databaseUrl: e.DATABASE_URL,
    audienceDatabaseUrl: e.SIARAN_AUDIENCE_DATABASE_URL,
    namedAudiences: audiences,
    calendars,
    freeAudiences: e.SIARAN_FREE_AUDIENCES === 'on',
    audienceDir: e.SIARAN_AUDIENCE_DIR,
    audienceTimeoutMs: e.SIARAN_AUDIENCE_TIMEOUT,
    redisUrl: e.REDIS_URL,
    redisCluster: e.SIARAN_REDIS_CLUSTER,
    prefix: e.SIARAN_PREFIX,
    accounts: throughProxies(accountsOf(e, file.entries), proxies),
    accountsFile: e.SIARAN_ACCOUNTS_FILE,
    approvalAbove: e.SIARAN_APPROVAL_ABOVE,
    prices,
    missingCredentials: credentialNames.filter((name) => e[name] === undefined),
    baseUrl: e.QISCUS_BASE_URL,
    proxy: proxyTo(e.QISCUS_BASE_URL, proxies),
    concurrency: e.SIARAN_CONCURRENCY,
    requestTimeoutMs: e.SIARAN_REQUEST_TIMEOUT,
    claimTtlMs: e.SIARAN_CLAIM_TTL,
    statementTimeoutMs: e.SIARAN_STATEMENT_TIMEOUT,
    settleAfterMs: e.SIARAN_SETTLE_AFTER,
    reconcileEveryMs: e.SIARAN_RECONCILE_EVERY,
    evidence: e.SIARAN_EVIDENCE,
    balanceGuard: e.SIARAN_BALANCE_GUARD === 'on',
    defaultCountry: e.SIARAN_DEFAULT_COUNTRY as CountryCode | undefined,
    resultsAfterMs: e.SIARAN_RESULTS_AFTER,
    notify:
      e.SIARAN_NOTIFY_URL && e.SIARAN_NOTIFY_SECRET
        ? {
            url: e.SIARAN_NOTIFY_URL,
            secret: e.SIARAN_NOTIFY_SECRET,
            proxy: proxyTo(e.SIARAN_NOTIFY_URL, proxies),
          }
        : undefined,
    callbackSecrets: { common: e.SIARAN_CALLBACK_SECRET, own: file.callbackSecrets },
    stopWords: e.SIARAN_STOP_WORDS,
    optOutThreshold: e.SIARAN_OPT_OUT_THRESHOLD,
    testNumbers: e.SIARAN_TEST_NUMBERS,
    adminHost: e.SIARAN_ADMIN_HOST,
    adminPort: e.SIARAN_ADMIN_PORT,
    adminUrl: e.SIARAN_ADMIN_URL,
    tls: readTlsFiles(e),
    oidc: readOidc(e, proxies),
    needsSecondFactor: e.SIARAN_SECOND_FACTOR === 'required',
    trustedProxies: e.SIARAN_TRUSTED_PROXIES,
    adminTokens: e.SIARAN_ADMIN_TOKEN,
    actor: e.SIARAN_ACTOR,
    auditRetentionMs: e.SIARAN_AUDIT_RETENTION,
    worker: e.SIARAN_WORKER_PORT === undefined ? undefined : { host: e.SIARAN_WORKER_HOST, port: e.SIARAN_WORKER_PORT },
    tracing: readTracing(given, proxies),
    unknownVariables: unknownVariables(env),
    logLevel: e.LOG_LEVEL,
  });
}

/**
 * Where Postgres is, for what needs nothing else.
 * @throws {UsageError} when it is not set, or no address, or leads to another machine without TLS where that is required.
 */
export function parseDatabaseUrl(env: Environment): string {
  const { variables: given, faults: fileFaults } = addConfigFile(env);
  const { DATABASE_URL, DATABASE_URL_FILE, SIARAN_TLS, PGHOST } = given;
  const { variables, faults: secretFaults } = readSecretFiles({
    DATABASE_URL,
    DATABASE_URL_FILE,
    SIARAN_TLS,
    PGHOST,
  });
  const parsed = environment.pick({ DATABASE_URL: true, SIARAN_TLS: true }).safeParse(variables);
  const otherFaults = [...fileFaults, ...secretFaults, ...databaseTlsFaults(variables)];
  if (parsed.success && otherFaults.length === 0) return parsed.data.DATABASE_URL;
  // What names a file that can't be read isn't unset as well.
  const issues = secretFaults.length > 0 ? [] : (parsed.error?.issues ?? []);
  const faults = [...otherFaults, ...issues.map(({ path, message }) => `${path.join('.')} ${message}`)];
  throw new UsageError(`The configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

/** The accounts that a worker delivers for. @throws {UsageError} that names each credential that it lacks. */
export function requireProvider({ accounts, missingCredentials }: Config): ReadonlyMap<string, AccountConfig> {
  // One of the two without the other was meant to be an account.
  if (accounts.size > 0 && missingCredentials.length !== 1) return accounts;
  throw new UsageError(
    `Workers need ${missingCredentials.join(' and ')}: see App Information under Settings at Qiscus, and put the secret into the environment only. Or name accounts in a file, and the file in SIARAN_ACCOUNTS_FILE.`,
  );
}

/** @throws {UsageError} when there is no secret to tell the provider's callbacks by. */
export function requireCallbackSecrets({ callbackSecrets }: Config): CallbackSecrets {
  if (hasCallbackSecrets(callbackSecrets)) return callbackSecrets;
  throw new UsageError(
    'SIARAN_CALLBACK_SECRET is not set. Callbacks are not signed, so a secret at the end of their path proves them. Set it for example to the output of: openssl rand -hex 24',
  );
}
