import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { chunked } from '../../support/runs.js';
import { openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let visitors: Visitors;
beforeAll(async () => {
  rig = await startAdminRig();
  visitors = await openVisitors(rig);
});
afterAll(() => rig.close());

const bulk = (json: object, token = tokens.operator) => rig.ask('POST', '/api/v1/runs/bulk', { json, token });
const pending = async (id: string) => (await rig.siaran.run(id)).recipients.pending;

test('runs that fit are looked at over HTTP and cancelled as they were seen; other runs than were seen are not', async () => {
  const id = await chunked(rig, 3, { name: 'Promo' });
  const other = await chunked(rig, 5, { name: 'Invoices' });
  const request = { action: 'cancel', filter: { name: 'promo', kind: 'broadcast', since: '2020-01-01T00:00:00Z' } };
  const seen = await bulk({ ...request, dryRun: true });
  expect(seen).toMatchObject({ status: 200, body: { found: { runs: 1, recipients: 3 }, done: { runs: 0 }, left: 1 } });
  const late = await bulk({ ...request, expected: { ...seen.body.found, runs: 2 } });
  expect(late).toMatchObject({ status: 409, body: { code: 'CHANGED_MEANWHILE' } });
  expect(late.body.current).toMatchObject({ found: { runs: 1, recipients: 3 } });
  expect(await pending(id)).toBe(3);
  const done = await bulk({ ...request, expected: seen.body.found });
  expect(done).toMatchObject({ status: 200, body: { done: { runs: 1, recipients: 3 }, refused: [], left: 0 } });
  expect([await pending(id), await pending(other)]).toEqual([0, 5]);
  const { body } = await rig.ask('GET', '/api/v1/audit?actor=ada');
  const told = body.items.map(({ text, detail }: { text: string; detail: object }) => [text, detail]);
  expect(told).toContainEqual([`ada (token) cancelled run "Promo" (${id}, 3 people)`, { bulk: true }]);
  expect(told).toContainEqual([
    'ada (token) asked to cancel all runs that fit',
    {
      action: 'cancel',
      filter: { name: 'promo', kind: 'broadcast', since: '2020-01-01T00:00:00.000Z' },
      expected: '(not kept)',
    },
  ]);
  await rig.siaran.cancel(other);
});

test.each([
  [{ action: 'cancel', filter: { status: 'held' } }, 'status'],
  [{ action: 'cancel', filter: { state: 'held' }, statee: 'held' }, 'statee'],
  [{ action: 'cancel', filter: { state: 'stuck' } }, 'state'],
  [{ action: 'pause', filter: { state: 'held' } }, 'action'],
  [{ action: 'cancel' }, 'filter'],
  [{ action: 'cancel', filter: {} }, 'The filter is empty'],
  [{ action: 'cancel', filter: { state: 'sealed' }, expected: { runs: 1, recipients: 1 } }, 'expected'],
  [{ action: 'cancel', filter: { state: 'sealed', name: '' } }, 'name'],
])('%j is refused with 400, and nothing is done', async (body, why) => {
  const id = await chunked(rig, 1);
  const answer = await bulk(body);
  expect([answer.status, answer.body.code]).toEqual([400, 'USAGE']);
  expect(JSON.stringify(answer.body)).toContain(why);
  expect(await pending(id)).toBe(1);
  await rig.siaran.cancel(id);
});

test('viewers cancel nothing, and see no button for it', async () => {
  const id = await chunked(rig, 1);
  expect((await bulk({ action: 'cancel', filter: {}, all: true }, tokens.viewer)).status).toBe(403);
  expect(await pending(id)).toBe(1);
  expect((await visitors.get('/runs?state=sealed')).text).toContain('href="/bulk/cancel?state=sealed"');
  expect((await visitors.get('/runs?state=sealed', visitors.viewer)).text).not.toContain('/bulk/cancel');
  expect((await visitors.get('/bulk/cancel?state=sealed', visitors.viewer)).status).toBe(403);
  await rig.siaran.cancel(id);
});

test('on the page nothing is done to other runs than were shown, also to as many with as many people', async () => {
  const [one, two] = [await chunked(rig, 2, { name: 'Shown' }), await chunked(rig, 2, { name: 'Shown not' })];
  await rig.siaran.pause(one);
  const page = await visitors.get('/bulk/resume?state=paused');
  const [, ifState = ''] = /name="ifState" value="([^"]+)"/.exec(page.text) ?? [];
  await rig.siaran.resume(one);
  await rig.siaran.pause(two);
  const answer = await visitors.post('/bulk/resume', {
    state: 'paused',
    expectedRuns: '1',
    expectedRecipients: '2',
    ifState,
  });
  expect(answer.status).toBe(409);
  expect((await rig.siaran.run(two)).status).toBe('paused');
  for (const id of [one, two]) await rig.siaran.cancel(id);
});

test('the page of runs offers nothing for all runs, and refuses it', async () => {
  const id = await chunked(rig, 1);
  expect((await visitors.get('/runs')).text).not.toContain('/bulk/');
  expect((await visitors.get('/bulk/cancel')).status).toBe(400);
  expect(await pending(id)).toBe(1);
  await rig.siaran.cancel(id);
});
