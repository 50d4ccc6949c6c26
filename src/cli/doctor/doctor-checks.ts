import { hostname } from 'node:os';
import type { Config } from '../../config/config.js';
import type { Context } from '../../context.js';
import { within } from '../../domain/timing/within.js';
import { messageOf, SiaranError } from '../../errors.js';
import { isOtherDatabase } from '../../pipeline/own-prefix.js';
import { type RedisInfo, redisInfo } from '../../queue/redis-info.js';
import { clockAdvice, clockOffset, describeOffset, isClockOff } from '../../store/clock-check.js';
import { activeHolds, type HoldView } from '../../store/holds.js';
import { migrationStatus } from '../../store/migrate.js';
import { unverifiedRuns } from '../../store/runs.js';
import { missingCountry } from '../send/default-country.js';
import { describeHold, liftingCommand } from '../terminal/describe-run.js';
import { describeError, explain } from '../terminal/failure.js';
import { adviceFor, type Service, startService } from './doctor-advice.js';
import { judgeAccounts, judgeAccountsFile, judgeCredentials, judgeProviders } from './judge-accounts.js';
import { judgeCampaigns } from './judge-campaigns.js';
import { judgeNotices } from './judge-notices.js';
import { judgeDisks, judgeRedisDisk, judgeRedisMemory } from './judge-room.js';
import { judgeUnknowns } from './judge-unknowns.js';

/** `todo` is null when all is well; it may say what would be better. */
export type Check = { check: string; ok: boolean; detail: string; todo: string | null };

type Finding = { ok: true; detail: string; todo?: string } | { ok: false; detail: string; todo: string };

/** Of what may be many, so many are named. */
const mostNamed = 5;

/** All checks, whatever fails: each finds out for itself what it needs, so that one dead service hides nothing of the others. */
export async function checkAll(ctx: Context): Promise<Check[]> {
  const redis = remember(() => redisInfo(ctx.redis));
  const postgres = remember(() => postgresSettings(ctx));
  const answered = new Set<Service>();
  redis()
    .then(() => answered.add('Redis'))
    .catch(() => {});
  postgres()
    .then(() => answered.add('Postgres'))
    .catch(() => {});
  const check = checker(ctx, () => {
    const [silent, ...others] = (['Redis', 'Postgres'] as const).filter((service) => !answered.has(service));
    return others.length === 0 ? silent : undefined;
  });
  const { accountsFile } = ctx.config;
  const findings = await Promise.all([
    check('Redis reachable', startRedis, async () => judgeRedis(await redis(), ctx.config)),
    check('Redis version', startRedis, async () => judgeEach(await redis(), judgeRedisVersion)),
    check('Redis maxmemory-policy', startRedis, async () => judgeEach(await redis(), judgeEviction)),
    check('Redis append-only file', startRedis, async () => judgeEach(await redis(), judgeAppendOnly)),
    check('Redis memory', startRedis, async () => judgeEach(await redis(), judgeRedisMemory)),
    check('Redis disk', startRedis, async () => judgeEach(await redis(), judgeRedisDisk)),
    check('Redis prefix', startRedis, () => judgePrefix(ctx)),
    check('Postgres reachable', startPostgres, async () => found(hostOf(ctx.config.databaseUrl, await postgres()))),
    check('Postgres version', startPostgres, async () => judgePostgresVersion(await postgres())),
    check('Postgres synchronous_commit', startPostgres, async () => judgeCommit(await postgres())),
    check('Clock', startPostgres, () => judgeClock(ctx)),
    check('Migrations', startPostgres, () => judgeMigrations(ctx)),
    check('Qiscus reachable', 'Check QISCUS_BASE_URL and the way out to the internet.', () => judgeProviders(ctx)),
    check('Qiscus credentials', '', async () => judgeCredentials(ctx)),
    ...(accountsFile === undefined ? [] : [check('Accounts file', '', () => judgeAccountsFile(accountsFile))]),
    check('Accounts', startPostgres, () => judgeAccounts(ctx)),
    check('Holds', startPostgres, () => judgeHolds(ctx)),
    check('Unknown batches', startPostgres, () => judgeUnknowns(ctx)),
    check('Runs', startPostgres, () => judgeRuns(ctx)),
    check('Notices', startPostgres, () => judgeNotices(ctx)),
    check('Campaigns', startPostgres, () => judgeCampaigns(ctx)),
    check('Default country', '', async () => judgeCountry(ctx.config)),
    check('Disks of this machine', '', () => judgeDisks()),
    check('Workers', startRedis, () => countWorkers(ctx)),
  ]);
  return findings;
}

/** A worker that hangs on to open sockets and gets nothing done is as good as dead. */
export function checkThisWorker(ctx: Context): Promise<Check> {
  return checker(ctx)('Worker', startRedis, async () => {
    const mine = (await ctx.heartbeats.alive()).filter((worker) => worker.startsWith(`${hostname()}-`));
    if (mine.length > 0) return found(mine.join(', '));
    return {
      ok: false,
      detail: 'none of this machine has done anything lately',
      todo: 'Look at its log, and restart it.',
    };
  });
}

const { Redis: startRedis, Postgres: startPostgres } = startService;

/** One service that accepts and stays silent must not keep the others' findings, nor who waits for them. */
const longestMs = 3_500;
const longestReasonMs = 1_500;

/** `otherwise`: what to do when the check itself fails, and its error doesn't tell why. */
type Checker = (name: string, otherwise: string, judge: () => Promise<Finding>) => Promise<Check>;

/** @param silent the service that hasn't answered anything yet, if it is one of the two. */
function checker(ctx: Context, silent: () => Service | undefined = () => undefined): Checker {
  return async (name, otherwise, judge) => {
    try {
      const finding = await unlessSilent(judge());
      return { check: name, ok: finding.ok, detail: finding.detail, todo: finding.todo ?? null };
    } catch (cause) {
      const error = await within(longestReasonMs, explain(cause, ctx.config)).catch(() => cause);
      const service = otherwise === startRedis ? 'Redis' : otherwise === startPostgres ? 'Postgres' : undefined;
      const culprit = isSilence(error) && service ? (silent() ?? service) : service;
      const todo = adviceFor(error, culprit ? startService[culprit] : otherwise, culprit);
      return { check: name, ok: false, detail: describeError(error), todo };
    }
  };
}

/** @throws {SiaranError} `SILENT` when it takes longer than anybody wants to wait. */
async function unlessSilent<T>(asking: Promise<T>): Promise<T> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  asking.then(over, over);
  return within(longestMs, asking).catch((error: unknown) => {
    throw isOver ? error : new SiaranError('SILENT', `no answer within ${longestMs / 1_000} s`, { cause: error });
  });
}

function isSilence(error: unknown): boolean {
  return error instanceof SiaranError && error.code === 'SILENT';
}

function found(detail: string): Finding {
  return { ok: true, detail };
}

/** Several checks look at one answer. */
function remember<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

function judgeRedis(masters: readonly RedisInfo[], { redisCluster }: Config): Finding {
  const [addresses, names] = [masters.map(({ address }) => address), new Set(masters.map(({ name }) => name))];
  const what = [...names].join(' and ');
  if (!redisCluster) {
    const detail = `${addresses.join()}, ${what}`;
    if (!masters.some(({ clustersNode }) => clustersNode)) return found(detail);
    return {
      ok: false,
      detail: `${detail}, a node of a cluster`,
      todo: 'Name the nodes of the cluster in SIARAN_REDIS_CLUSTER.',
    };
  }
  const replicas = masters.reduce((sum, master) => sum + master.replicas, 0);
  return found(`cluster of ${masters.length} masters with ${replicas} replicas (${addresses.join(', ')}), ${what}`);
}

/** Whether it is this database's. Two at work with one prefix would take each other's recipients. */
async function judgePrefix({ config, owner }: Context): Promise<Finding> {
  try {
    await owner.assertOurs();
    return found(`${config.prefix}, of this database`);
  } catch (error) {
    if (!isOtherDatabase(error)) throw error;
    const [detail = '', ...todo] = messageOf(error).split('\n');
    return { ok: false, detail, todo: todo.join(' ') };
  }
}

/** What holds for all masters of a cluster, or what is amiss with which of them. */
function judgeEach(masters: readonly RedisInfo[], judge: (info: RedisInfo) => Finding): Finding {
  const findings = masters.map((info) => ({ address: info.address, finding: judge(info) }));
  const amiss = findings.flatMap(({ address, finding }) => (finding.ok ? [] : [{ address, ...finding }]));
  const [first] = amiss;
  if (!first) return found([...new Set(findings.map(({ finding }) => finding.detail))].join(', '));
  if (masters.length === 1) return first;
  return { ...first, detail: amiss.map(({ address, detail }) => `${address}: ${detail}`).join(', ') };
}

/** BullMQ asks for 6.2. */
function judgeRedisVersion({ name, version }: RedisInfo): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return found(name);
  return { ok: false, detail: `${name} is too old`, todo: 'Update it to 6.2 or newer.' };
}

function judgeEviction({ policy }: RedisInfo): Finding {
  if (policy === 'noeviction') return found(policy);
  const todo = 'Set `maxmemory-policy noeviction`: any other lets Redis drop recipients that wait when it is full.';
  return { ok: false, detail: policy || 'not told', todo };
}

function judgeAppendOnly({ appendOnly }: RedisInfo): Finding {
  if (appendOnly) return found('on');
  const todo = 'Set `appendonly yes`: without it a restart loses recipients that wait in the buffer.';
  return { ok: false, detail: 'off', todo };
}

/** None is no fault: whoever writes all numbers internationally needs none. */
function judgeCountry({ defaultCountry }: Config): Finding {
  if (defaultCountry !== undefined) return found(defaultCountry);
  return { ok: true, detail: 'none', todo: `${missingCountry}. Set it to your customers' country, for example ID.` };
}

/** None is no fault of this installation: whoever sees it knows whether there should be one. */
async function countWorkers({ heartbeats }: Context): Promise<Finding> {
  const alive = await heartbeats.alive();
  return found(
    alive.length === 0 ? 'none at work; start one: siaran worker' : `${alive.length} at work: ${alive.join(', ')}`,
  );
}

type PostgresSettings = { version: string; versionNumber: number; synchronousCommit: string; database: string };

async function postgresSettings({ db }: Context): Promise<PostgresSettings> {
  const rows = await db.$queryRaw<PostgresSettings[]>`
    SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS "versionNumber",
           current_setting('synchronous_commit') AS "synchronousCommit", current_database() AS database`;
  if (rows[0] === undefined) throw new Error('Postgres told nothing of itself.');
  return rows[0];
}

function judgePostgresVersion({ version, versionNumber }: PostgresSettings): Finding {
  if (versionNumber >= 140_000) return found(version);
  return { ok: false, detail: `${version} is too old`, todo: 'Update it to 14 or newer.' };
}

function judgeCommit({ synchronousCommit: setting }: PostgresSettings): Finding {
  if (setting === 'on' || setting === 'remote_apply') return found(setting);
  const todo = 'Set `synchronous_commit = on`: otherwise a crash may forget that a batch was sent.';
  return { ok: false, detail: setting, todo };
}

/** Of this machine; a worker compares its own, and refuses. */
async function judgeClock({ db }: Context): Promise<Finding> {
  const offset = await clockOffset(db);
  const detail = describeOffset(offset);
  return isClockOff(offset) ? { ok: false, detail, todo: clockAdvice } : found(detail);
}

async function judgeMigrations({ config }: Context): Promise<Finding> {
  const { pending, unknown, failed } = await migrationStatus(config.databaseUrl);
  if (failed.length > 0) {
    const todo = 'See what it left, then settle it with `prisma migrate resolve`.';
    return { ok: false, detail: `begun and not finished: ${failed.join(', ')}`, todo };
  }
  if (unknown.length > 0) {
    return { ok: false, detail: `newer than this program: ${unknown.join(', ')}`, todo: 'Update this program.' };
  }
  if (pending.length === 0) return found('all applied');
  return { ok: false, detail: `not applied: ${pending.join(', ')}`, todo: 'Run `siaran migrate`.' };
}

async function judgeHolds({ db }: Context): Promise<Finding> {
  const holds = await activeHolds(db);
  if (holds.length === 0) return found('no account is held');
  return {
    ok: false,
    detail: holds.map((hold) => `${hold.account} is held: ${describeHold(hold, { account: hold.account })}`).join('; '),
    todo: whatToDo(holds),
  };
}

/** What of a run's holds is nobody's intention. */
async function judgeRuns({ db }: Context): Promise<Finding> {
  const runs = await unverifiedRuns(db, mostNamed + 1);
  if (runs.length === 0) return found('what Redis has of them is as it was signed');
  const named = runs.slice(0, mostNamed).map(({ id, reason }) => `${id}: ${reason}`);
  return {
    ok: false,
    detail: [...named, ...(runs.length > mostNamed ? ['and more'] : [])].join('; '),
    todo: `Find out who can write to Redis. Then, for each: siaran resume ${runs[0]?.id ?? 'RUN'}`,
  };
}

function whatToDo(holds: readonly HoldView[]): string {
  const lasting = holds.find((hold) => hold.kind === 'ledger_went_back') ?? holds.find((hold) => hold.until === null);
  if (!lasting)
    return `Mend what it says; sending then goes on by itself. Or at once: siaran resume --account ${holds[0]?.account ?? 'NAME'}`;
  return `Look at Qiscus what has gone out, then: ${liftingCommand(lasting.kind, 'RUN', lasting.account)}`;
}

/** Without name and password. */
function hostOf(url: string, settings?: { database: string }): string {
  return `${new URL(url).host}${settings ? `/${settings.database}` : ''}`;
}
