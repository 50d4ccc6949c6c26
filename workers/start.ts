import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'bullmq';
import { type Context, logOutages, logUnknownVariables } from '../src/context.js';
import { openDelivery } from '../src/delivery-context.js';
import type { Workers } from '../src/library/siaran.js';
import { Pulse } from '../src/monitoring/health.js';
import type { WorkerServer } from '../src/monitoring/worker-server.js';
import { guardCommands } from '../src/queue/gate.js';
import { ownerScripts } from '../src/queue/prefix-owner.js';
import { connectWorkerRedis } from '../src/queue/redis/connection.js';
import { assertKeepsEverything } from '../src/queue/redis/redis-info.js';
import { tellRefusals } from '../src/queue/redis/refusals.js';
import { insertAccounts, saveApprovals, savePortfolios } from '../src/store/accounts.js';
import { probeSoon } from '../src/store/holds.js';
import { assertMigrated } from '../src/store/migrations/migrate.js';
import { refuseForgetfulPooler } from '../src/store/migrations/pooler.js';
import { startChunkWorker } from './chunk-worker.js';
import { startDeliverWorker } from './deliver-worker.js';
import { startFireTimer } from './fire-timer.js';
import { startNotifyTimer } from './notify-timer.js';
import { startPrepareTimer } from './prepare-timer.js';
import { startReconcileTimer } from './reconcile-timer.js';
import { startRetryTimer } from './retry-timer.js';
import { startTemplatesTimer } from './templates-timer.js';
import { startVitals, Vitals } from './vitals.js';

/** Starts this process's workers. What can't work fails here, before anything runs. @throws {UsageError | SiaranError} */
export async function startWorkers(context: Context): Promise<Workers> {
  const stop = new AbortController();
  const pulse = new Pulse();
  const server = await loadServer(context, pulse);
  const ctx = openDelivery(context, stop.signal, server?.meters);
  logUnknownVariables(ctx);
  await assertMigrated(ctx.ledger);
  // A program's own pool is the program's own matter.
  if (typeof ctx.ledger === 'string') await refuseForgetfulPooler(ctx.ledger);
  await assertKeepsEverything(ctx.redis);
  await ctx.owner.look();
  await ctx.clock.check();
  const { accounts, concurrency } = ctx.config;
  const names = [...accounts.keys()];
  await insertAccounts(ctx.db, accounts);
  for (const account of await savePortfolios(ctx.db, accounts))
    ctx.logger.warn(
      { account, portfolio: accounts.get(account)?.portfolio },
      'its daily limit is of another portfolio now',
    );
  for (const account of await saveApprovals(ctx.db, accounts))
    ctx.logger.warn(
      { account, approvalAbove: accounts.get(account)?.approvalAbove ?? 'off' },
      'its runs need an approval above another number of people now',
    );
  await probeSoon(ctx.db, names);
  await server?.listen();
  const redis = guardCommands(connectWorkerRedis(ctx.config, logOutages(ctx.logger)), ctx.owner, ownerScripts);
  const vitals = new Vitals();
  const deliverers = [...accounts].map(([name, account]) => startDeliverWorker(ctx, redis, name, account, vitals));
  const workers: Worker[] = [startChunkWorker(ctx, redis, vitals), ...deliverers.map(({ queue }) => queue)];
  for (const worker of workers) logTroubles(ctx, worker);
  const timers = [
    startVitals(ctx, vitals, workers),
    startReconcileTimer(ctx, pulse),
    startNotifyTimer(ctx),
    startFireTimer(ctx),
    startRetryTimer(ctx),
    startPrepareTimer(ctx),
    startTemplatesTimer(ctx),
  ];
  ctx.logger.info({ worker: ctx.worker, concurrency, accounts: names }, 'worker started');
  let closing: Promise<void> | undefined;
  const close = async () => {
    stop.abort();
    await Promise.race([
      Promise.all([...timers, ...workers, ...deliverers.map(({ lane }) => lane)].map((each) => each.close())),
      sleep(graceMs(ctx), undefined, { ref: false }),
    ]);
    await ctx.qiscus.close();
    redis.disconnect();
    await server?.close();
    ctx.logger.info({ worker: ctx.worker }, 'worker stopped');
  };
  return {
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Loaded only if it is asked for, as it takes long. */
async function loadServer(ctx: Context, pulse: Pulse): Promise<WorkerServer | undefined> {
  if (!ctx.config.worker) return undefined;
  const { buildWorkerServer } = await import('../src/monitoring/worker-server.js');
  return buildWorkerServer(ctx, ctx.config.worker, pulse);
}

/** A request that is under way ends within its deadline; its answer has to be recorded too. */
function graceMs(ctx: Context): number {
  return ctx.config.requestTimeoutMs + 5_000;
}

function logTroubles(ctx: Context, worker: Worker): void {
  worker.on('error', tellRefusals(ctx.logger, `queue ${worker.name} failed`));
  worker.on('failed', (job, err) =>
    ctx.logger.error({ err, queue: worker.name, queueJobId: job?.id, ...job?.data }, 'step failed'),
  );
}
