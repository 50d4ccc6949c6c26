// The limit: the same rows as JSON into a list, with nothing checked, nothing promised, and no protection against a push
// that the client makes twice after a reconnect.
import { Redis } from 'ioredis';
import { answerParent, setting } from './answer.js';
import { chunksOf, InFlight } from './in-flight.js';
import { timeParts } from './time-parts.js';

const redis = new Redis(setting('REDIS_URL'));

await answerParent((request: { recipients: number; from: number }) =>
  timeParts(request, async (rows, part) => {
    const pushes = new InFlight(4);
    for (const some of chunksOf(rows, 1_000))
      await pushes.add(redis.rpush(`list-${request.from}-${part}`, ...some.map((row) => JSON.stringify(row))));
    await pushes.done();
  }),
);
