// The usual way with BullMQ: a job per recipient, added a thousand at a time. It is both a contender for enqueueing and the
// producer of the naive pipeline.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { invoices, type Row, spread } from '../rows.js';
import { answerParent, setting } from './answer.js';
import { chunksOf, InFlight } from './in-flight.js';

const connection = new Redis(setting('REDIS_URL'));
const queue = new Queue<Row>('recipients', {
  connection,
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
});

await answerParent(async ({ recipients, from }: { recipients: number; from: number }) => {
  let ms = 0;
  for (const part of spread(recipients)) {
    const all = [...invoices(part.count, from + part.from)];
    const started = performance.now();
    const adding = new InFlight(4);
    for (const rows of chunksOf(all, 1_000))
      await adding.add(queue.addBulk(rows.map((data) => ({ name: 'recipient', data }))));
    await adding.done();
    ms += performance.now() - started;
  }
  return { ms };
});
