import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { UnreadableRow } from '../../src/domain/recipients/recipient.js';
import { openRecipients } from '../../src/input/read-recipients.js';
import { collect, open } from './reading.js';

it('a packed file holds memory flat, however large what is in it', async () => {
  // 200 MB in 200 parts, each packed for itself: nothing here is ever as large as what is in it.
  const part = gzipSync(`6281527975868,${'x'.repeat(10_000)}\n`.repeat(100));
  const packed = Buffer.concat([gzipSync('phone_number,customer_name\n'), ...Array.from({ length: 200 }, () => part)]);
  const { rows } = await open(packed, {}, 65_536);
  const before = process.memoryUsage().rss;
  let [count, most] = [0, 0];
  for await (const _ of rows) if (++count % 1_000 === 0) most = Math.max(most, process.memoryUsage().rss);
  expect(count).toBe(20_000);
  expect(most - before).toBeLessThan(100_000_000);
}, 60_000);

it('a reader holds no more than 200,000 characters of a line, however long it is', async () => {
  let held = 0;
  async function* long(): AsyncGenerator<Buffer, void> {
    const chunk = Buffer.alloc(1_000_000, 'x');
    yield Buffer.from('{"phone_number":"6281527975868"}\n{"phone_number":"');
    for (let i = 0; i < 1_000; i++) {
      yield chunk;
      if (i % 50 === 0) held = Math.max(held, process.memoryUsage().heapUsed);
    }
    yield Buffer.from('"}\n{"phone_number":"6281527975869"}\n');
  }
  const before = process.memoryUsage().heapUsed;
  const { rows } = await openRecipients({ stream: long(), name: 'long.ndjson' });
  expect(await collect(rows)).toEqual([
    { phone_number: '6281527975868' },
    expect.any(UnreadableRow),
    { phone_number: '6281527975869' },
  ]);
  expect(held - before).toBeLessThan(150_000_000);
});
