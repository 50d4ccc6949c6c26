import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { UnreadableRow } from '../../src/domain/recipients/recipient.js';
import { openRecipients } from '../../src/input/read-recipients.js';
import { collect, open } from './reading.js';

it('a packed file holds memory flat, however large what is in it', async () => {
  const packed = gzipSync(`phone_number\n${'6281527975868\n'.repeat(1_000_000)}`);
  const { rows } = await open(packed, {}, 65_536);
  const before = process.memoryUsage().rss;
  let [count, most] = [0, 0];
  for await (const _ of rows) if (++count % 50_000 === 0) most = Math.max(most, process.memoryUsage().rss);
  expect(count).toBe(1_000_000);
  expect(most - before).toBeLessThan(100_000_000);
}, 60_000);

it('a reader holds no more than 2 MB of a line, however long it is', async () => {
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
