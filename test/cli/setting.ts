import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSiaran, type Siaran } from '../../src/index.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { type Running, start } from './siaran.js';

/** What a file of CLI tests starts from: services of its own, a sandbox as the provider, and a folder for its files. */
export type Setting = {
  environment: Environment;
  sandbox: Sandbox;
  /** Of each command. */
  env: Record<string, string>;
  folder: string;
  /** For what is only waited for: each look by a command of its own would take a second. */
  siaran: Siaran;
  worker: Running | undefined;
  /** Writes a file into the folder, each under another name unless one is told; returns its path. */
  file(content: string | Buffer, name?: string): Promise<string>;
  close(): Promise<void>;
};

/** @param worker whether a worker runs all the time. */
export async function openSetting({
  env: more = {},
  worker: withWorker = false,
}: {
  env?: Record<string, string>;
  worker?: boolean;
} = {}): Promise<Setting> {
  const environment = await freshEnvironment();
  const sandbox = await startSandbox();
  const provider = { QISCUS_BASE_URL: sandbox.url, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'secret' };
  const env = { ...environment.env, ...provider, ...more };
  const folder = await mkdtemp(join(tmpdir(), 'siaran-cli-'));
  const worker = withWorker ? start(['worker'], { env }) : undefined;
  const siaran = openSiaran({ LOG_LEVEL: 'silent', ...env });
  let files = 0;
  const file = async (content: string | Buffer, name?: string) => {
    files += 1;
    const path = join(folder, name ?? `${files}.csv`);
    await writeFile(path, content);
    return path;
  };
  const close = async () => {
    worker?.child.kill('SIGTERM');
    await worker?.ended;
    await siaran.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
    await environment.drop();
  };
  return { environment, sandbox, env, folder, siaran, worker, file, close };
}

/** A CSV of so many numbers that can be told apart. */
export function list(count: number, from = 0): string {
  const numbers = Array.from({ length: count }, (_, index) => `628995${String(from + index).padStart(7, '0')}`);
  return `phone_number\n${numbers.join('\n')}\n`;
}
