import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { callbackPath } from '../../admin/callbacks/callback-path.js';
import { SiaranError } from '../../errors.js';
import { audienceUrl } from '../../local/audience-role.js';
import { freePort, start, stopProcess } from '../../local/processes.js';
import { startServices } from '../../local/services.js';
import { packageFile } from '../../package-file.js';
import { type Sandbox, startSandbox } from '../../sandbox/server.js';
import { migrate } from '../../store/migrations/migrate.js';
import { note } from '../terminal/output.js';

type DemoEnvironment = Readonly<Record<'DATABASE_URL' | 'REDIS_URL' | 'QISCUS_BASE_URL', string>> &
  Readonly<Record<string, string>>;

/** All that a broadcast needs, on this machine. */
export type DemoSetting = {
  /** What a program needs to use it. */
  env: DemoEnvironment;
  sandbox: Sandbox;
  examplePath: string;
  workerLog: string;
  /** Rejects if the worker ends before it is stopped. */
  workerEnded: Promise<never>;
  /** Stops everything, the latest first. */
  stop(): Promise<void>;
};

/** Starts Postgres, Redis, the sandbox and a worker. When one of them fails, or on `signal`, nothing is left running. */
export async function startDemo(dir: string, signal: AbortSignal): Promise<DemoSetting> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopOne of started.splice(0).reverse()) await stopOne();
  };
  try {
    const services = await startServices({ dir, onProgress: note, signal });
    started.push(services.stop);
    await migrate(services.databaseUrl, { onApplied: (name) => note(`Applied ${name}`), onWaiting: note });
    const admin = { port: await freePort(), callbackSecret: randomBytes(16).toString('hex') };
    // What becomes of each message is told to the dashboard, as Qiscus would.
    const url = `http://127.0.0.1:${admin.port}${callbackPath}${admin.callbackSecret}`;
    const sandbox = await startSandbox({ callbacks: { url } });
    started.push(sandbox.close);
    note(`Sandbox in the place of Qiscus: ${sandbox.url}`);
    const env = environment(services, sandbox, admin);
    const workerLog = join(dir, 'worker.log');
    const worker = await startWorker(env, workerLog);
    started.push(worker.stop);
    note(`Worker: process ${worker.pid}, log in ${workerLog}`);
    signal.throwIfAborted();
    return {
      env,
      sandbox,
      examplePath: packageFile('examples', 'december-invoices.csv'),
      workerLog,
      workerEnded: worker.ended,
      stop,
    };
  } catch (error) {
    await stop();
    throw signal.aborted ? signal.reason : error;
  }
}

function environment(
  services: { databaseUrl: string; redisUrl: string },
  sandbox: Sandbox,
  admin: { port: number; callbackSecret: string },
): DemoEnvironment {
  return {
    DATABASE_URL: services.databaseUrl,
    SIARAN_AUDIENCE_DATABASE_URL: audienceUrl(services.databaseUrl),
    REDIS_URL: services.redisUrl,
    QISCUS_BASE_URL: sandbox.url,
    QISCUS_APP_ID: 'demo',
    QISCUS_SECRET_KEY: 'demo',
    SIARAN_DEFAULT_COUNTRY: 'ID',
    SIARAN_ADMIN_PORT: String(admin.port),
    SIARAN_CALLBACK_SECRET: admin.callbackSecret,
  };
}

type WorkerProcess = { pid: number; ended: Promise<never>; stop(): Promise<void> };

/** A process of its own, as in real life. Like the servers, it doesn't outlive ours, however ours ends. */
async function startWorker(env: DemoEnvironment, logPath: string): Promise<WorkerProcess> {
  const main = packageFile('dist', 'program', 'main.js');
  const log = await open(logPath, 'w');
  try {
    const child = await start({
      command: process.execPath,
      args: [main, 'worker'],
      env: { ...withoutSettings(process.env), ...env, LOG_LEVEL: 'info' },
      output: log.fd,
      stopSignal: 'SIGTERM',
    });
    const ended = once(child, 'exit').then(([code, by]) => {
      throw new SiaranError('WORKER_ENDED', `The worker ended with ${String(by ?? code)}.`);
    });
    // A caller that waits gets the error. When the worker is stopped, none waits, and that is no unhandled rejection.
    ended.catch(() => {});
    return { pid: child.pid, ended, stop: () => stopProcess(child.pid, ['SIGTERM', 'SIGKILL'], 15_000) };
  } finally {
    await log.close();
  }
}

/** What the caller has set for a real installation is not for the demo. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(SIARAN|QISCUS)_/.test(name)));
}
