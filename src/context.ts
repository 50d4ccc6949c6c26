import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { AudienceFunction } from './audience/open-audience.js';
import type { Config } from './config/config.js';
import { within } from './domain/timing/within.js';
import { messageOf } from './errors.js';
import { type OwnClients, passwordsOf, secretsOf, withOwn } from './library/own-clients.js';
import { createLogger, type Logger } from './logger.js';
import type { QiscusAccounts } from './qiscus/accounts.js';
import { RecipientBuffer } from './queue/buffer.js';
import { guardCommands } from './queue/gate.js';
import { Heartbeats } from './queue/heartbeats.js';
import { ownerScripts, PrefixOwner } from './queue/prefix-owner.js';
import { Hints, type Telemetry } from './queue/queues.js';
import { RateLimits } from './queue/rate-limits.js';
import { connectRedis, type OutageListener, type RedisClient } from './queue/redis/connection.js';
import { tellRefusals } from './queue/redis/refusals.js';
import { Settled } from './queue/settled.js';
import { Witness } from './queue/witness.js';
import { readIdentity } from './store/installation.js';
import { LedgerTrust } from './store/ledger-trust.js';
import type { MessageGroups } from './store/message-groups.js';
import { NewMessages } from './store/new-messages.js';
import { ClockWatch } from './store/postgres/clock-check.js';
import { type Database, openDatabase } from './store/postgres/database.js';
import type { Query } from './store/postgres/programs-know.js';
import { asked } from './store/postgres/statements.js';
import type { TemplateApprovals } from './store/template-approvals.js';
import type { Meters } from './telemetry/meters.js';
import type { Trace, Tracing } from './telemetry/trace.js';

/** What every step gets first: the clients, built once and passed in. */
export type Context = Readonly<{
  config: Config;
  logger: Logger;
  db: Database;
  /** Where the migrations that it has are looked up: by a connection of its own, unless the program has a pool. */
  ledger: string | Query;
  /** Lets nothing through before it is known that its prefix is this database's. */
  redis: RedisClient;
  owner: PrefixOwner;
  buffer: RecipientBuffer;
  hints: Hints;
  settled: Settled;
  newMessages: NewMessages;
  witness: Witness;
  ledgerTrust: LedgerTrust;
  heartbeats: Heartbeats;
  rateLimits: RateLimits;
  /** Workers look at it, and begin nothing while it is off. */
  clock: ClockWatch;
  /** Absent: nobody traces. */
  trace: Trace | undefined;
  /** What BullMQ's own spans are made with. */
  telemetry: Telemetry | undefined;
  /** Audiences that this program has registered, by name. */
  audienceFunctions: Map<string, AudienceFunction>;
  /** Tokens of sends that are answered and not recorded yet: what this process alone knows. */
  unrecorded: Set<string>;
  /** Names this process in attempts and logs. */
  worker: string;
  /** Aborted when `close` begins: calls that wait for Redis or Postgres then give up. */
  closing: AbortSignal;
  close(): Promise<void>;
}>;

/** What delivering needs besides. */
export type DeliveryContext = Context &
  Readonly<{
    /** Of every account whose credentials are known here: nothing is claimed for others. */
    qiscus: QiscusAccounts;
    messages: MessageGroups;
    /** Which templates may not be sent. */
    approvals: TemplateApprovals;
    meters: Meters;
    /** Aborted when these workers are told to stop: nothing new is begun then, above all no send. */
    stopping: AbortSignal;
  }>;

/** How long a part of closing may take. */
const closingMs = 2_000;

export function openContext(parsed: Config, tracing?: Tracing, own: OwnClients = {}): Context {
  const config = withOwn(parsed, own);
  const secrets = [
    ...secretsOf(own),
    ...[...config.accounts.values()].map(({ secretKey }) => secretKey),
    ...passwordsOf(config.databaseUrl),
    ...passwordsOf(config.audienceDatabaseUrl),
    ...passwordsOf(config.redisUrl),
    // Its path may be one.
    config.notify?.url,
    ...passwordsOf(config.notify?.url),
    ...passwordsOf(config.notify?.proxy),
    ...[...config.accounts.values()].flatMap(({ proxy }) => passwordsOf(proxy)),
    ...passwordsOf(config.tracing?.url),
    ...passwordsOf(config.tracing?.proxy),
    // Shorter ones are words, such as the name of an environment, which other texts have too.
    ...Object.values(config.tracing?.headers ?? {}).filter(({ length }) => length >= 8),
    config.notify?.secret,
    config.oidc?.clientSecret,
    ...config.adminTokens.map(({ token }) => token),
    ...config.callbackSecrets.common,
    ...[...config.callbackSecrets.own.values()].flat(),
  ];
  const logger = createLogger(config.logLevel, secrets, own.logger);
  const redis = connectRedis(config, logOutages(logger));
  const closing = new AbortController();
  // Everything that waits listens for it: there may be as many listeners as watched runs.
  setMaxListeners(0, closing.signal);
  const onHintError = tellRefusals(logger, 'hint not given');
  const hints = new Hints(redis, config.prefix, onHintError, config.accounts.keys(), tracing?.telemetry);
  const settled = new Settled(redis, config.prefix, () => connectRedis(config, unheard), onHintError);
  const ledgerTrust = new LedgerTrust();
  const connections = config.concurrency * Math.max(config.accounts.size, 1) + 8;
  const db = openDatabase(own.pool ?? config.databaseUrl, {
    connections,
    statementTimeoutMs: config.statementTimeoutMs,
    onConnect: () => {
      ledgerTrust.doubt();
      owner.doubtDatabase();
    },
    ...{ closing: closing.signal, closingMs },
  });
  const owner = new PrefixOwner(
    redis,
    config.prefix,
    () => readIdentity(db),
    (refusal) => logger.warn(refusal.message),
  );
  guardCommands(redis, owner, ownerScripts);
  return {
    config,
    logger,
    db,
    ledger: own.pool ? asked(db) : config.databaseUrl,
    redis,
    owner,
    buffer: new RecipientBuffer(redis, config.prefix),
    hints,
    settled,
    newMessages: new NewMessages(db),
    witness: new Witness(redis, config.prefix),
    ledgerTrust,
    heartbeats: new Heartbeats(redis, config.prefix),
    rateLimits: new RateLimits(redis, config.prefix),
    clock: new ClockWatch(db),
    trace: tracing?.trace ?? (config.tracing ? lazyTrace() : undefined),
    telemetry: tracing?.telemetry,
    audienceFunctions: new Map(),
    unrecorded: new Set(),
    worker: `${hostname()}-${process.pid}`,
    closing: closing.signal,
    async close() {
      closing.abort();
      // Neither may keep the program from ending: a connection that is silent takes no leave.
      const closeRedis = async () => {
        await within(closingMs, hints.close()).catch((err) => logger.debug({ err }, 'queues not closed'));
        settled.close();
        redis.disconnect();
      };
      const closePostgres = () =>
        within(2 * closingMs, db.$disconnect()).catch((err) => logger.debug({ err }, 'Postgres not closed'));
      await Promise.all([closeRedis(), closePostgres()]);
    },
  };
}

/** The same for what somebody else does, as a person over HTTP: it is kept with their name. */
export function actingAs<C extends Context>(ctx: C, actor: string): C {
  return { ...ctx, config: { ...ctx.config, actor } };
}

/** A program that has Siaran as its library has an SDK of its own, or none; only what spans need is loaded, with the first. */
function lazyTrace(): Trace {
  const load = async () => (await import('./telemetry/spans.js')).openTrace();
  let loading: Promise<Trace> | undefined;
  const loaded = () => {
    loading ??= load();
    return loading;
  };
  return {
    begin: async (runId, keep) => (await loaded()).begin(runId, keep),
    step: async (name, place, work) => (await loaded()).step(name, place, work),
  };
}

/** Of a connection that is missed by nobody: what it would tell is looked for as well. */
const unheard: OutageListener = { gone: () => {}, back: () => {} };

/** One line, for processes that stay: a safety that is misspelt is off. */
export function logUnknownVariables({ config, logger }: Pick<Context, 'config' | 'logger'>): void {
  const { unknownVariables: variables } = config;
  if (variables.length > 0)
    logger.warn({ variables }, 'this version does not know these variables, and nothing reads them');
}

export function logOutages(logger: Logger): OutageListener {
  return {
    gone: (error) => logger.warn(`Redis can't be reached: ${messageOf(error)}`),
    back: () => logger.warn('Redis is back'),
  };
}
