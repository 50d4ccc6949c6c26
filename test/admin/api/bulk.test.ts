import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { batchIdOf, chunked, deliver } from '../../support/runs.js';
import { hiddenIn, openVisitors, type Visitors } from '../visitors.js';

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
  ...[null, false, true, 0, 1, '', ' ', '0', 'yesterday', [], ['2026-12-01'], {}].flatMap((nothing) =>
    ['since', 'until'].map((field): [object, string] => [{ action: 'cancel', filter: { [field]: nothing } }, field]),
  ),
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

test('a run that goes out while its page is read is cancelled by it', async () => {
  const id = await chunked(rig, 2_001, { name: 'Under way' });
  const seen = hiddenIn(await visitors.get('/bulk/cancel?name=under'));
  await deliver(rig, id, 1);
  const done = await visitors.post('/bulk/cancel', { ...seen, name: 'under' });
  expect(done.status).toBe(200);
  expect(done.text).toContain('Cancelled: 1 run with 1,001 recipients.');
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ scheduled: 1_000, cancelled: 1_001 });
});

test('the page of runs offers nothing for all runs, and refuses it', async () => {
  const id = await chunked(rig, 1);
  expect((await visitors.get('/runs')).text).not.toContain('/bulk/');
  const all = await visitors.get('/bulk/cancel?kind=all');
  expect([all.status, all.text]).toEqual([200, expect.stringContaining('Narrow the list first')]);
  expect((await visitors.get('/runs?kind=all')).text).not.toContain('/bulk/');
  expect((await visitors.get('/runs?kind=all&name=o')).text).toMatch(/\/bulk\/cancel\?[^"]*kind=all/);
  expect((await visitors.get('/bulk/cancel')).status).toBe(400);
  expect(await pending(id)).toBe(1);
  await rig.siaran.cancel(id);
});

async function partlyAhead(name: string): Promise<string> {
  const id = await chunked(rig, 1_001, { name, startAt: new Date(Date.now() + 86_400_000) });
  await deliver(rig, id, 1);
  return id;
}

test('the answer to a cancellation of many tells what it came too late for, with jobs and runs', async () => {
  const id = await partlyAhead('Ahead');
  const { body } = await bulk({ action: 'cancel', filter: { name: 'ahead' } });
  expect(body).toMatchObject({
    done: { runs: 1, recipients: 1 },
    tooLate: {
      ...{ handedOver: { batches: 1, recipients: 1_000 }, startsLater: { batches: 1, recipients: 1_000 } },
      jobs: [{ runId: id, runName: 'Ahead', batchId: batchIdOf(id, 1), recipients: 1_000 }],
    },
  });
});

test('the pages before and after a cancellation of many tell what it comes too late for, and link its runs', async () => {
  const id = await partlyAhead('Gone & <b>late</b>');
  const expectTold = (text: string) => {
    expect(text).toContain('1,000 recipients in 1 batch were handed over and can&#39;t be called back here.');
    expect(text).toContain(`<a href="/runs/${id}">Gone &#38; &#60;b&#62;late&#60;/b&#62;</a>`);
    expect(text).toContain(`<a href="/batches/${batchIdOf(id, 1)}">`);
  };
  expectTold((await visitors.get('/bulk/cancel?name=gone')).text);
  const done = await visitors.confirm('/bulk/cancel?name=gone', { name: 'gone' });
  expect(done.status).toBe(200);
  expect(done.text).toContain('Cancelled: 1 run with 1 recipient.');
  expectTold(done.text);
  const again = await visitors.post('/bulk/cancel', {
    ...{ name: 'gone', expectedRuns: '1', expectedRecipients: '1' },
    ifState: 'as it was',
  });
  expect(again.status).toBe(409);
});

test('the page that stops everything names and links the runs of what starts later', async () => {
  const id = await partlyAhead('Later');
  const { text } = await visitors.get('/stop');
  expect(text).toContain(`<a href="/runs/${id}">Later</a>`);
  const { body } = await rig.ask('POST', '/api/v1/stop', { json: {} });
  expect(body.jobs).toContainEqual(expect.objectContaining({ runId: id, runName: 'Later' }));
  await rig.ask('POST', '/api/v1/go', { json: {} });
});
