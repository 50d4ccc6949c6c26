import { hostname } from 'node:os';
import type { Context } from '../../context.js';
import { redisInfo } from '../../queue/redis/redis-info.js';
import { type Check, checker, found, startPostgres, startRedis } from './check.js';
import type { Service } from './doctor-advice.js';
import { judgeAccounts, judgeAccountsFile, judgeCredentials, judgeProviders } from './judge-accounts.js';
import { judgeAudienceDir, judgeAudiences, judgeCampaigns } from './judge-campaigns.js';
import { judgeNotices, judgeTraces } from './judge-outgoing.js';
import { judgePooler } from './judge-pooler.js';
import {
  judgeAuditLog,
  judgeClock,
  judgeCommit,
  judgeMigrations,
  judgePostgresVersion,
  postgresSettings,
} from './judge-postgres.js';
import {
  judgeAppendOnly,
  judgeEach,
  judgeEviction,
  judgePrefix,
  judgeRedis,
  judgeRedisVersion,
} from './judge-redis.js';
import { judgeDisks, judgeRedisDisk, judgeRedisMemory } from './judge-room.js';
import { judgeOwnTls, judgeProviderTls, judgeRedisPassword } from './judge-secrecy.js';
import { judgeSettings, judgeVariables } from './judge-settings.js';
import { judgeUnknowns } from './judge-unknowns.js';
import { countWorkers, judgeCountry, judgeHolds, judgeRuns } from './judge-work.js';

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
    check('Redis password', '', async () => judgeRedisPassword(ctx.config)),
    check('Redis prefix', startRedis, () => judgePrefix(ctx)),
    check('Postgres reachable', startPostgres, async () => found(hostOf(ctx.config.databaseUrl, await postgres()))),
    check('Postgres version', startPostgres, async () => judgePostgresVersion(await postgres())),
    check('Postgres synchronous_commit', startPostgres, async () => judgeCommit(await postgres())),
    check('Postgres sessions', startPostgres, () => judgePooler(ctx)),
    check('Clock', startPostgres, () => judgeClock(ctx)),
    check('Migrations', startPostgres, () => judgeMigrations(ctx)),
    check('Audit log', startPostgres, () => judgeAuditLog(ctx)),
    check('Qiscus reachable', 'Check QISCUS_BASE_URL and the connection to the internet.', () => judgeProviders(ctx)),
    check('Qiscus over TLS', '', async () => judgeProviderTls(ctx.config)),
    check('Admin over TLS', '', async () => judgeOwnTls(ctx.config)),
    check('Qiscus credentials', '', async () => judgeCredentials(ctx)),
    ...(accountsFile === undefined ? [] : [check('Accounts file', '', () => judgeAccountsFile(accountsFile))]),
    check('Accounts', startPostgres, () => judgeAccounts(ctx)),
    check('Holds', startPostgres, () => judgeHolds(ctx)),
    check('Unknown batches', startPostgres, () => judgeUnknowns(ctx)),
    check('Runs', startPostgres, () => judgeRuns(ctx)),
    check('Notices', startPostgres, () => judgeNotices(ctx)),
    check('Traces', '', async () => judgeTraces(ctx.config)),
    check('Campaigns', startPostgres, () => judgeCampaigns(ctx)),
    check('Audiences by SQL', startPostgres, () => judgeAudiences(ctx)),
    check('Audiences from files', startPostgres, () => judgeAudienceDir(ctx)),
    check('Default country', '', async () => judgeCountry(ctx.config)),
    check('Disks of this machine', '', () => judgeDisks()),
    check('Workers', startRedis, () => countWorkers(ctx)),
    check('Variables', '', async () => judgeVariables(ctx.config)),
    check('Same settings', startRedis, () => judgeSettings(ctx)),
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
      detail: 'no worker of this machine has made progress lately',
      todo: 'Read its log, and restart it.',
    };
  });
}

/** Several checks look at one answer. */
function remember<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

/** Without name and password. */
function hostOf(url: string, settings?: { database: string }): string {
  return `${new URL(url).host}${settings ? `/${settings.database}` : ''}`;
}
