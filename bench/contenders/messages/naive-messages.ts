// What is written quickly with BullMQ: a job for each message, whose worker makes one call. There is no ledger, so a crash between the
// call and the end of its job sends the message again.
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Row } from '../../rows.js';
import { answerParent, setting } from '../answer.js';
import { concurrency, openQiscus } from '../broadcast-rows.js';
import { callMessage } from './time-messages.js';

const qiscus = openQiscus();
let sent = 0;
let onSent = (): void => {};

new Worker<Row>(
  'recipients',
  async ({ data }) => {
    await callMessage(qiscus, data);
    sent += 1;
    onSent();
  },
  {
    connection: new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null }),
    // As many as a worker of Siaran.
    concurrency: 4 * concurrency,
    removeOnComplete: { count: 0 },
  },
).on('failed', (_job, error) => {
  throw error;
});

await answerParent(async ({ recipients }: { recipients: number }) => {
  await new Promise<void>((resolve) => {
    onSent = () => {
      if (sent >= recipients) resolve();
    };
    onSent();
  });
  sent = 0;
  return { sent: recipients };
});
