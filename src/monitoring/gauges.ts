import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { Context } from '../context.js';
import { batchStatuses } from '../domain/runs/batch.js';
import { within } from '../domain/timing/within.js';
import { type Buffers, readBuffers } from '../pipeline/reconcile/buffers.js';
import { redisInfo } from '../queue/redis/redis-info.js';
import { type LedgerFigures, readLedgerFigures } from '../store/views/ledger-figures.js';
import { remembered } from './remembered.js';

/** Several scrapers that come at the same time cost as much as one. */
const freshMs = 1_000;

/** Prometheus gives up after ten seconds; what is known by then is worth more than nothing. */
const longestMs = 4_000;

/**
 * Puts into a registry what Postgres and Redis say at the time of a scrape, and what the process says of itself. What can't
 * be asked is left out, and `siaran_up` says why. Returns the scrape.
 */
export function openScrape(ctx: Context, registry: Registry): () => Promise<string> {
  collectDefaultMetrics({ register: registry });
  const gauges = openGauges(registry, ctx.config.adminUrl);
  const ledger = remembered(freshMs, () => readLedgerFigures(ctx.db));
  const buffers = remembered(freshMs, async () => readBuffers(ctx, await ledger()));
  const depths = remembered(freshMs, () => ctx.hints.depths());
  const workers = remembered(freshMs, () => ctx.heartbeats.alive());
  const fullness = remembered(freshMs, async () => {
    const known = (await redisInfo(ctx.redis)).flatMap((master) => master.fullness ?? []);
    return known.length > 0 ? Math.max(...known) : undefined;
  });
  const known = <T>(asked: Promise<T>): Promise<T | undefined> =>
    within(longestMs, asked).catch((err) => {
      ctx.logger.debug({ err }, 'not known at this scrape');
      return undefined;
    });
  return async () => {
    const [figures, rows, jobs, alive, full] = await Promise.all([
      known(ledger()),
      known(buffers()),
      known(depths()),
      known(workers()),
      known(fullness()),
    ]);
    gauges.set(figures, rows, jobs, alive, full);
    return registry.metrics();
  };
}

type Depths = Awaited<ReturnType<Context['hints']['depths']>>;

/** Registers every figure of Postgres and Redis that `/metrics` tells; `set` gives them what was found. */
export function openGauges(registry: Registry, adminUrl?: string) {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const counted = 'of runs that go on, or that were made or had a start within a day';
  const up = gauge('siaran_up', 'Whether this process could ask the service at this scrape.', 'service');
  const recipients = gauge('siaran_recipients', `Recipients by state, ${counted}.`, 'account', 'state');
  const batches = gauge('siaran_batches', `Batches by state, ${counted}.`, 'account', 'state');
  const messages = gauge(
    'siaran_messages',
    `Messages that were handed over, that came at least so far, failed before delivery or after it, or of which nothing was told, ${counted}.`,
    'account',
    'state',
  );
  const failures = gauge(
    'siaran_message_failures',
    `Messages that failed, by WhatsApp's code, ${counted}.`,
    'account',
    'code',
  );
  const unknown = gauge('siaran_unknown_batches', 'Batches of which nobody knows whether they were sent.', 'account');
  const oldest = gauge(
    'siaran_oldest_unfinished_batch_age_seconds',
    'How long the batch has waited for its hand-over that has waited longest; not those of runs that are paused or held, or whose time has not come. 0: none.',
  );
  const holds = gauge('siaran_holds', '1 for each hold that stops an account.', 'account', 'kind');
  const admin = gauge('siaran_admin_url', 'Where people open the admin, for links in alerts.', 'url');
  if (adminUrl !== undefined) admin.set({ url: adminUrl }, 1);
  const heldRuns = gauge('siaran_held_runs', 'Runs that a hold of their own stops.', 'kind');
  const buffered = gauge('siaran_buffer_rows', 'Rows in Redis that are not cut into batches yet (newest 1,000 runs).');
  const missing = gauge(
    'siaran_missing_rows',
    `Rows that producers handed over and Redis lost, ${counted} (at most 100 runs).`,
  );
  const waiting = gauge(
    'siaran_waiting_statuses',
    'Statuses of messages that tell a user id only, whose number is not known yet.',
  );
  const wishes = gauge(
    'siaran_waiting_wishes',
    'Wishes to be left alone, or not any more, that tell a user id only, whose number is not known yet.',
  );
  const jobs = gauge('siaran_queue_jobs', 'Jobs by queue and state. Jobs are hints.', 'queue', 'state');
  const workers = gauge('siaran_workers', 'Workers that have got something done within 15 seconds.');
  const memory = gauge(
    'siaran_redis_memory_ratio',
    'How much of its maxmemory Redis has taken, 0 to 1; of a cluster, the fullest master. A full one takes no recipients.',
  );
  return {
    set(figures?: LedgerFigures, rows?: Buffers, depths?: Depths, alive?: string[], full?: number) {
      for (const each of [recipients, batches, messages, failures, unknown, holds, heldRuns, jobs]) each.reset();
      // What nobody knows is left out: 0 would be an answer.
      for (const each of [oldest, waiting, wishes, buffered, missing, workers, memory]) each.remove();
      up.set({ service: 'postgres' }, figures ? 1 : 0);
      up.set({ service: 'redis' }, depths && alive ? 1 : 0);
      if (figures) {
        for (const account of figures.accounts) {
          unknown.set({ account }, 0);
          for (const state of batchStatuses) {
            recipients.set({ account, state }, 0);
            batches.set({ account, state }, 0);
          }
        }
        for (const { account, status: state, ...count } of figures.batches) {
          recipients.set({ account, state }, count.recipients);
          batches.set({ account, state }, count.batches);
        }
        for (const { account, ...came } of figures.messages)
          for (const [state, count] of Object.entries(messageStates(came))) messages.set({ account, state }, count);
        for (const { account, code, messages: count } of figures.failures)
          failures.set({ account, code: code === 0 ? 'none' : String(code) }, count);
        for (const { account, batches: count } of figures.unknown) unknown.set({ account }, count);
        for (const { account, kind } of figures.holds) holds.set({ account, kind }, 1);
        for (const { kind, runs } of figures.heldRuns) heldRuns.set({ kind }, runs);
        oldest.set(figures.oldestWaitSeconds);
        waiting.set(figures.waitingStatuses);
        wishes.set(figures.waitingWishes);
      }
      if (rows) {
        buffered.set(rows.buffered);
        missing.set(rows.missing);
      }
      for (const { queue, state, jobs: count } of depths ?? []) jobs.set({ queue, state }, count);
      if (full !== undefined) memory.set(full);
      if (alive) workers.set(alive.length);
    },
  };
}

function messageStates(came: Omit<LedgerFigures['messages'][number], 'account'>): Record<string, number> {
  const { handedOver, failedAfterDelivered, ...steps } = came;
  const unanswered = handedOver - steps.sent - steps.failed;
  return { handed_over: handedOver, ...steps, failed_after_delivered: failedAfterDelivered, unanswered };
}
