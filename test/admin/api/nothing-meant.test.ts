import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fastify } from 'fastify';
import * as z from 'zod';
import { refuseCoercion } from '../../../src/admin/api/asked/plain-bodies.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { chunked } from '../../support/runs.js';

/** What a script sends that forgot to set a variable: it must never stand for everything. */
let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

type Parameter = { name: string; in: string };

test('each parameter of each address of the API is refused when it is empty, and named', async () => {
  const { body: api } = await rig.ask('GET', '/openapi.json');
  const asked = Object.entries<Record<string, { parameters?: Parameter[] }>>(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [] }]) =>
      parameters
        .filter((parameter) => parameter.in === 'query')
        .map(({ name }) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'), name] as const),
    ),
  );
  expect(asked.length).toBeGreaterThan(40);
  for (const [method, path, name] of asked)
    for (const empty of ['', '%20']) {
      const { status, body } = await rig.ask(method, `${path}?${name}=${empty}`, { token: tokens.owner });
      expect([method, path, name, status, body.code]).toEqual([method, path, name, 400, 'USAGE']);
      expect(body.detail).toContain(name);
    }
});

test('a filter that is empty lists no run, and the empty fields of a form list all of them', async () => {
  const runId = await chunked(rig, 1, { name: 'Here' });
  for (const field of ['state', 'name', 'account', 'campaign', 'kind', 'since', 'until'])
    expect(await rig.ask('GET', `/api/v1/runs?${field}=`)).toMatchObject({
      status: 400,
      body: { detail: `"${field}" is empty: leave it out, or say what it is.` },
    });
  const headers = { Accept: 'text/html' };
  const page = await rig.ask('GET', '/runs?name=&state=&account=&campaign=&since=&until=', { headers });
  expect([page.status, page.text.includes(`/runs/${runId}`)]).toEqual([200, true]);
  expect((await rig.ask('GET', '/audit?actor=&action=&target=', { headers })).status).toBe(200);
  await rig.siaran.cancel(runId);
});

test('what is no date is refused with what was given and what would be right', async () => {
  for (const [given, shown] of [
    ['1', '"1"'],
    ['6281234567890', '"6281*******90"'],
    ['2026-12-01 09:00', '"2026-12-01 09:00"'],
  ])
    expect((await rig.ask('GET', `/api/v1/runs?since=${encodeURIComponent(given ?? '')}`)).body).toMatchObject({
      detail: `since: it is ${shown}; write a date as 2026-12-01, or an instant as 2026-12-01T09:00:00Z; a + is written as %2B in an address`,
    });
});

test('a token is good for no other term than was asked for', async () => {
  await rig.ask('POST', '/api/v1/users', { json: { name: 'dewi', role: 'viewer' }, token: tokens.owner });
  for (const days of [true, null, '7', [7]])
    expect(
      await rig.ask('POST', '/api/v1/users/dewi/tokens', { json: { label: 'a', days }, token: tokens.owner }),
    ).toMatchObject({ status: 400, body: { detail: expect.stringContaining('days') } });
});

test('a route whose body takes one kind of value for another is refused as the admin starts', async () => {
  const app = fastify();
  refuseCoercion(app);
  const add = (body: z.ZodType) => () => app.post(`/${Math.random()}`, { schema: { body } }, () => 'done');
  for (const coerced of [z.coerce.number(), z.coerce.date(), z.coerce.boolean(), z.coerce.string()])
    for (const body of [
      z.strictObject({ a: coerced }),
      z.strictObject({ a: z.array(coerced.optional()) }).nullish(),
      z.strictObject({ a: z.union([z.string(), coerced]).default('') }),
      z.record(z.string(), coerced),
    ])
      expect(add(body)).toThrow('takes a value of another kind');
  expect(add(z.strictObject({ a: z.number(), at: z.iso.date().pipe(z.coerce.date()) }))).not.toThrow();
  await app.close();
});
