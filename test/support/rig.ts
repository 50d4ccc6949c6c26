import { setTimeout as sleep } from 'node:timers/promises';
import { parseConfig } from '../../src/config/config.js';
import { type DeliveryContext, openContext } from '../../src/context.js';
import { openDelivery } from '../../src/delivery-context.js';
import type { PrismaClient } from '../../src/generated/prisma/client.js';
import { openSiaran, type RunView, type Siaran, type Workers } from '../../src/index.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.js';
import { type Environment, freshEnvironment } from './environment.js';
import { openPrisma } from './prisma.js';

export const secretKey = 'sandbox-secret-key';

/** A ledger, a buffer and a provider of one's own, with what it takes to put workers between them. */
export type Rig = Environment & {
  sandbox: Sandbox;
  siaran: Siaran;
  /** Starts workers in this process; the rig closes them. */
  work(overrides?: Record<string, string>): Promise<Workers>;
  open(overrides?: Record<string, string>): Siaran;
  /** What the steps get first, for tests of a single step. */
  ctx: DeliveryContext;
  /** Reads the ledger by the schema. */
  readonly prisma: PrismaClient;
  close(): Promise<void>;
};

export async function startRig(options: { sandbox?: SandboxOptions; env?: Record<string, string> } = {}): Promise<Rig> {
  const environment = await freshEnvironment();
  const sandbox = await startSandbox({ appId: 'app', secretKey, ...options.sandbox });
  const env = {
    ...environment.env,
    QISCUS_BASE_URL: sandbox.url,
    QISCUS_APP_ID: 'app',
    QISCUS_SECRET_KEY: secretKey,
    ...options.env,
  };
  const opened: Siaran[] = [];
  const open = (overrides: Record<string, string> = {}) => {
    const siaran = openSiaran({ ...env, ...overrides });
    opened.push(siaran);
    return siaran;
  };
  const ctx = openDelivery(openContext(parseConfig(env)), new AbortController().signal);
  const siaran = open();
  let prisma: PrismaClient | undefined;
  return {
    ...environment,
    env,
    sandbox,
    ctx,
    siaran,
    open,
    work: (overrides) => open(overrides).work(),
    get prisma() {
      prisma ??= openPrisma(environment.databaseUrl);
      return prisma;
    },
    async close() {
      await Promise.all(opened.map((siaran) => siaran.close()));
      await ctx.qiscus.close();
      await ctx.close();
      await prisma?.$disconnect();
      await sandbox.close();
      await environment.drop();
    },
  };
}

/** Indonesian mobile numbers, each its own. */
export function phoneNumber(index: number): string {
  return `62812${String(10_000_000 + index)}`;
}

export function* invoices(count: number, from = 0) {
  for (let index = from; index < from + count; index += 1) {
    yield { phone_number: phoneNumber(index), customer_name: `Customer ${index}`, body_variable1: `INV-${index}` };
  }
}

export const invoiceColumns = ['phone_number', 'customer_name', 'body_variable1'] as const;

/**
 * Looks until it is so. What it waits for is order and state, never a time; the limit only ends a test that hangs. It looks
 * less often the longer it lasts: a look takes time from what is waited for.
 */
export async function eventually<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, limitMs = 90_000): Promise<T> {
  const started = Date.now();
  for (let pauseMs = 20; ; pauseMs = Math.min(1.3 * pauseMs, 150)) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() - started > limitMs)
      throw new Error(`Waited in vain; last seen: ${JSON.stringify(seen, bigintsAsText, 1)}`);
    await sleep(pauseMs);
  }
}

export function finished(siaran: Siaran, runId: string): Promise<RunView> {
  return eventually(
    () => siaran.run(runId),
    (run) => run.status === 'finished',
  );
}

/** The law, as far as the run's own figures show it. */
export function sumOfRecipients({ recipients: r }: RunView): number {
  return (
    r.buffered +
    r.pending +
    r.uploaded +
    r.sending +
    r.scheduled +
    r.failed +
    r.unknown +
    r.cancelled +
    r.duplicates +
    r.suppressed
  );
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
