// What a careful engineer writes today with BullMQ, which has no batches of its own: every job waits in the process until a
// thousand are together, which are then made a file, uploaded and sent, and all of them end with it. There is no ledger,
// so a crash between the send and the ends of the jobs sends a thousand messages again.
import { type Job, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Row } from '../rows.js';
import { answerParent, setting } from './answer.js';
import { broadcastRows, openQiscus } from './broadcast-rows.js';

const batchSize = 1_000;
const qiscus = openQiscus();

type Waiting = { row: Row; done: () => void; failed: (error: unknown) => void };
let gathered: Waiting[] = [];
let flush: NodeJS.Timeout | undefined;
let [sent, batches] = [0, 0];
let onSent = (): void => {};

async function gather(job: Job<Row>): Promise<void> {
  await new Promise<void>((done, failed) => {
    gathered.push({ row: job.data, done, failed });
    if (gathered.length === batchSize) void sendGathered();
    // What doesn't fill a batch goes out when nothing more has come for a moment.
    else flush = (flush ?? setTimeout(() => void sendGathered(), 100)).refresh();
  });
}

async function sendGathered(): Promise<void> {
  const batch = gathered;
  gathered = [];
  clearTimeout(flush);
  flush = undefined;
  if (batch.length === 0) return;
  batches += 1;
  try {
    const rows = batch.map(({ row }) => row);
    await broadcastRows(qiscus, `naive ${batches}`, rows);
    for (const { done } of batch) done();
    sent += batch.length;
    onSent();
  } catch (error) {
    for (const { failed } of batch) failed(error);
  }
}

const worker = new Worker<Row>('recipients', gather, {
  connection: new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null }),
  // One file is gathered while another one is sent. With 1,000, 4,000 or 8,000 jobs at once it was no faster.
  concurrency: 2 * batchSize,
});
worker.on('error', (error) => console.error(error));
worker.on('failed', (_job, error) => console.error(error));
await worker.waitUntilReady();

/** Answers when so many recipients have been sent since it was last asked. */
await answerParent(async ({ recipients }: { recipients: number }) => {
  await new Promise<void>((resolve) => {
    onSent = () => {
      if (sent >= recipients) resolve();
    };
    onSent();
  });
  sent -= recipients;
  return { sent: recipients };
});
