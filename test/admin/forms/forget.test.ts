import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { phoneNumber } from '../../support/rig.js';
import { delivered, item, tell } from '../../support/statuses.js';
import { tracesOf } from '../../support/traces.js';
import { cookieOf, openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let viewer: Visitors['viewer'];
let post: Visitors['post'];
let get: Visitors['get'];

beforeAll(async () => {
  rig = await startAdminRig();
  ({ viewer, post, get } = await openVisitors(rig));
  await rig.work();
});
afterAll(() => rig.close());

const audited = () =>
  rig.query('SELECT actor, action, target, detail, status FROM audit_entries ORDER BY id DESC LIMIT 2');

test('a person is forgotten on the page of their number, after a question, and the audit log has no number', async () => {
  const number = phoneNumber(80_001);
  const runId = await delivered(rig, [number, phoneNumber(80_002)], 2);
  await tell(rig, item('wamid.X', 'delivered', new Date(Date.now() - 3_600_000), number));
  expect((await post('/recipients', { phoneNumber: number })).text).toContain('Forget this person');
  expect((await post('/recipients', { phoneNumber: number }, viewer)).text).not.toContain('Forget');

  const question = await post('/recipients/forgetting', { phoneNumber: number });
  expect(question.text).toMatch(
    new RegExp(`Forget the person with the number ${number}\\?.*can't be undone.*from 1 run`, 's'),
  );
  expect((await rig.siaran.recipient(number)).forgotten).toBeNull();
  for (const path of ['/recipients/forgetting', '/recipients/forget'])
    expect((await post(path, { phoneNumber: number }, viewer)).status).toBe(403);

  const done = await post('/recipients/forget', { phoneNumber: number });
  expect([done.status, done.headers.get('location')]).toEqual([303, '/recipients']);
  const told = 'Forgotten: the number is gone from 1 run and 1 message.';
  expect(decodeURIComponent(cookieOf(done, 'siaran_notice'))).toContain(told);
  expect(await audited()).toEqual([
    { actor: 'ada', action: 'forget', target: '', detail: {}, status: 200 },
    { actor: 'ada', action: 'POST /recipients/forget', target: '', detail: {}, status: 303 },
  ]);
  expect(await tracesOf(rig, number)).toEqual([]);

  const page = (await post('/recipients', { phoneNumber: number })).text;
  expect(page).toMatch(/Forgotten .*as ada asked.*complete since/s);
  expect(page).not.toMatch(/Forget this person|Take off|Suppress it/);
  expect((await post('/suppressions', { phoneNumber: number })).text).toMatch(
    /It is on the list\..*its owner was forgotten/s,
  );
  const kept = await post('/suppressions/removal', { phoneNumber: number });
  expect(decodeURIComponent(cookieOf(kept, 'siaran_notice'))).toContain('it stays on the list');
  const batch = (await get(`/batches/${runId}-0001`)).text;
  expect(batch).toContain('<div>forgotten</div>');
});

test('over HTTP, in the name of the token', async () => {
  const number = phoneNumber(81_001);
  await delivered(rig, [number], 2);
  const path = '/api/v1/recipients/forget';
  const refused = await rig.ask('POST', path, { json: { phoneNumber: number }, token: tokens.viewer });
  expect(refused).toMatchObject({ status: 403, body: { code: 'ROLE' } });
  expect(await rig.ask('POST', path, { json: { phoneNumber: '12' } })).toMatchObject({ status: 400 });
  const done = await rig.ask('POST', path, { json: { phoneNumber: number } });
  expect(done).toMatchObject({ status: 200, body: { runs: 1, messages: 0 } });
  expect((await audited())[1]).toMatchObject({ action: `POST ${path}`, detail: {}, status: 200 });
  const { body } = await rig.ask('POST', '/api/v1/recipients/search', { json: { phoneNumber: number } });
  expect(body).toMatchObject({ suppressed: true, forgotten: { by: 'ada' }, runs: [] });
  await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'ledger_went_back', 'test')");
  const held = await rig.ask('POST', path, { json: { phoneNumber: number } });
  expect(held).toMatchObject({ status: 409, body: { code: 'LEDGER_WENT_BACK' } });
});
