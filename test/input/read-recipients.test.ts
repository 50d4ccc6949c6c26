import { describe, expect, it } from '@jest/globals';
import { compileRecipientReader, UnreadableRow } from '../../src/domain/recipients/recipient.js';
import { openRecipients } from '../../src/input/read-recipients.js';

async function* chunks(content: string | Buffer, size = 7): AsyncGenerator<Buffer, void> {
  const buffer = Buffer.from(content);
  for (let at = 0; at < buffer.length; at += size) yield buffer.subarray(at, at + size);
}

async function collect(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const collected: unknown[] = [];
  for await (const row of rows) collected.push(row);
  return collected;
}

function open(content: string | Buffer, options: { size?: number; separator?: ',' | ';' } = {}) {
  const { size, ...rest } = options;
  return openRecipients({ stream: chunks(content, size), name: 'list.csv', ...rest });
}

async function readAll(content: string | Buffer, size?: number): Promise<unknown[]> {
  const { rows } = await open(content, size === undefined ? {} : { size });
  return collect(rows);
}

async function reasonsOf(content: string): Promise<(string | undefined)[]> {
  const { columns, rows } = await open(content);
  const read = compileRecipientReader(columns, 'ID');
  const readings = (await collect(rows)).map(read);
  return readings.map((reading) => (reading.ok ? undefined : reading.reason));
}

describe('a CSV', () => {
  it('gives a row for each record, whatever the chunks, line ends and quotes', async () => {
    const content =
      '\ufeff phone_number ,customer_name\r\n\r\n6281527975868,"Ani, ""the boss"" 😀"\n\n   \n6281527975869,"Budi\nline 2"\r\n0815,';
    for (const size of [1, 2, 3, 7, 1_000]) {
      const opened = await open(content, { size });
      expect(opened.format).toBe('csv');
      expect(opened.columns).toEqual(['phone_number', 'customer_name']);
      expect(await collect(opened.rows)).toEqual([
        { phone_number: '6281527975868', customer_name: 'Ani, "the boss" 😀' },
        { phone_number: '6281527975869', customer_name: 'Budi\nline 2' },
        { phone_number: '0815', customer_name: '' },
      ]);
      expect(opened.bytesRead()).toBe(Buffer.byteLength(content));
    }
  });

  it('tells its separator by its header line', async () => {
    const row = { phone_number: '6281527975868', customer_name: 'Ani, Budi' };
    expect(await readAll('phone_number;customer_name\n6281527975868;Ani, Budi')).toEqual([row]);
    expect(await readAll('phone_number,customer_name\n6281527975868,"Ani, Budi"')).toEqual([row]);
    expect(await readAll('"phone_number";"customer_name"\n6281527975868;Ani, Budi')).toEqual([row]);
    expect(await readAll('phone_number;"customer_name"\n6281527975868;Ani, Budi')).toEqual([row]);
    await expect(open('phone_number\tcustomer_name\n1\t2')).rejects.toThrow(/separated by tabs/);
  });

  it('of one column takes the separator that was given', async () => {
    const { rows } = await open('phone_number\n1;2', { separator: ';' });
    expect(await collect(rows)).toEqual([
      new UnreadableRow(
        'line 2 has 2 values, the header line names 1 column; a value with a ";" in it is put in quotes',
        '1\x002',
      ),
    ]);
  });

  it('has rows with too few or too many fields rejected, and goes on', async () => {
    const reasons = await reasonsOf(
      'phone_number,customer_name\n6281527975867\n6281527975868,Ani,x\n6281527975869,Budi\n',
    );
    expect(reasons).toEqual([
      'line 2 has 1 value, the header line names 2 columns',
      expect.stringMatching(/^line 3 has 3 values, the header line names 2 columns;/),
      undefined,
    ]);
  });

  it.each([
    ['', /is empty/],
    ['\n \r\n', /is empty/],
    ['\ufeff', /is empty/],
    ['6281527975868,Ani\n6281527975869,Budi', /no header line.*"6281\*+68"/],
    ['Ani;+62 815-2797-5868\n', /no header line/],
    ['phone_number,name,name, name\n', /names "name" more than once/],
    ['[{"phone_number":"6281527975868"}]', /JSON array/],
    ['p\0h\0o\0n\0e\0\n\0', /UTF-16/],
    ['x'.repeat(100_000), /too long for a header/],
  ])('%.30j has no usable header', async (content, message) => {
    await expect(open(content)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
  });

  it.each([
    ['1,"never closed\n2,x\n3,y\n', /line 6: a quote \("\) is opened that is never closed/],
    ['1,"a"b\n2,x\n', /line 6: text stands after a closing quote/],
    ['1,5" screen\n2,x\n', /line 6: a quote \("\) stands within a value/],
    [`1,"${'never closed\n'.repeat(800_000)}`, /line 6: the record that begins here is longer than 200,000 characters/],
  ])('with a broken quote gives what is before it and then names the line: %.20j', async (broken, message) => {
    for (const eol of ['\n', '\r\n']) {
      const good = ['phone_number,customer_name', '', '0815,"two', 'lines"', '0816,x'].join(eol) + eol;
      const { rows } = await open(good + broken, { size: 65_536 });
      const seen: unknown[] = [];
      const reading = (async () => {
        for await (const row of rows) seen.push(row);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'INPUT', message: expect.stringMatching(message) });
      expect(seen).toEqual([
        { phone_number: '0815', customer_name: `two${eol}lines` },
        { phone_number: '0816', customer_name: 'x' },
      ]);
    }
  });
});

describe('the encoding', () => {
  it('that is not UTF-8 is refused with the line and what to do', async () => {
    const latin1 = Buffer.concat([
      Buffer.from('phone_number,customer_name\n0815,😀\n0816,Ren'),
      Buffer.from([0xe9]),
      Buffer.from(',\n0817,x'),
    ]);
    for (const size of [3, 7, 1_000]) {
      await expect(readAll(latin1, size)).rejects.toMatchObject({
        code: 'INPUT',
        message: expect.stringMatching(/list\.csv is not in UTF-8 \(line 3\)\. Save it as UTF-8/),
      });
    }
  });

  it('that ends within a character is refused', async () => {
    await expect(readAll(Buffer.from('phone_number\n😀').subarray(0, -1))).rejects.toThrow(/not in UTF-8/);
  });

  it.each(['fffe', 'feff'])('UTF-16 (%s) is called by its name', async (bom) => {
    await expect(readAll(Buffer.from(`${bom}70006800`, 'hex'))).rejects.toThrow(/is in UTF-16\. Save it as UTF-8/);
  });
});

describe('newline-delimited JSON', () => {
  it('gives its objects as they are, and the first one tells the columns', async () => {
    const opened = await open(
      '\ufeff\n{"phone_number":81527975868,"body_variable1":"a\\nb"}\r\n\n{"phone_number":"0815"}',
    );
    expect(opened.format).toBe('ndjson');
    expect(opened.columns).toEqual(['phone_number', 'body_variable1']);
    expect(await collect(opened.rows)).toEqual([
      { phone_number: 81527975868, body_variable1: 'a\nb' },
      { phone_number: '0815' },
    ]);
  });

  it('has lines that are no objects rejected, and goes on', async () => {
    const good = '{"phone_number":"6281527975868"}';
    expect(await reasonsOf(`${good}\n{broken\n[1]\n"x"\nnull\n${good}`)).toEqual([
      undefined,
      'line 2 is no JSON',
      'line 3 is no JSON object',
      'line 4 is no JSON object',
      'line 5 is no JSON object',
      undefined,
    ]);
  });

  it('without any object is refused', async () => {
    await expect(open('{broken\n'.repeat(1_000))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(open('{"phone_number":\n"0815"}')).rejects.toThrow(/line 1 is no JSON object/);
  });
});

it.each([
  ['phone_number\n', '0815\n', 10],
  ['phone_number\n0815\n', '0815\n', 1],
  ['', '{"phone_number":"0815"}\n', 10],
  ['', '{"phone_number":"0815"}\n', 1],
])('a reader that stops early closes the file: %j, then %j, %i times', async (header, line, stopAfter) => {
  let closed = false;
  async function* endless(): AsyncGenerator<Buffer, void> {
    try {
      yield Buffer.from(header + line);
      for (;;) yield Buffer.from(line);
    } finally {
      closed = true;
    }
  }
  const { rows } = await openRecipients({ stream: endless(), name: 'endless' });
  let seen = 0;
  for await (const _ of rows) if (++seen === stopAfter) break;
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(true);
});

it('reading runs no further ahead than a few buffers', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Buffer, void> {
    yield Buffer.from('phone_number,customer_name\n');
    for (; given < 10_000; given++) yield Buffer.from('6281527975868,Ani\n'.repeat(1_000));
  }
  const { rows } = await openRecipients({ stream: endless(), name: 'endless' });
  for await (const _ of rows) break;
  expect(given).toBeLessThan(50);
});

it('a file that fails while it is read is an input error that names it', async () => {
  async function* failing(): AsyncGenerator<Buffer, void> {
    yield Buffer.from('phone_number\n0815\n');
    throw new Error('EIO: i/o error');
  }
  const reading = openRecipients({ stream: failing(), name: 'list.csv' }).then(({ rows }) => collect(rows));
  await expect(reading).rejects.toMatchObject({
    code: 'INPUT',
    message: "list.csv can't be read: EIO: i/o error",
  });
});
