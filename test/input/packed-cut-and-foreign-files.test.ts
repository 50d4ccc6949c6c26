import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { unpack } from '../../src/input/unpack.js';
import { ani, budi, collect, judge, open, read } from './reading.js';

describe('gzip', () => {
  const csv = 'phone_number,customer_name\n6281527975868,Ani\n6281527975869,Budi\n';

  it('is read by what it begins with; bytes are those of the file', async () => {
    const packed = gzipSync(csv);
    for (const size of [1, 7, 1_000]) {
      const opened = await open(packed, {}, size);
      expect(await collect(opened.rows)).toEqual([ani, budi]);
      expect(opened.bytesRead()).toBe(packed.length);
    }
    const two = Buffer.concat([gzipSync(csv.slice(0, 40)), gzipSync(csv.slice(40))]);
    expect((await read(two)).rows).toEqual([ani, budi]);
  });

  it('is read up to so many bytes once it is unpacked', async () => {
    const packed = gzipSync('1\n'.repeat(500_000));
    const count = async (most: number) => {
      let bytes = 0;
      for await (const part of unpack(Readable.from([packed]), 'a.csv.gz', most)) bytes += part.length;
      return bytes;
    };
    expect(await count(1_000_000)).toBe(1_000_000);
    const message = 'a.csv.gz has more than 999,999 bytes once it is unpacked. Cut it into several files.';
    await expect(count(999_999)).rejects.toMatchObject({ code: 'INPUT', message });
  });

  it('that is cut off or damaged is an input error', async () => {
    const packed = gzipSync(csv);
    const damaged = Buffer.from(packed);
    damaged[packed.length - 6] = (damaged[packed.length - 6] ?? 0) ^ 0xff;
    for (const [content, message] of [
      [packed.subarray(0, -9), /cut off/],
      [damaged, /damaged/],
      [Buffer.concat([packed, Buffer.from('6281527975867,Cici\n')]), /damaged/],
    ] as const)
      await expect(read(content)).rejects.toMatchObject({ code: 'INPUT', message: expect.stringMatching(message) });
  });
});

it.each([
  ['504b0304140006000800', /an Excel workbook or another zip file.*CSV/],
  ['d0cf11e0a1b11ae10000', /an old Excel workbook.*CSV/],
  ['28b52ffd04000000', /zstd.*gzip/],
  ['425a6839314159265359', /bzip2.*gzip/],
  ['fd377a585a000004', /xz.*gzip/],
])('a file that begins with %s is called by its kind', async (hex, message) => {
  await expect(open(Buffer.from(hex, 'hex'))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(message),
  });
});

describe('what ends in the middle of a line', () => {
  const csv = 'phone_number,customer_name\n6281527975868,Ani\n\n6281527975869,Bu';

  it('loses its last row where it may have been cut, and says so', async () => {
    expect(await judge(csv, { mayBeCut: true })).toEqual([
      '["6281527975868","Ani"]',
      'line 4 has no line end: it may have been cut off',
    ]);
    expect(await read(csv, { mayBeCut: true })).toMatchObject({ cutLine: 4 });
    expect(await read(gzipSync(csv), { mayBeCut: true })).toMatchObject({ cutLine: 4 });
    const json = '{"phone_number":"6281527975868"}\n{"phone_number":"62815';
    expect(await judge(json, { mayBeCut: true })).toEqual([
      '["6281527975868"]',
      'line 2 has no line end: it may have been cut off',
    ]);
    expect((await read(json, { mayBeCut: true })).cutLine).toBe(2);
  });

  it('is whole where it is a file, ends with a line, or with an object', async () => {
    expect((await read(csv)).rows).toHaveLength(2);
    expect(await read(`${csv}\r`, { mayBeCut: true })).toMatchObject({ rows: [ani, { customer_name: 'Bu' }] });
    expect((await read(`${csv}\n   `, { mayBeCut: true })).cutLine).toBeUndefined();
    const json = '{"phone_number":"6281527975868"}\n{"phone_number":"6281527975869"}';
    expect(await read(json, { mayBeCut: true })).toMatchObject({ rows: [{}, { phone_number: '6281527975869' }] });
  });
});

describe('the encoding', () => {
  it.each(['\n', '\r\n', '\r'])('that is no UTF-8 is refused with the line of an editor: %j', async (eol) => {
    const start = Buffer.from(['phone_number,customer_name', '0815,\ufffd', '0816,Ren'].join(eol));
    const content = Buffer.concat([start, Buffer.from([0xe9]), Buffer.from(`${eol}0817,x${eol}`)]);
    for (const size of [1, 3, 1_000]) await expect(read(content, {}, size)).rejects.toThrow(/not in UTF-8 \(line 3\)/);
  });
});
