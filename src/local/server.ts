import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SiaranError } from '../errors.js';
import { claim } from './owner.js';
import { freePort, type SpawnOptions, start, stopProcess } from './processes.js';

export interface LocalServer {
  readonly url: string;
  stop(): Promise<void>;
}

interface ServerPlan {
  readonly name: 'Postgres' | 'Redis';
  readonly dataDir: string;
  readonly port: number | undefined;
  readonly stopSignals: readonly [NodeJS.Signals, ...NodeJS.Signals[]];
  /** Runs when nobody else uses the folder, before the server starts. */
  prepare(): Promise<void>;
  command(port: number): Omit<SpawnOptions, 'output' | 'stopSignal'>;
  url(port: number): string;
  /** Resolves when the server answers; rejects as long as it doesn't yet. */
  ping(port: number): Promise<void>;
}

const startUpMs = 60_000;

/** Runs a server on a folder that is claimed for as long as it runs; its log stands beside the folder. */
export async function startServer(plan: ServerPlan): Promise<LocalServer> {
  const claimed = await claim(plan.dataDir, plan.stopSignals);
  try {
    await plan.prepare();
    const { pid, port } = await launch(plan, claimed.record);
    let stopped: Promise<void> | undefined;
    return {
      url: plan.url(port),
      stop() {
        stopped ??= stopProcess(pid, plan.stopSignals).then(claimed.release);
        return stopped;
      },
    };
  } catch (error) {
    await claimed.release();
    throw error;
  }
}

async function launch(
  plan: ServerPlan,
  record: (pid: number) => Promise<void>,
): Promise<{ pid: number; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = plan.port ?? (await freePort());
    const log = await open(`${plan.dataDir}.log`, 'w');
    try {
      const child = await start({ ...plan.command(port), output: log.fd, stopSignal: plan.stopSignals[0] });
      // What keeps us alive is the work that we do, not a server that nobody has stopped.
      child.unref();
      try {
        await record(child.pid);
        await answers(plan, port, () => child.exitCode === null && child.signalCode === null);
        return { pid: child.pid, port };
      } catch (error) {
        await stopProcess(child.pid, plan.stopSignals);
        throw error;
      }
    } catch (cause) {
      const lines = await readFile(`${plan.dataDir}.log`, 'utf8').catch(() => '');
      if (plan.port === undefined && attempt < 3 && /address already in use/i.test(lines)) continue;
      const tail = lines.trim().split('\n').slice(-8).join('\n');
      throw new SiaranError('LOCAL', `${plan.name} did not start in ${plan.dataDir}:\n${tail || String(cause)}`, {
        cause,
      });
    } finally {
      await log.close();
    }
  }
}

async function answers(plan: ServerPlan, port: number, alive: () => boolean): Promise<void> {
  const deadline = Date.now() + startUpMs;
  for (;;) {
    try {
      return await plan.ping(port);
    } catch (cause) {
      if (!alive()) throw new SiaranError('LOCAL', `${plan.name} ended while it started.`, { cause });
      if (Date.now() > deadline) throw cause;
      await sleep(25);
    }
  }
}
