import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Client } from 'undici';
import { buildReceiver } from '../../../src/admin/callbacks/server.js';
import { listen } from '../../../src/admin/listen.js';
import { asViewer } from '../../support/admin.js';
import { item } from '../../support/statuses.js';
import {
  ask,
  before,
  lastNumber,
  ledger,
  listener,
  nextNumber,
  oldSecret,
  ownSecret,
  path,
  rig,
  secret,
  statuses,
  useReceiver,
} from './setting.js';

useReceiver();

test('a callback is taken, and its counts are the answer', async () => {
  const number = nextNumber();
  const now = new Date();
  const body = statuses(
    item('m1', 'sent', now, number),
    item('m1', 'read', now, number),
    item('m1', 'deleted', now, number),
    item('strange', 'read', now, '6281399999999'),
  );
  const answer = await ask({ body, path: `${path}?from=qiscus` });
  expect(answer).toMatchObject({ status: 200, body: { updated: 1, ignored: 2, unknown: 1 } });
  expect(await rig.query('SELECT status FROM broadcast_logs WHERE message_id = $1', ['m1'])).toEqual([
    { status: 'read' },
  ]);
});

test.each([{ messages: [{ id: 'x' }] }, { type: 'new_message', payload: {} }, { statuses: [] }])(
  'what a channel is told besides is answered with 200 and changes nothing: %j',
  async (body) => {
    expect(await ask({ body: JSON.stringify(body) })).toMatchObject({ status: 200 });
    expect(await ledger()).toEqual(before);
  },
);

test('a message that nobody knows is counted so, and no failure', async () => {
  const answer = await ask({ body: statuses(item('nobody', 'sent', new Date(), '6281399999999')) });
  expect(answer).toMatchObject({ status: 200, body: { updated: 0, ignored: 0, unknown: 1 } });
  expect(await ledger()).toEqual(before);
});

test.each<[string, (text: string) => Parameters<typeof ask>[0]]>([
  ['gzip', (text) => ({ body: gzipSync(text), headers: { 'Content-Encoding': 'gzip' } })],
  ['deflate', (text) => ({ body: deflateSync(text), headers: { 'Content-Encoding': 'Deflate' } })],
  ['a type that is none', (text) => ({ body: text, headers: { 'Content-Type': 'json' } })],
  ['a slash at the end', (text) => ({ body: text, path: `${path}/` })],
])('a callback with %s is taken', async (name, packed) => {
  const number = nextNumber();
  const answer = await ask(packed(statuses(item(`with ${name}`, 'sent', new Date(), number))));
  expect(answer).toMatchObject({ status: 200, body: { updated: 1 } });
});

test('a callback of just under 4 MB is taken', async () => {
  const number = nextNumber();
  const body = statuses(item('large', 'sent', new Date(), number));
  expect(await ask({ body: body + ' '.repeat(4_000_000 - body.length) })).toMatchObject({ status: 200 });
  expect(await ask({ body: body + ' '.repeat(4_000_001 - body.length) })).toMatchObject({ status: 413 });
});

test.each([
  ['default', secret],
  ['default', oldSecret],
  ['north', secret],
  ['acme', ownSecret],
])('the account %s has an address of its own, with each of its secrets: %s', async (account, its) => {
  const number = nextNumber();
  const body = statuses(item(`of ${account} with ${its}`, 'sent', new Date(), number));
  const answer = await ask({ body, path: `/callbacks/qiscus/${account}/${its}` });
  // Only the default account has sent to it.
  const isOurs = account === 'default' ? 1 : 0;
  expect(answer).toMatchObject({ status: 200, body: { updated: isOurs, unknown: 1 - isOurs } });
});

test.each([
  `acme/${secret}`,
  `default/${ownSecret}`,
  ownSecret,
  `north/${secret}/more`,
  `North/${secret}`,
  `${secret},${oldSecret}`,
])('%s opens nothing', async (wrong) => {
  expect(await ask({ body: statuses(item('x', 'sent')), path: `/callbacks/qiscus/${wrong}` })).toMatchObject({
    status: 404,
  });
});

test('who is who is read from contacts, and a status that tells the user id only is placed by it', async () => {
  const number = nextNumber();
  const userId = 'MY.2035200694071263';
  const told = { contacts: [{ wa_id: number, user_id: userId }], messages: [{ id: 'x' }] };
  expect(await ask({ body: JSON.stringify({ entry: [{ changes: [{ value: told }] }] }) })).toMatchObject({
    status: 200,
  });
  const body = statuses({ ...item('of a user', 'sent', new Date()), recipient_user_id: userId });
  expect(await ask({ body })).toMatchObject({ status: 200, body: { updated: 1 } });
});

test('who asks to be left alone is put on the suppression list', async () => {
  const [first, second] = [nextNumber(), nextNumber()];
  const preference = { wa_id: first, category: 'marketing_messages', value: 'stop' };
  const reply = { id: 'wamid.in', from: second, type: 'text', text: { body: 'berhenti' } };
  const bodies = [{ user_preferences: [preference] }, { messages: [reply] }];
  for (const body of bodies) expect(await ask({ body: JSON.stringify(body) })).toMatchObject({ status: 200 });
  for (const number of [first, second])
    expect(await rig.siaran.recipient(number)).toMatchObject({ phoneNumber: number, suppressed: true });
});

test('half of a character, or a NUL, keeps nobody from being left alone', async () => {
  for (const id of ['wamid.\ud83d', 'wamid.\0', '\udfff']) {
    const number = nextNumber();
    const reply = { id, from: number, type: 'text', text: { body: 'berhenti' }, timestamp: '1767225600' };
    expect(await ask({ body: JSON.stringify({ messages: [reply] }) })).toMatchObject({ status: 200 });
    expect(await rig.siaran.recipient(number)).toMatchObject({ suppressed: true });
  }
});

test('a portal that looks whether the address is there finds it', async () => {
  for (const at of [path, `${path}/`]) expect(await ask({ method: 'GET', path: at })).toMatchObject({ status: 200 });
  expect(await ask({ method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  const challenge = (text: string) => ask({ method: 'GET', path: `${path}?hub.mode=subscribe&hub.challenge=${text}` });
  expect(await challenge('1158201444')).toMatchObject({
    body: 1158201444,
    headers: { 'content-type': expect.stringContaining('text/plain') },
  });
  expect((await challenge('%3Cscript%3E')).body).toEqual({ ok: true });
  expect(await ask({ method: 'GET', path: `${path}x?hub.challenge=1` })).toMatchObject({ status: 404 });
});

test('a connection is kept for longer than a proxy keeps it, and a rest between two requests does not end it', async () => {
  const app = await buildReceiver(rig.ctx, { patienceMs: 1_000 });
  expect(app.server.keepAliveTimeout).toBeGreaterThanOrEqual(65_000);
  const { url, close } = await listen(app, { host: '127.0.0.1', port: 0 });
  const client = new Client(url);
  try {
    const get = async () => (await client.request({ method: 'GET', path })).body.dump();
    let connections = 0;
    app.server.on('connection', () => (connections += 1));
    await get();
    // Longer than a client may take for its headers, as Node counts that.
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    await get();
    expect(connections).toBe(1);
  } finally {
    await client.destroy();
    await close();
  }
});

test('health and figures are there too; figures only for who has a token', async () => {
  expect(await ask({ method: 'GET', path: '/healthz' })).toMatchObject({ status: 200, body: { ok: true } });
  expect(await ask({ method: 'GET', path: '/readyz' })).toMatchObject({ status: 200, body: { ready: true } });
  const number = nextNumber();
  await ask({ body: statuses(item('counted', 'sent', new Date(), number)) });
  await ask({ path: `${path}x` });
  const figures = await (await fetch(`${listener.url}/metrics`, { headers: asViewer })).text();
  expect(figures).toMatch(/^siaran_callbacks_total\{answer="404"\} [1-9]/m);
  expect(figures).toMatch(/^siaran_callback_statuses_total\{outcome="updated"\} [1-9]/m);
  expect(figures).not.toContain(secret);
  expect((await fetch(`${listener.url}/metrics`)).status).toBe(401);
});

describe('what is no callback of ours changes nothing', () => {
  const good = () => statuses(item('bad', 'sent', new Date(), lastNumber));
  test.each<[string, number, () => Parameters<typeof ask>[0]]>([
    ['a wrong secret', 404, () => ({ path: `${path}x`, body: good() })],
    ['half of the secret', 404, () => ({ path: path.slice(0, -10), body: good() })],
    ['no secret', 404, () => ({ path: '/callbacks/qiscus/', body: good() })],
    ['another path', 404, () => ({ path: '/', method: 'GET' })],
    ['PUT', 405, () => ({ method: 'PUT', body: good() })],
    ['no body', 400, () => ({})],
    ['not JSON', 400, () => ({ body: '{"statuses": [' })],
    ['an array', 400, () => ({ body: '[]' })],
    ['text that is no UTF-8', 400, () => ({ body: Buffer.from([0x22, 0xff, 0x22]) })],
    ['brackets without end', 400, () => ({ body: '['.repeat(900_000) })],
    ['an object of neither form', 422, () => ({ body: '{"status": "sent"}' })],
    ['statuses that are none', 422, () => ({ body: '{"statuses": [{"status": "sent"}, 7]}' })],
    ['packed otherwise', 415, () => ({ body: good(), headers: { 'Content-Encoding': 'br' } })],
    ['packed, as it says, and is not', 400, () => ({ body: good(), headers: { 'Content-Encoding': 'gzip' } })],
    [
      '100 MB in 100 kB of gzip',
      413,
      () => ({ body: gzipSync(Buffer.alloc(100_000_000, ' ')), headers: { 'Content-Encoding': 'gzip' } }),
    ],
    ['10 MB', 413, () => ({ body: Buffer.alloc(10_000_000, ' ') })],
    [
      '10 MB in pieces',
      413,
      () => ({ body: Buffer.alloc(10_000_000, ' '), headers: { 'Transfer-Encoding': 'chunked' } }),
    ],
  ])('%s: %i', async (_, status, options) => {
    const answer = await ask(options());
    expect(answer).toMatchObject({ status, body: { error: expect.any(String) } });
    expect(JSON.stringify(answer)).not.toContain(secret.slice(0, 10));
    expect(await ledger()).toEqual(before);
  });

  test('a path without the secret is told nothing of what is there', async () => {
    const [wrong, other] = [await ask({ path: `${path}x`, method: 'GET' }), await ask({ path: '/nothing' })];
    expect(wrong.body).toEqual(other.body);
  });
});
