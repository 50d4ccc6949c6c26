import { afterEach, describe, expect, test } from '@jest/globals';
import { type Client, openClient, TWO_ROWS } from './client.js';

let client: Client;
afterEach(() => client.close());

function rows(count: number): string {
  return Array.from({ length: count }, (_, at) => `${628_000_000_000 + at}\n`).join('');
}

test('an uploaded file is answered in the documented shape, not wrapped in data, with credits as text', async () => {
  client = await openClient();
  const reply = await client.upload(TWO_ROWS);
  expect(reply.status).toBe(200);
  expect(reply.json).toEqual({
    broadcast_file_id: expect.any(Number),
    current_balance: { credits: '0', free_session: 1000, quota: 857 },
    estimation_charge: { credit: 0, free_session: 2, quota: 0 },
  });
});

test('file ids rise', async () => {
  client = await openClient();
  const first = await client.file();
  expect(await client.file()).toBeGreaterThan(first);
});

test.each([
  ['1,000 rows', `phone_number\n${rows(1000)}`, {}],
  [
    'every documented column',
    'customer_name,phone_number,header_variable,body_variable15,button_type,button2_variable1\na,628111111111,b,c,quick_reply,d\n',
    {},
  ],
  ['semicolons that are declared', 'phone_number;body_variable1\n628111111111;1,5\n', { separator: ';' }],
  ['quotes, line breaks inside them and CRLF', 'phone_number,body_variable1\r\n628111111111,"a ""b"",\nc"\r\n', {}],
  ['the same number twice', 'phone_number\n628111111111\n628111111111\n', {}],
  ['an empty variable', 'phone_number,body_variable1\n628111111111,\n', {}],
  ['no line break at the end', 'phone_number\n628111111111', {}],
])('a file with %s is accepted', async (_, csv, fields) => {
  client = await openClient();
  expect(await client.upload(csv, fields)).toMatchObject({ status: 200 });
  expect(client.sandbox.accepted.files()).toHaveLength(1);
});

test.each<[string, string | Uint8Array, Record<string, string>, string]>([
  [
    'bytes that are not UTF-8',
    Buffer.from('phone_number,body_variable1\n628111111111,\xff\n', 'latin1'),
    {},
    'not valid UTF-8',
  ],
  ['a byte order mark', '\uFEFFphone_number\n628111111111\n', {}, 'byte order mark'],
  ['nothing in it', '', {}, 'file is empty'],
  ['a header only', 'phone_number\n', {}, 'no recipients'],
  ['1,001 rows', `phone_number\n${rows(1001)}`, {}, 'more than 1000'],
  ['no phone_number', 'customer_name\nAni\n', {}, 'no column phone_number'],
  [
    'a doubled column',
    'phone_number,body_variable1,body_variable1\n628111111111,a,b\n',
    {},
    '"body_variable1" stands in the header twice',
  ],
  ['an unknown column', 'phone_number,body_variable16\n628111111111,a\n', {}, 'unknown column "body_variable16"'],
  ['a plus before a number', 'phone_number\n628111111111\n+628222222222\n', {}, 'line 3: phone_number "+628222222222"'],
  ['a national number', 'phone_number\n08111111111\n', {}, 'not E.164 digits'],
  ['a number that is too long', 'phone_number\n6281111111111111\n', {}, 'not E.164 digits'],
  [
    'a row that is too short',
    'phone_number,customer_name\n628111111111,Ani\n628222222222\n',
    {},
    'line 3 has 1 columns, the header has 2',
  ],
  ['a row that is too long', 'phone_number\n628111111111,Ani\n', {}, 'line 2 has 2 columns, the header has 1'],
  ['another separator than declared', 'phone_number;customer_name\n628111111111;Ani\n', {}, 'no column phone_number'],
  ['an open quote', 'phone_number,customer_name\n628111111111,"Ani\n', {}, 'not valid CSV'],
  [
    'a line feed in a value without quotes',
    'phone_number,body_variable1\r\n628111111111,Halo\n6289900000002\r\n',
    {},
    'read differently by a strict and by a lenient reader, from record 2 on',
  ],
  [
    'a carriage return in a value without quotes',
    'phone_number,body_variable1\r\n628111111111,Halo\r6289900000002\r\n',
    {},
    'read differently',
  ],
  ['a carriage return among line feeds', 'phone_number\n628111111111\r628222222222\n', {}, 'read differently'],
  ['a quote within a value', 'phone_number,body_variable1\n628111111111,5" pipe\n', {}, 'not valid CSV'],
  ['no template', TWO_ROWS, { template_detail_id: '' }, 'template_detail_id'],
  ['a template that is no integer', TWO_ROWS, { template_detail_id: 'x1' }, 'template_detail_id'],
  ['an unknown separator', TWO_ROWS, { separator: '|' }, 'separator: must be "," or ";"'],
])('a file with %s is refused with 422 and a reason', async (_, csv, fields, reason) => {
  client = await openClient();
  const reply = await client.upload(csv, fields);
  expect(reply).toMatchObject({ status: 422, json: { error: expect.stringContaining(reason) } });
  expect(client.sandbox.accepted.summary()).toMatchObject({ files: 0, requests: { upload: 1 } });
});

test('an upload without a file, or that is not multipart, is refused', async () => {
  client = await openClient();
  const path = '/api/v3/admin/broadcast/upload_csv';
  const keys = { 'Qiscus-App-Id': 'a', 'Qiscus-Secret-Key': 'b' };
  const json = await client.call('POST', path, '{}', { ...keys, 'Content-Type': 'application/json' });
  expect(json).toMatchObject({ status: 422, json: { error: 'Content-Type must be multipart/form-data' } });
  const broken = await client.call('POST', path, 'nonsense', {
    ...keys,
    'Content-Type': 'multipart/form-data; boundary=x',
  });
  expect(broken).toMatchObject({ status: 422, json: { error: 'body is not valid multipart/form-data' } });
  const part = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const noFile = `${part('template_detail_id', '1')}${part('separator', ',')}${part('file', TWO_ROWS)}--x--\r\n`;
  const text = await client.call('POST', path, noFile, { ...keys, 'Content-Type': 'multipart/form-data; boundary=x' });
  expect(text).toMatchObject({ status: 422, json: { error: 'file: must be a file' } });
});

describe('keys', () => {
  test.each([
    ['no app id', { 'Qiscus-Secret-Key': 'secret' }],
    ['no secret', { 'Qiscus-App-Id': 'app' }],
    ['an empty secret', { 'Qiscus-App-Id': 'app', 'Qiscus-Secret-Key': '' }],
    ['a wrong app id', { 'Qiscus-App-Id': 'other', 'Qiscus-Secret-Key': 'secret' }],
    ['a wrong secret', { 'Qiscus-App-Id': 'app', 'Qiscus-Secret-Key': 'other' }],
  ])('a request with %s is answered 401 and nothing is accepted', async (_, headers) => {
    client = await openClient({ appId: 'app', secretKey: 'secret' });
    const reply = await client.upload(TWO_ROWS, {}, headers);
    expect(reply).toMatchObject({ status: 401, json: { errors: { message: expect.any(String) } } });
    expect(client.sandbox.accepted.files()).toEqual([]);
  });

  test('the keys that were set are let in; without set keys any are', async () => {
    client = await openClient({ appId: 'app', secretKey: 'secret' });
    expect(await client.upload(TWO_ROWS)).toMatchObject({ status: 200 });
    await client.close();
    client = await openClient();
    expect(await client.upload(TWO_ROWS, {}, { 'Qiscus-App-Id': 'x', 'Qiscus-Secret-Key': 'y' })).toMatchObject({
      status: 200,
    });
    expect(await client.upload(TWO_ROWS, {}, {})).toMatchObject({ status: 401 });
    const empty = { 'Qiscus-App-Id': 'x', 'Qiscus-Secret-Key': '' };
    expect(await client.upload(TWO_ROWS, {}, empty)).toMatchObject({ status: 401 });
  });
});

describe('assumptions turned round', () => {
  test('refuseDuplicateNumbers refuses a number that stands twice', async () => {
    client = await openClient({ assumptions: { refuseDuplicateNumbers: true } });
    const reply = await client.upload('phone_number\n628111111111\n628111111111\n');
    expect(reply).toMatchObject({ status: 422, json: { error: expect.stringContaining('line 3') } });
  });

  test('refuseByteOrderMark and refuseUnknownColumns let pass when they are off', async () => {
    client = await openClient({ assumptions: { refuseByteOrderMark: false, refuseUnknownColumns: false } });
    expect(await client.upload('\uFEFFphone_number,anything\n628111111111,a\n')).toMatchObject({ status: 200 });
  });

  test('refuseEmptyVariables names the line and the column', async () => {
    client = await openClient({ assumptions: { refuseEmptyVariables: true } });
    const reply = await client.upload('phone_number,customer_name,body_variable1\n628111111111,,\n');
    expect(reply).toMatchObject({ status: 422, json: { error: 'line 2: body_variable1 is empty' } });
  });

  test('dropBadNumbers accepts the file and counts the good rows only', async () => {
    client = await openClient({ assumptions: { dropBadNumbers: true } });
    expect(await client.upload('phone_number\n0811\n628111111111\n')).toMatchObject({ status: 200 });
    expect(client.sandbox.accepted.files()).toMatchObject([{ rows: 1 }]);
  });

  test('refuseWithErrorsObject changes the shape of refusals', async () => {
    client = await openClient({ assumptions: { refuseWithErrorsObject: true } });
    expect(await client.upload('')).toMatchObject({ status: 422, json: { errors: { message: 'file is empty' } } });
  });
});
