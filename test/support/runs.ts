import { expect } from '@jest/globals';
import { Client } from 'pg';
import type { RunRequest, RunView } from '../../src/index.js';
import { chunkRun } from '../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../src/pipeline/delivery/deliver.js';
import { eventually, invoiceColumns, invoices, type Rig, sumOfRecipients } from './rig.js';

/** A run of `invoices`. */
export const december = { name: 'December', templateDetailId: 172, columns: invoiceColumns } as const;

/** What Qiscus needs to know to send one message. */
export const messageTemplate = {
  ...{ templateDetailId: 172, channelId: 534 },
  ...{ templateName: 'reminder', namespace: 'ns', language: 'id' },
} as const;

export type RunSettings = Partial<Omit<RunRequest, 'columns'>>;

/** A sealed run of so many recipients, who wait in Redis. */
export async function enqueued(rig: Rig, count: number, settings: RunSettings = {}): Promise<string> {
  const { id } = await rig.siaran.startRun({ ...december, ...settings });
  await rig.siaran.enqueue(id, invoices(count), { source: 'list' });
  await rig.siaran.seal(id);
  return id;
}

/** A sealed run whose batches are cut, and not delivered. */
export async function chunked(rig: Rig, count: number, settings: RunSettings = {}): Promise<string> {
  const id = await enqueued(rig, count, settings);
  for (let rows = count; rows > 0; rows -= 5_000) await chunkRun(rig.ctx, id);
  return id;
}

/** As a program sends to so many, the first of them with the index `from`. */
export async function broadcast(rig: Rig, count: number, settings: RunSettings = {}, from = 0): Promise<string> {
  const { runId } = await rig.siaran.broadcast({ ...december, ...settings, recipients: invoices(count, from) });
  return runId;
}

/** A run whose only batch has a file, and waits to be handed over. */
export async function uploaded(rig: Rig, count: number): Promise<string> {
  const id = await chunked(rig, count, { startAt: new Date(Date.now() + 86_400_000), handOver: '1h' });
  await deliver(rig, id, 1);
  expect(await rig.siaran.batches(id)).toMatchObject([{ status: 'uploaded', recipients: count, attempts: 0 }]);
  return id;
}

/** What is uploaded may be handed over from now on. */
export async function letHandOver(rig: Rig, runId: string): Promise<void> {
  await rig.query(
    `UPDATE runs SET hand_over_at = NULL, start_at = now(), delivery = delivery || '{"handOverAheadMs": null}' WHERE id = $1`,
    [runId],
  );
}

export function batchIdOf(runId: string, number: number): string {
  return `${runId}-${String(number).padStart(4, '0')}`;
}

/** As a worker that gets the queue job of this batch. */
export function deliver(
  { ctx }: Pick<Rig, 'ctx'>,
  runId: string,
  number: number,
  { probing = false } = {},
): ReturnType<typeof deliverBatch> {
  return deliverBatch(ctx, batchIdOf(runId, number), { probing });
}

export function waitForRun(rig: Rig, runId: string, isSo: (run: RunView) => boolean): Promise<RunView> {
  return eventually(() => rig.siaran.run(runId), isSo);
}

/** Comes back when a transaction waits for the lock of another one. */
export async function waitForLock(rig: Rig): Promise<void> {
  await eventually(
    () => rig.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"),
    (waiting) => waiting.length > 0,
  );
}

/** Does something by a connection of its own, which is closed afterwards. */
export async function withClient<T>(rig: Rig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: rig.databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The run, when every rule of the ledger has been checked. */
export async function checkedRun(rig: Rig, runId: string): Promise<RunView> {
  expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
  const run = await rig.siaran.run(runId);
  expect(sumOfRecipients(run)).toBe(run.recipients.enqueued);
  return run;
}

/** How often the one was messaged who was messaged most. */
export function mostPerNumber(rig: Rig): number {
  return Math.max(0, ...rig.sandbox.accepted.deliveries().values());
}
