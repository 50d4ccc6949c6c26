// The usual way with BullMQ: a job per recipient, added a thousand at a time. It is both a contender for enqueueing and the
// producer of the naive pipeline.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Row } from '../rows.js';
import { answerParent, setting } from './answer.js';
import { chunksOf, InFlight } from './in-flight.js';
import { timeParts } from './time-parts.js';

const connection = new Redis(setting('REDIS_URL'));
const queue = new Queue<Row>('recipients', {
  connection,
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
});

await answerParent((request: { recipients: number; from: number }) =>
  timeParts(request, async (rows) => {
    const adding = new InFlight(4);
    for (const some of chunksOf(rows, 1_000))
      await adding.add(queue.addBulk(some.map((data) => ({ name: 'recipient', data }))));
    await adding.done();
  }),
);
