import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSiaran, type Siaran } from '../../../src/index.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { type Ended, type Running, start } from '../../support/program.js';
import { eventually } from '../../support/rig.js';
import type { Message } from './oracle.js';

const token = 'c3b1f09e7a52d846be13f70985ac42d1';

/** What the admin and the figures ask for. */
export const withToken = { Authorization: `Bearer ${token}` };

/** How a command is run: by a process of its own, or by one that has loaded the program before. */
export type RunCommand = (args: readonly string[], options: { env: Record<string, string> }) => Promise<Ended>;

/** Two accounts with a sandbox each, two receivers behind a balancer, two workers, the dashboard; each a process of its own. */
export type Setting = {
  environment: Environment;
  env: Record<string, string>;
  siaran: Siaran;
  /** What the sandboxes have been asked to send, and what they tell of it. */
  messages(): Message[];
  /** Posts a callback to the receivers, as those of an account. */
  post(account: Account, body: object): Promise<void>;
  /** Statuses tell whole seconds: what is sent from now on is told to be later than all before. */
  untilLater(): Promise<void>;
  /** Everything is told that there is to tell. */
  untilTold(): Promise<void>;
  admin: string;
  /** Runs a command, which has to succeed, and gives its JSON. */
  ask<T>(...args: string[]): Promise<T>;
  /** How many callbacks were taken, and how many statuses in them. */
  taken(): Promise<{ callbacks: number; statuses: number }>;
  close(): Promise<void>;
};

/** Against hanging only: nothing is decided by it. */
export const hangMs = 3_600_000;

const secrets = { default: 'trial-secret-of-default-0', cards: 'trial-secret-of-cards-000' };
export type Account = keyof typeof secrets;

export async function openSetting(seed: number, runCommand: RunCommand): Promise<Setting> {
  const environment = await freshEnvironment();
  const folder = await mkdtemp(join(tmpdir(), 'siaran-results-'));
  const accounts = join(folder, 'accounts.yaml');
  const writeAccounts = (baseUrl: string) =>
    writeFile(
      accounts,
      `cards: { appId: cards, secretKey: key, callbackSecret: ${secrets.cards}, baseUrl: "${baseUrl}" }\n`,
    );
  const env: Record<string, string> = {
    ...environment.env,
    QISCUS_APP_ID: 'app',
    QISCUS_SECRET_KEY: 'key',
    SIARAN_ACCOUNTS_FILE: accounts,
    SIARAN_CALLBACK_SECRET: secrets.default,
    SIARAN_AUDIENCE_DATABASE_URL: Object.assign(new URL(environment.audienceUrl), { pathname: '/postgres' }).href,
    SIARAN_ADMIN_TOKEN: token,
    LOG_LEVEL: 'warn',
  };
  await writeAccounts('http://127.0.0.1:9');
  const processes: Running[] = [];
  const started = async (...args: string[]): Promise<string> => {
    const running = start([...args, '--port', '0', '--json'], { env });
    processes.push(running);
    await eventually(
      async () => running.stdout() + running.stderr(),
      (text) => text.includes('\n'),
    );
    return (JSON.parse(running.stdout()) as { url: string }).url;
  };
  const receivers = await Promise.all([started('callbacks'), started('callbacks')]);
  const balancer = await balance(receivers.map((url) => Number(new URL(url).port)));
  const heard: { account: Account; message: Omit<Message, 'account' | 'runId'> }[] = [];
  const addressOf = (account: Account) =>
    `http://127.0.0.1:${balancer.port}/callbacks/qiscus/${account}/${secrets[account]}`;
  const openSandbox = (account: Account, mix: number) =>
    startSandbox({
      callbacks: { url: addressOf(account), mix, onMessage: (message) => void heard.push({ account, message }) },
    });
  const sandboxes = { default: await openSandbox('default', seed), cards: await openSandbox('cards', seed + 1) };
  env.QISCUS_BASE_URL = sandboxes.default.url;
  await writeAccounts(sandboxes.cards.url);
  for (let worker = 0; worker < 2; worker += 1) processes.push(start(['worker'], { env }));

  const siaran = openSiaran({ ...env, LOG_LEVEL: 'silent' });
  return {
    environment,
    env,
    siaran,
    messages() {
      // A broadcast's name begins with its batch: [RUN-0001.1].
      const runsOf = ({ accepted }: Sandbox) =>
        new Map(accepted.jobs().map(({ id, name }) => [id, /^\[(\w+)-/.exec(name)?.[1] ?? '']));
      const runs = { default: runsOf(sandboxes.default), cards: runsOf(sandboxes.cards) };
      return heard.map(({ account, message }) => ({
        ...{ ...message, account },
        runId: runs[account].get(message.jobId) ?? '',
      }));
    },
    async post(account, body) {
      const answer = await fetch(addressOf(account), {
        method: 'POST',
        body: JSON.stringify(body),
      });
      if (answer.status !== 200) throw new Error(`a callback was answered with ${answer.status}`);
    },
    async untilLater() {
      const last = Math.max(0, ...heard.slice(-1_000).map(({ message }) => message.startsAt));
      await eventually(async () => Date.now() > last + 2_000, Boolean);
    },
    async untilTold() {
      await eventually(async () => Object.values(sandboxes).every(({ callbacks }) => callbacks?.idle), Boolean, hangMs);
      const givenUp = Object.values(sandboxes).reduce((sum, { callbacks }) => sum + (callbacks?.givenUp ?? 0), 0);
      if (givenUp > 0) throw new Error(`${givenUp} callbacks were taken by nobody`);
    },
    admin: await started('admin'),
    async ask<T>(...args: string[]) {
      const { code, stdout, stderr } = await runCommand([...args, '--json'], { env });
      if (code !== 0) throw new Error(`siaran ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    async taken() {
      const texts = await Promise.all(
        receivers.map(async (url) => (await fetch(`${url}/metrics`, { headers: withToken })).text()),
      );
      const sumOf = (name: string) =>
        [...texts.join('\n').matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))].reduce(
          (sum, [, count]) => sum + Number(count),
          0,
        );
      return { callbacks: sumOf('siaran_callbacks_total'), statuses: sumOf('siaran_callback_statuses_total') };
    },
    async close() {
      await siaran.close();
      for (const { child } of processes) child.kill('SIGTERM');
      await Promise.all(processes.map(({ ended }) => ended));
      await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
      balancer.close();
      await rm(folder, { recursive: true, force: true });
      await environment.drop();
    },
  };
}

/** Each connection goes to the next of these ports. */
async function balance(ports: readonly number[]): Promise<{ port: number; close(): void }> {
  let next = 0;
  const server: Server = createServer((client) => {
    const target = connect(ports[next++ % ports.length] ?? 0, '127.0.0.1');
    client.pipe(target).pipe(client);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const)
      socket.on('error', () => {}).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close: () => server.close() };
}
