import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { stringify } from 'csv-stringify/sync';
import { compileRecipientReader } from '../../src/domain/recipients/recipient.js';
import { openNumbers } from '../../src/input/read-numbers.js';
import { ani, chunks, collect, judge, open, read } from './reading.js';

describe('heads', () => {
  it.each([
    'Phone_Number ,CUSTOMER_NAME\n6281527975868,Ani\n',
    ' PHONE_NUMBER;\tCustomer_Name\n6281527975868;Ani\n',
    '{" Phone_Number":"6281527975868","CUSTOMER_NAME ":"Ani"}\n',
  ])('match whatever their case and the spaces around them: %j', async (content) => {
    expect(await read(content)).toMatchObject({ columns: ['phone_number', 'customer_name'], rows: [ani] });
  });

  it.each([
    'Phone Number,Nama,Notes\n6281527975868,Ani,x\n',
    'phone number;NAMA;notes\n6281527975868;Ani;x\n',
    '{"Phone Number":"6281527975868","Nama":"Ani","Notes":{"a":1}}\n',
  ])('are mapped, and left out where they are not wanted: %j', async (content) => {
    const map = { 'Phone Number': 'phone_number', Nama: 'customer_name' };
    const expected = { columns: ['phone_number', 'customer_name'], rows: [ani] };
    expect(await read(content, { map, ignoreColumns: ['Notes'] })).toMatchObject(expected);
    expect(await read(content, { map: { ...map, Notes: '' } })).toMatchObject(expected);
  });

  it.each([
    [
      'Phone Number,Nama\n6281527975868,Ani\n',
      /"Phone Number" and "Nama" are unknown.*--map "Phone Number=phone_number,Nama=customer_name"/,
    ],
    [
      'Kolom A;Kolom B;Kolom C\n+62 815-2797-5868;Siti Aminah;INV/2026/1\n',
      /--map "Kolom A=phone_number,Kolom B=customer_name,Kolom C=body_variable1".*--ignore-columns "Kolom C"/,
    ],
    [
      'phone_number,body_variable1,Kota\n6281527975868,x,Bandung 40132\n',
      /"Kota" is unknown.*--map "Kota=body_variable2".*--ignore-columns "Kota"/,
    ],
    [
      'Order number,Customer phone\n1234567890,+6281527975868\n',
      /--map "Order number=body_variable1,Customer phone=phone_number"/,
    ],
    ['phone_number,Kosong\n6281527975868,\n', /--ignore-columns "Kosong"/],
    ['phone_number,"Nama, lengkap"\n6281527975868,Ani\n', /--map '"Nama, lengkap"=customer_name'/],
    ['{"phone_number":"6281527975868","nama":"Ani"}\n', /--map "nama=customer_name"/],
    ['Kota,Nama\nBandung,Ani\n', /phone_number is a must/],
  ])('that are unknown are answered with what was probably meant: %j', async (content, message) => {
    await expect(open(content)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
  });

  it('that come to the same column are refused, both named', async () => {
    const refused = open('Phone_Number,phone_number\n1,2\n');
    await expect(refused).rejects.toThrow(/"Phone_Number" and "phone_number" both become phone_number/);
    const mapped = open('HP,Telp\n1,2\n', { map: { HP: 'phone_number', Telp: 'phone_number' } });
    await expect(mapped).rejects.toThrow(/"HP" and "Telp" both become phone_number/);
    const rows = await judge('{"phone_number":"6281527975868"}\n{"phone_number":"6281527975868","Phone_Number":"1"}\n');
    expect(rows[1]).toMatch(/line 2: "phone_number" and "Phone_Number" both become phone_number/);
  });

  it('that are mapped or left out, but are not there, are refused with those that are', async () => {
    const content = 'phone_number,Nama\n6281527975868,Ani\n';
    const map = { Name: 'customer_name' };
    await expect(open(content, { map })).rejects.toThrow(/no column "Name".*"phone_number", "Nama"/);
    await expect(open(content, { ignoreColumns: ['Notes'] })).rejects.toThrow(/no column "Notes"/);
  });
});

describe('a CSV', () => {
  it.each([
    'sep=;\nphone_number;customer_name\n6281527975868;Ani\n',
    '\ufeffsep=,\r\nphone_number,customer_name\r\n6281527975868,Ani\r\n',
    '"sep=;"\rphone_number;customer_name\r6281527975868;Ani\r',
    'phone_number,customer_name,\n6281527975868,Ani,\n',
    'phone_number;customer_name;;;\n6281527975868;Ani\n;;;;\n',
    'phone_number,,customer_name\n6281527975868,,Ani\n,,\n',
    'phone_number,customer_name\n6281527975868,Ani,\n',
    'phone_number, "customer_name"\n6281527975868,  "Ani"\n',
    ' "phone_number" ,"customer_name" \r\n "6281527975868" ,"Ani" \r\n',
    'phone_number,customer_name\r6281527975868,Ani\r',
    'phone_number,customer_name\n6281527975868,Ani\r\n\r\n',
  ])('is read as people have it: %j', async (content) => {
    for (const size of [1, 3, 1_000])
      expect(await read(content, {}, size)).toEqual({ columns: ['phone_number', 'customer_name'], rows: [ani] });
  });

  it('with a NUL in a row has that row rejected, and goes on', async () => {
    const content = 'phone_number,customer_name\n6281527975868,A\0ni\n6281527975869,Budi\n';
    const { columns, rows } = await read(content, {}, 1_000);
    const readings = rows.map(compileRecipientReader(columns, 'ID'));
    expect(readings).toMatchObject([{ ok: false, reason: expect.stringContaining('NUL') }, { ok: true }]);
  });

  it('keeps the spaces of values', async () => {
    const { rows } = await read('phone_number,customer_name\n6281527975868,  Ani  Sri \n6281527975868,"  Ani "\n');
    expect(rows).toEqual([
      { phone_number: '6281527975868', customer_name: '  Ani  Sri ' },
      { phone_number: '6281527975868', customer_name: '  Ani ' },
    ]);
  });

  it('has rows rejected whose values stand in no column, or are too few', async () => {
    const content = 'phone_number,customer_name,\n6281527975868,Ani,x\n\n6281527975868,1,5,\n6281527975868\n';
    expect(await judge(content)).toEqual([
      'line 2 has a value in column 3, which has no name in the header line',
      'line 4 has a value in column 3, which has no name in the header line',
      'line 5 has 1 value, the header line names 2 columns',
    ]);
    expect(await judge('phone_number,customer_name\n6281527975868,Ani,x\n')).toEqual([
      'line 2 has 3 values, the header line names 2 columns; a value with a "," in it is put in quotes',
    ]);
  });

  it('sends to nobody whom a line break in a column that is left out makes up', async () => {
    const content = 'phone_number,Notes\r\n6281527975868,call back\n6289900000002\r\n';
    expect(await judge(content, { ignoreColumns: ['Notes'] })).toEqual([
      '["6281527975868"]',
      'line 3 has 1 value, the header line names 2 columns',
    ]);
  });

  it.each([
    ['6281,a\n6282,\t"b"\n', 'line 4: white space that is no plain space stands before the quote'],
    ['6281,5" screen\n', 'line 3: a quote (") stands within a value'],
    ['6281,"a" b\n', 'line 3: text stands after a closing quote'],
    ['6281,"two\r\nlines"\r\n\r\n6282,"x\r\n', 'line 6: a quote (") is opened that is never closed'],
    ['6281,"two\nlines"x\n', 'line 4: text stands after a closing quote'],
  ])('points at what is wrong: %j', async (broken, message) => {
    for (const size of [1, 1_000]) {
      const { rows } = await open(`phone_number,customer_name\r\n\r\n${broken}`, {}, size);
      await expect(collect(rows)).rejects.toThrow(`list: ${message}`);
    }
  });

  it('is read as csv-stringify writes it, whatever its options', async () => {
    const names = ['Ani', 'a "b"', 'a,b;c', 'two\nlines', 'two\r\nlines', '', ' x ', '"', '""', ',', '😀'];
    const records = names.map((name) => ({ phone_number: '6281527975868', customer_name: name }));
    for (const delimiter of [',', ';'] as const)
      for (const record_delimiter of ['\n', '\r\n', '\r'])
        for (const quoted of [true, false])
          for (const bom of [true, false]) {
            const options = { header: true, delimiter, record_delimiter, quoted, bom };
            const text = stringify(records, { ...options, quote_record_delimiter: true, quoted_match: /[\r\n]/ });
            for (const size of [1, 5, 10_000]) expect((await read(text, {}, size)).rows).toEqual(records);
          }
  });
});

describe('newline-delimited JSON', () => {
  const good = '{"phone_number":"6281527975868"}';

  it.each([
    [`${good},\n${good}\n`, /line 1 ends with a comma.*jq/],
    [`${good}\n${good}\n${good},\r\n${good}\n`, /line 3 ends with a comma/],
    [`{"phone_number":1,}\n${good}\n`, /line 1 is no JSON object/],
    [`\n{broken\n${good}\n`, /line 2 is no JSON object/],
    [`{\n  "phone_number": "6281527975868"\n}\n`, /line 1.*jq -c \./],
    [`[${good},\n${good}]`, /is a JSON array.*jq -c '\.\[\]'/],
    [`  [\n${good}\n]`, /is a JSON array/],
    [`${good}${good}\n`, /line 1 is no JSON object/],
  ])('refuses the whole file, with the way out: %j', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('gives numbers digit for digit', async () => {
    const content =
      '{"phone_number":6281527975868,"body_variable1":12345678901234567890,"body_variable2":1500.00,"body_variable3":-0,"body_variable4":"1.50"}\n';
    expect(await judge(content)).toEqual(['["6281527975868","12345678901234567890","1500.00","-0","1.50"]']);
  });

  it.each(['1.5.5', '01', '1-2', '2026-12-01'])('takes %s for no number', async (number) => {
    const rows = await judge(`{"phone_number":1,"body_variable1":1}\n{"phone_number":1,"body_variable1":${number}}\n`);
    expect(rows[1]).toBe('line 2 is no JSON');
  });

  it('has a doubled key rejected, however it is written', async () => {
    const first = '{"phone_number":"6281527975868","body_variable1":"a"}';
    const line = (rest: string) => `{"phone_number":"6281527975868","body_variable1":"a"${rest}}`;
    expect(
      await judge(
        [
          first,
          line(',"body_variable1":"b"'),
          line(',"body_variable1" :"b"'),
          line(',"body\\u005fvariable1":"b"'),
          '{"phone_number":"6281527975868","body_variable1":"a \\": b, \\"body_variable1\\": \\"c"}',
          '{"phone_number" : "6281527975868" , "body_variable1" : "a:b\\\\"}',
          '',
        ].join('\n'),
      ),
    ).toEqual([
      '["6281527975868","a"]',
      'line 2 has the key "body_variable1" twice',
      'line 3 has the key "body_variable1" twice',
      'line 4 has the key "body_variable1" twice',
      '["6281527975868","a \\": b, \\"body_variable1\\": \\"c"]',
      '["6281527975868","a:b\\\\"]',
    ]);
  });

  it('counts lines as an editor does, whatever ends them', async () => {
    for (const eol of ['\n', '\r\n', '\r'])
      expect(await judge([good, '', 'null', good, '{x', ''].join(eol))).toEqual([
        '["6281527975868"]',
        'line 3 is no JSON object',
        '["6281527975868"]',
        'line 5 is no JSON',
      ]);
  });
});

describe('a list of numbers', () => {
  async function numbers(content: string | Buffer, mayBeCut = false) {
    const opened = await openNumbers({ stream: chunks(content, 5), name: 'list', mayBeCut });
    return { rows: await collect(opened.rows), cutLine: opened.cutLine() };
  }

  it('is read with CR, LF or CRLF, and packed', async () => {
    const expected = [{ phone_number: '6281527975868' }, { phone_number: '+62 815-2797-5869' }];
    for (const eol of ['\r', '\n', '\r\n']) {
      const content = `6281527975868${eol}${eol}+62 815-2797-5869${eol}`;
      expect((await numbers(content)).rows).toEqual(expected);
      expect((await numbers(gzipSync(content))).rows).toEqual(expected);
    }
  });

  it('may have its column written otherwise, and others that nobody knows', async () => {
    const { rows } = await numbers('Nama; Phone_Number ;Nama\nAni;6281527975868;x\n');
    expect(rows).toEqual([{ phone_number: '6281527975868' }]);
  });

  it('does not take half a number', async () => {
    const { rows, cutLine } = await numbers('6281527975868\n62815279', true);
    expect(rows[1]).toMatchObject({ reason: 'line 2 has no line end: it may have been cut off' });
    expect(cutLine).toBe(2);
  });
});
