import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import {
  type DeliveryRequest,
  openSiaran,
  type RunId,
  type RunView,
  type Siaran,
  siaranWith,
} from '../../../src/index.js';
import { audienceUrl } from '../../../src/local/audience-role.js';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import { type Sandbox, type SandboxRequest, startSandbox } from '../../../src/sandbox/server.js';
import { invoiceColumns } from '../../support/rig.js';
import { disconnectAll, maintain, type Query, withPath } from './databases.js';
import { type Hand, hire, type PeerRule, sends, type Task } from './hands.js';
import type { Role, Spares } from './processes.js';
import { watchRecovery } from './recovery.js';
import { Tally } from './tally.js';

/** Where the databases and keys of the settings are, with a migrated database to copy. */
export type Services = { databaseUrl: string; redisUrl: string };

/** What has happened to a setting, for the verdict. */
export type Toll = {
  kills: number;
  /** Deliveries whose intent stood without an answer when a process died. */
  inFlight: number;
  /** Sends that the provider answered ambiguously, or whose answer their living worker never got. */
  ambiguous: number;
  /** Milliseconds from a worker's death until work went on. */
  recoveries: number[];
  /** What else a scene has measured, in words. */
  measured: string[];
};

/** A ledger, a buffer, a provider, and processes between them that can be killed. */
export type Setting = {
  siaran: Siaran;
  sandbox: Sandbox;
  redis: Redis;
  toll: Toll;
  name: string;
  databaseUrl: string;
  env: Record<string, string>;
  request: { key: string; name: string; templateDetailId: number; columns: typeof invoiceColumns } & DeliveryRequest;
  query: Query;
  hire(role: Role, rules?: readonly PeerRule[], task?: Task): Promise<Hand>;
  /** A worker in this process, which nothing happens to. */
  work(): Promise<void>;
  kill(hand: Hand): Promise<void>;
  hands(): readonly Hand[];
  /** Of the rules of those who were hired. */
  tally: Tally;
  /** Sends that the sandbox still works on. */
  busySends(): number;
  runId(): Promise<RunId | undefined>;
  view(): Promise<RunView | undefined>;
  /** Callbacks tell that these numbers have got their messages, or that these failed with a code. */
  tell(phoneNumbers: readonly string[], code?: number): Promise<void>;
  /** A session of one's own. */
  connect(): Promise<{ client: Client; end(): Promise<void> }>;
  /** Copies the database; nobody may be at work. */
  copyLedger(name: string): Promise<void>;
  restoreLedger(name: string): Promise<void>;
  close(): Promise<void>;
};

const claimTtl = { SIARAN_REQUEST_TIMEOUT: '800ms', SIARAN_CLAIM_TTL: '1800ms' };

export async function openSetting(
  services: Services,
  spares: Spares,
  { env: overrides = {}, delivery = {} }: { env?: Record<string, string>; delivery?: DeliveryRequest } = {},
): Promise<Setting> {
  const name = `k_${randomBytes(6).toString('hex')}`;
  await maintain(services.databaseUrl, `CREATE DATABASE ${name} TEMPLATE siaran_template STRATEGY FILE_COPY`);
  const databaseUrl = withPath(services.databaseUrl, name);
  const pool = new Pool({ connectionString: databaseUrl, max: 3 });
  pool.on('error', () => {});
  const toll: Toll = { kills: 0, inFlight: 0, ambiguous: 0, recoveries: [], measured: [] };
  let ended = 0;
  const onRequest = ({ path, fault }: SandboxRequest) => {
    if (!sends.test(path)) return;
    ended += 1;
    if (fault !== undefined && fault !== 'latency') toll.ambiguous += 1;
  };
  const sandbox = await startSandbox({ appId: 'app', secretKey: 'sandbox-secret-key', onRequest });
  const env = {
    DATABASE_URL: databaseUrl,
    SIARAN_AUDIENCE_DATABASE_URL: audienceUrl(databaseUrl),
    REDIS_URL: services.redisUrl,
    SIARAN_PREFIX: name,
    QISCUS_BASE_URL: sandbox.url,
    QISCUS_APP_ID: 'app',
    QISCUS_SECRET_KEY: 'sandbox-secret-key',
    SIARAN_CONCURRENCY: '2',
    LOG_LEVEL: 'silent',
    ...claimTtl,
    ...overrides,
  };
  const ctx = openContext(parseConfig(env));
  const siaran = siaranWith(ctx);
  const keys = new Redis(services.redisUrl);
  keys.on('error', () => {});
  const atWork: Siaran[] = [];
  const hands: Hand[] = [];
  const tally = new Tally();
  const request = { key: name, name: 'Kill', templateDetailId: 172, columns: invoiceColumns, ...delivery };
  const urls = { postgres: databaseUrl, redis: services.redisUrl, provider: sandbox.url };
  const workplace = { spares, urls, env, request, tally, hands };
  const query: Query = async <Row extends object>(sql: string, params: readonly unknown[] = []) =>
    (await pool.query<Row>(sql, [...params])).rows;
  const inFlight = async () =>
    (await query<{ n: number }>("SELECT count(*)::int AS n FROM batches WHERE status = 'sending'"))[0]?.n ?? 0;

  const setting: Setting = {
    siaran,
    sandbox,
    redis: keys,
    toll,
    name,
    databaseUrl,
    env,
    request,
    query,
    async connect() {
      const client = new Client({ connectionString: databaseUrl });
      await client.connect();
      return { client, end: () => client.end() };
    },
    async copyLedger(copy) {
      // Whoever looks on would connect again before the copy begins.
      await maintain(databaseUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await maintain(databaseUrl, disconnectAll(name));
      await maintain(databaseUrl, `CREATE DATABASE ${copy} TEMPLATE ${name}`);
      await maintain(databaseUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    },
    async restoreLedger(copy) {
      await maintain(databaseUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      await maintain(databaseUrl, `CREATE DATABASE ${name} TEMPLATE ${copy}`);
    },
    hire: (role, rules = [], task = { count: 0, from: 0 }) => hire(workplace, role, rules, task),
    async work() {
      const worker = openSiaran(env);
      atWork.push(worker);
      await worker.work();
    },
    async kill(hand) {
      if (hand.isGone()) return;
      toll.ambiguous += hand.unansweredSends();
      await hand.kill();
      toll.kills += 1;
      toll.inFlight += await inFlight().catch(() => 1);
      if (hand.role === 'worker') void watchRecovery(query, toll.recoveries);
    },
    hands: () => hands,
    tally,
    busySends() {
      const { send, client } = sandbox.accepted.summary().requests;
      return send + client - ended;
    },
    async runId() {
      // Of a campaign, the one that goes out.
      const rows = await query<{ id: string }>(
        'SELECT id FROM runs WHERE key = $1 OR (name = $1 AND cancelled_at IS NULL)',
        [name],
      );
      return rows[0]?.id;
    },
    async view() {
      const id = await setting.runId();
      return id === undefined ? undefined : siaran.run(id);
    },
    async tell(phoneNumbers, code) {
      const at = new Date();
      const told = phoneNumbers.map((phoneNumber) => ({
        ...{ messageId: `wamid.${name}.${phoneNumber}`, at, notes: null, phoneNumber, optedOut: false, userId: null },
        ...(code === undefined ? { status: 'delivered' as const, code: null } : { status: 'failed' as const, code }),
      }));
      await new CallbackGroups(ctx).receive('default', told);
    },
    async close() {
      for (const hand of hands) {
        hand.thaw();
        await hand.kill();
        for (const proxy of hand.proxies) proxy.close();
      }
      await Promise.all([siaran, ...atWork].map((each) => each.close()));
      await sandbox.close();
      await pool.end();
      await maintain(services.databaseUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      const left = await keys.keys(`*${name}*`);
      if (left.length > 0) await keys.del(...left);
      keys.disconnect();
    },
  };
  return setting;
}
