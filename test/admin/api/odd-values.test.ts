import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { storableText } from '../../../src/domain/text/unstorable.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { invoiceColumns } from '../../support/rig.js';

/** Each field of each request that the API describes has something in it that nobody asked for. */
let rig: AdminRig;
const known: Record<string, unknown> = { templateDetailId: 172, columns: invoiceColumns, timeZone: 'Asia/Jakarta' };

beforeAll(async () => {
  rig = await startAdminRig();
  const { id } = await rig.siaran.startRun({ name: 'One', templateDetailId: 172, columns: invoiceColumns });
  await rig.siaran.pause(id);
  Object.assign(known, { runId: id, phoneNumber: '6281234567890', phoneNumbers: ['6281234567890'] });
});
afterAll(() => rig.close());

type Schema = {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  minimum?: number;
  format?: string;
};
type Operation = {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};

/** By the names under which the document has them. */
let named: Record<string, Schema> = {};

/** Something that might be right. */
function sampleOf(schema: Schema, name = ''): unknown {
  if (name in known) return known[name];
  if (schema.$ref !== undefined) return sampleOf(named[schema.$ref.split('/').at(-1) ?? ''] ?? {}, name);
  if (schema.anyOf?.[0]) return sampleOf(schema.anyOf[0], name);
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'array') return [sampleOf(schema.items ?? {}, name)];
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, 1);
  if (schema.type === 'boolean') return true;
  if (schema.format === 'date-time') return '2027-01-05T02:00:00Z';
  if (!schema.properties) return 'text';
  return Object.fromEntries(Object.entries(schema.properties).map(([key, inner]) => [key, sampleOf(inner, key)]));
}

/** The same with another value in one place, for each place. */
function* withOneOdd(value: unknown, odd: () => unknown): Generator<unknown> {
  yield odd();
  if (Array.isArray(value))
    for (const [at, inner] of value.entries()) for (const other of withOneOdd(inner, odd)) yield value.with(at, other);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      for (const other of withOneOdd(inner, odd)) yield { ...value, [key]: other };
}

/** One after the other, so that every place of every request meets something else. */
function* inTurn<T>(values: readonly T[]): Generator<T, never> {
  for (;;) yield* values;
}

const texts = [
  'a\ud800b',
  '\u202e',
  '9'.repeat(30),
  'x'.repeat(5_000),
  '__proto__',
  '%00',
  "'; --",
  '1e400',
  '\u0001',
  '',
];
const values = [...texts, { '\udfff': 1 }, -1, 2 ** 53, 1e308, null, [], [null], {}, true];

test('nothing that is odd makes the admin fail, whatever it is asked', async () => {
  const { paths, components } = (await rig.ask('GET', '/openapi.json')).body as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  named = components.schemas;
  const failed: string[] = [];
  let asked = 0;
  const oddValues = inTurn(values);
  const oddTexts = inTurn(texts.filter((text) => text !== ''));
  const ask = async (method: string, path: string, json?: unknown) => {
    asked += 1;
    const answer = await rig.ask(method, path, json === undefined ? {} : { json });
    if (answer.status >= 500) failed.push(`${method} ${path.slice(0, 80)} ${JSON.stringify(json)?.slice(0, 200)}`);
  };
  const encoded = () => encodeURIComponent(storableText(oddTexts.next().value));
  for (const [path, methods] of Object.entries(paths).filter(([name]) => !name.endsWith('/events')))
    for (const [method, { parameters = [], requestBody }] of Object.entries(methods)) {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(known[name] ?? 'text'));
      const schema = requestBody?.content['application/json']?.schema;
      const body = schema && sampleOf(schema);
      for (const { name, in: place } of parameters)
        if (place === 'query') await ask(method.toUpperCase(), `${filled}?${name}=${encoded()}`, body);
        else await ask(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, encoded), body);
      if (body !== undefined)
        for (const other of withOneOdd(body, () => oddValues.next().value))
          await ask(method.toUpperCase(), filled, other);
    }
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(200);
});

test('half of a character is refused by its name, in a value and in a key, and a text that only looks so is taken', async () => {
  const run = { name: 'Two', templateDetailId: 172, columns: invoiceColumns };
  for (const wrong of [
    { ...run, name: 'Two \ud83d' },
    { ...run, key: '\udfff' },
    { ...run, '\ud800': 1 },
  ])
    expect(await rig.ask('POST', '/api/v1/runs', { json: wrong })).toMatchObject({
      status: 400,
      body: { code: 'USAGE', detail: expect.stringContaining('half a character') },
    });
  for (const name of ['a \\u0000 b', 'a \\\\ud800 b', 'a 😀 b'])
    expect(await rig.ask('POST', '/api/v1/runs', { json: { ...run, name } })).toMatchObject({ status: 201 });
});

test('dates that Postgres does not have are refused', async () => {
  const odd = [
    '-271821-04-20T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
    '-005000-01-01',
    '1969-12-31',
    '+010000-01-01',
  ];
  for (const path of ['/api/v1/runs', '/api/v1/audit', '/runs', '/audit'])
    for (const field of ['since', 'until'])
      for (const date of odd)
        expect([path, date, (await rig.ask('GET', `${path}?${field}=${encodeURIComponent(date)}`)).status]).toEqual([
          path,
          date,
          400,
        ]);
  for (const date of ['1970-01-01', '9999-12-31', '2026-12-01T09:00:00%2B07:00'])
    expect((await rig.ask('GET', `/api/v1/runs?since=${date}`)).status).toBe(200);
});
