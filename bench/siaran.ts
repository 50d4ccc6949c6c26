import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '../src/index.js';
import type { Bench } from './case.js';
import type { ProducerRequest } from './contenders/siaran-producer.js';
import { warmUpFrom } from './rows.js';
import type { Sandbox } from './sandbox.js';
import type { Hand } from './staff.js';

export type Worker = Pick<Hand, 'pid' | 'kill'>;

export type Producer = Pick<Hand, 'pid' | 'kill'> & {
  /** Starts a run, enqueues its recipients and seals it. */
  broadcast(request: {
    key: string;
    recipients: number;
    from: number;
    individual?: boolean;
  }): Promise<{ runId: string }>;
  view(runId: string): Promise<RunView>;
};

/** `siaran worker` with default settings, started and at work. */
export async function hireWorker(bench: Bench, sandbox: Sandbox): Promise<Worker> {
  const env = { ...siaranEnv(bench), ...sandbox.env };
  return bench.staff.hire({ name: 'worker', script: 'dist/program/main.js', args: ['worker', '--json'], env });
}

export async function hireProducer(bench: Bench): Promise<Producer> {
  const script = '.siaran/bench/bench/contenders/siaran-producer.js';
  const hand = await bench.staff.hire({ name: 'producer', script, env: siaranEnv(bench) });
  const ask = <Answer>(request: ProducerRequest) => hand.ask<Answer>(request);
  return {
    pid: hand.pid,
    kill: () => hand.kill(),
    broadcast: (request) => ask({ do: 'broadcast', ...request }),
    view: (runId) => ask({ do: 'view', runId }),
  };
}

export function siaranEnv({ services }: Bench): Record<string, string> {
  return { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl, LOG_LEVEL: 'warn' };
}

/** A small run through everything: compiled code and open connections are what a process has that is at work. */
export async function warmUp(bench: Bench, producer: Producer, sandbox: Sandbox): Promise<void> {
  const key = 'warm-up';
  await producer.broadcast({ key, recipients: 10_000, from: warmUpFrom });
  await untilFinished(bench, key);
  await sandbox.reset();
}

/** What `Siaran.run` calls finished, in one light question: it is asked while the work is measured. */
const isFinished = `SELECT 1 FROM runs r WHERE r.key = $1 AND r.sealed_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM intakes i WHERE i.run_id = r.id AND (i.closed_at IS NULL OR i.absorbed_to < i.blocks))
  AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.id AND b.status IN ('pending', 'uploaded', 'sending'))`;

export async function untilFinished(bench: Bench, key: string, options: Looking = {}): Promise<void> {
  await untilRow(bench, isFinished, [key], options);
}

type Looking = { everyMs?: number; meanwhile?: () => Promise<void> };

/** Looks into the ledger until the query gives a row. */
export async function untilRow(
  { services }: Bench,
  sql: string,
  params: readonly unknown[],
  { everyMs = 50, meanwhile }: Looking = {},
): Promise<void> {
  while ((await services.query(sql, params)).length === 0) {
    await meanwhile?.();
    await sleep(everyMs);
  }
}

/** @throws unless the run ended as it should, by Siaran's own account. */
export async function requireDelivered(producer: Producer, runId: string, recipients: number): Promise<void> {
  const { status, outcome, recipients: counts } = await producer.view(runId);
  if (status === 'finished' && outcome === 'handed_over' && counts.scheduled === recipients) return;
  throw new Error(`run ${runId} of ${recipients} recipients is ${status}, ${outcome}: ${JSON.stringify(counts)}`);
}
