import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addSuppressions } from '../../../src/store/suppressions.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { phoneNumber } from '../../support/rig.js';
import { delivered, item, tell } from '../../support/statuses.js';
import { hostile } from '../runs.js';
import { cookieOf, openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let operator: Visitors['operator'];
let viewer: Visitors['viewer'];
let get: Visitors['get'];
let post: Visitors['post'];

beforeAll(async () => {
  rig = await startAdminRig();
  ({ operator, viewer, get, post } = await openVisitors(rig));
  await rig.work();
});

afterAll(() => rig.close());

/** All that the audit log has, newest first. */
async function audited(): Promise<{ action: string; detail: string }[]> {
  return rig.query(`SELECT action, detail::text FROM audit_entries ORDER BY id DESC`);
}

test('a number is found in each run that has it, and stands in no address, title or log of ours', async () => {
  const [number, other] = [phoneNumber(70_001), phoneNumber(70_002)];
  const old = await delivered(rig, [number], 30);
  const young = await delivered(rig, [number], 2);
  await tell(rig, item('wamid.HBgNNjI4', 'failed', new Date(Date.now() - 3_600_000), number, 131026));
  const before = (await audited()).length;
  const written = `+${number.slice(0, 2)} ${number.slice(2, 5)}-${number.slice(5)}`;
  const page = await post('/recipients', { phoneNumber: written });
  expect(page.status).toBe(200);
  expect(page.text).toMatch(
    new RegExp(`${number}.*in 2 runs.*${young}.*not delivered.*131026.*wamid.HBgN.*${old}`, 's'),
  );
  expect(page.text).toContain(`href="/batches/${young}-0001"`);
  expect(page.text).toContain('handed over to Qiscus');
  expect(page.text).toMatch(/not on the list.*Suppress it/s);
  expect(/<title>(.*)<\/title>/.exec(page.text)?.[1]).toBe('Recipient search · Siaran');
  expect(page.text).not.toMatch(new RegExp(`(href|action)="[^"]*${number}`));
  const looked = await post('/recipients', { phoneNumber: number }, viewer);
  expect(looked).toMatchObject({
    status: 200,
    text: expect.stringContaining(`${number.slice(0, 4)}*******${number.slice(-2)}`),
  });
  expect(looked.text).not.toMatch(new RegExp(`${number}|wamid|Suppress it`));
  const csv = await rig.ask('GET', `/api/v1/runs/${young}/export`, { token: tokens.viewer });
  expect(csv).toMatchObject({ status: 200, text: expect.stringContaining('…') });
  expect(csv.text).not.toContain('wamid');
  expect((await post('/recipients', { phoneNumber: other })).text).toContain('No run has this number.');
  const wrong = await post('/recipients', { phoneNumber: `12 ${hostile}` });
  expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('role="alert">phone_number') });
  expect(wrong.text).not.toContain('<script>');
  expect(await post('/recipients', {})).toMatchObject({ status: 400, text: expect.stringContaining('is empty') });
  const elsewhere = { Origin: 'https://evil.test' };
  expect((await post('/recipients', { phoneNumber: number }, operator, elsewhere)).status).toBe(403);
  const stranger = await post('/recipients', { phoneNumber: number }, '');
  expect(stranger).toMatchObject({ status: 401, text: expect.stringContaining('/login?next=%2Frecipients"') });
  const entries = (await audited()).slice(0, -before || undefined);
  // Two that were refused by the guard are not in it.
  expect(entries.map(({ action }) => action)).toEqual([
    'look up',
    'look up',
    'look up',
    'export',
    'look up',
    'look up',
  ]);
  expect(JSON.stringify(entries)).not.toMatch(new RegExp(`${number}|${other}`));
  expect(JSON.stringify(entries)).toContain(`${number.slice(0, 4)}*******${number.slice(-2)}`);
});

test('numbers are put on the suppression list and taken off it, and the audit log has none of them', async () => {
  const [number, other] = [phoneNumber(71_001), phoneNumber(71_002)];
  const grouped = `+${other.slice(0, 2)} ${other.slice(2, 5)}-${other.slice(5, 9)}-${other.slice(9)}`;
  const reason = `asked for by ${grouped} ${hostile}`;
  const refused = await post('/suppressions/add', { phoneNumbers: `${number}\r\n12`, reason });
  expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('Nothing was put on the list.') });
  expect(refused.text).toContain(`>\n${number}`);
  const find = async (cookie = operator) => (await post('/suppressions', { phoneNumber: number }, cookie)).text;
  expect(await find()).toContain('It is not on the list');
  const added = await post('/suppressions/add', { phoneNumbers: `${number}\r\n${grouped}; ${number}`, reason });
  expect([added.status, added.headers.get('location')]).toEqual([303, '/suppressions']);
  expect(decodeURIComponent(cookieOf(added, 'siaran_notice'))).toContain('2 numbers put on the list');
  expect(await find()).toMatch(/It is on the list\..*asked for by.*put there by an operator/s);
  expect((await post('/recipients', { phoneNumber: number })).text).toContain('no run messages it');
  expect(await find(viewer)).not.toMatch(new RegExp(`${number}|${other.slice(5, 9)}|Take off`));
  expect(await find()).not.toContain('<script>');

  const question = await post('/suppressions/removal', { phoneNumber: number });
  expect(question).toMatchObject({ status: 200, text: expect.stringContaining(`Let runs message ${number} again?`) });
  expect(await find()).toContain('It is on the list');
  const seenOn = async (phoneNumber: string) => {
    const { text } = await post('/suppressions/removal', { phoneNumber });
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1] ?? '';
    return { phoneNumber, source: field('source'), addedAt: field('addedAt') };
  };
  const seen = await seenOn(grouped);
  const removed = await post('/suppressions/remove', seen);
  expect(removed.headers.get('location')).toBe('/suppressions');
  // Its owner opts out while somebody looks at what an operator had written: that stays.
  const before = await seenOn(number);
  await addSuppressions(rig.ctx.db, [{ phoneNumber: number, reason: 'opted out', source: 'opt_out' }]);
  expect(await post('/suppressions/remove', before)).toMatchObject({ status: 409 });
  expect(await find()).toMatch(/It is on the list\..*its owner opted out/s);
  expect((await post('/suppressions/remove', await seenOn(number))).status).toBe(303);
  expect(await find()).toContain('It is not on the list');
  expect((await post('/suppressions/removal', { phoneNumber: number })).status).toBe(303);

  const [last, , ...rest] = (await audited()).filter(({ action }) => action !== 'look up');
  expect(last).toMatchObject({ action: 'POST /suppressions/remove' });
  const detail = [last, ...rest].map((entry) => entry?.detail).join();
  expect(detail).toContain('6281*');
  expect(detail).not.toMatch(new RegExp(`${number}|${other}|${other.slice(5, 9)}-`));
});

test('operators leaf through the suppression list; a viewer gets no further page, whose address would be a number', async () => {
  const numbers = Array.from({ length: 60 }, (_, at) => phoneNumber(72_001 + at));
  await rig.siaran.suppress(numbers, { reason: 'asked by phone' });
  const first = await get('/suppressions');
  const after = /name="after" value="(\d+)"/.exec(first.text)?.[1] ?? '';
  expect(first.text.match(/>Take off</g)).toHaveLength(50);
  const second = await post('/suppressions/page', { after });
  expect(second.text).toContain(`Take off ${numbers.at(-1)}`);
  expect(second.text).not.toContain('name="after"');
  const seen = await get('/suppressions', viewer);
  expect(seen.text).toContain('These are the first 50.');
  expect(seen.text).not.toMatch(/62812\d{8}<|value="\d|Take|name="reason"/);
  for (const path of ['page', 'removal', 'add', 'remove'])
    expect((await post(`/suppressions/${path}`, { after, phoneNumber: after }, viewer)).status).toBe(403);
  expect((await post('/suppressions/page', { after: 'x' })).status).toBe(400);
});
