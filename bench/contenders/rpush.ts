// The limit: the same rows as JSON into a list, with nothing checked, nothing promised, and no protection against a push
// that the client makes twice after a reconnect.
import { Redis } from 'ioredis';
import { invoices, spread } from '../rows.js';
import { answerParent, setting } from './answer.js';
import { chunksOf, InFlight } from './in-flight.js';

const redis = new Redis(setting('REDIS_URL'));

await answerParent(async ({ recipients, from }: { recipients: number; from: number }) => {
  let ms = 0;
  for (const part of spread(recipients)) {
    const all = [...invoices(part.count, from + part.from)];
    const started = performance.now();
    const pushes = new InFlight(4);
    for (const rows of chunksOf(all, 1_000))
      await pushes.add(redis.rpush(`list-${from + part.from}`, ...rows.map((row) => JSON.stringify(row))));
    await pushes.done();
    ms += performance.now() - started;
  }
  return { ms };
});
