import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import { type AdminRig, asViewer, people, startAdminRig, tokens } from '../../support/admin.js';
import { finished, invoiceColumns, phoneNumber } from '../../support/rig.js';
import { item, tell } from '../../support/statuses.js';

/** Who sees what of a run whose messages hold one-time codes. */
let rig: AdminRig;
let runId: string;
const [number, other] = [phoneNumber(1), phoneNumber(2)];
const code = 'KODE-482913';
const api = '/api/v1';
const badDate = 'invalid input syntax for type date: ';

beforeAll(async () => {
  rig = await startAdminRig();
  await rig.work();
  const columns = invoiceColumns;
  const recipients = [
    { phone_number: number, customer_name: 'Toko Contoh', body_variable1: ` ${code}` },
    { phone_number: other, customer_name: 'Warung', body_variable1: `call +62 812-0000-0009 or ${number}` },
    { phone_number: 'abc"KODE-482913"', customer_name: 'Kios', body_variable1: 'none' },
  ];
  ({ runId } = await rig.siaran.broadcast({ name: 'Codes', templateDetailId: 172, columns, recipients }));
  await finished(rig.siaran, runId);
  const errors = [{ code: 131026, title: `no such number ${number}` }];
  await tell(rig, { ...item('wamid.HBgNNjI4', 'failed', new Date(), number), errors });
  const campaign = { name: 'Codes', templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 * * mon' };
  const added = { ...campaign, timeZone: 'Asia/Jakarta', audience: 'function:codes' };
  expect((await rig.ask('POST', `${api}/campaigns`, { json: added })).status).toBe(201);
  const query = `sql:SELECT phone_number FROM codes WHERE code = '${code}' OR phone = '${number}'`;
  await rig.query('UPDATE campaigns SET audience = $1', [query]);
  await rig.siaran.suppress([other], { reason: `${number} asked for it` });
  await rig.ask('POST', `${api}/opt-outs/undo`, { json: { messageId: 'wamid.HBgNNjI4' } });
  const reason = `The audience failed: ${badDate}"Budi "${code}" Toko.`;
  await rig.query(
    `INSERT INTO firings (campaign_id, name, version, at, status, run_id, reason)
     SELECT id, name, version, now(), 'failed', $1, $2 FROM campaigns`,
    [runId, reason],
  );
  await rig.query('UPDATE runs SET failure = $1', [reason]);
});
afterAll(() => rig.close());

type Who = keyof typeof tokens;
const text = async (who: Who, path: string) => {
  const headers = path.startsWith(api) ? {} : { Accept: 'text/html' };
  return (await rig.ask('GET', path, { token: tokens[who], headers })).text;
};
const paths = () => [
  ...[`/runs/${runId}`, `/batches/${runId}-0001`, `/runs/${runId}/rejections`, '/campaigns', '/campaigns/Codes'],
  ...['/runs', '/status', `${api}/status`],
  ...['/audit', `${api}/audit`, `${api}/audit.csv`],
  ...[`${api}/runs`, `${api}/runs/${runId}`, `${api}/runs/${runId}/batches`, `${api}/batches/${runId}-0001`],
  ...[`${api}/runs/${runId}/export`, `${api}/runs/${runId}/rejections`, `${api}/campaigns`, `${api}/campaigns/Codes`],
];

test('an operator sees values and numbers', async () => {
  const exported = await text('operator', `${api}/runs/${runId}/export`);
  for (const shown of [code, number, 'Toko Contoh', 'wamid.HBgNNjI4']) expect(exported).toContain(shown);
  expect(await text('operator', `/batches/${runId}-0001`)).toContain(code);
  expect(await text('operator', `/runs/${runId}`)).toContain(code);
  expect(await text('operator', `/campaigns/Codes`)).toContain('SELECT');
});

test('a viewer sees no value and no number, wherever they look', async () => {
  for (const path of paths()) {
    const shown = await text('viewer', path);
    for (const secret of [code, 'Toko', number, '0000-0009', 'wamid.HBgN', 'SELECT'])
      expect([path, secret, shown.includes(secret)]).toEqual([path, secret, false]);
  }
  const exported = await text('viewer', `${api}/runs/${runId}/export`);
  expect(exported.split('\r\n')[0]).toMatch(/^\ufeff?phone_number,batch,status,/);
  expect(exported).toContain('131026');
});

test('an analyst sees values and what became of each, and no number, in values neither', async () => {
  for (const path of paths()) {
    const shown = await text('analyst', path);
    for (const secret of [number, '0000-0009', 'wamid.HBgN', 'SELECT'])
      expect([path, secret, shown.includes(secret)]).toEqual([path, secret, false]);
  }
  expect(await text('analyst', `${api}/runs/${runId}/export`)).toMatch(new RegExp(`Toko Contoh.*${code}.*131026`));
  expect(await text('analyst', `/batches/${runId}-0001`)).toContain(code);
  const change = await rig.ask('POST', `${api}/runs/${runId}/cancel`, { token: tokens.analyst });
  expect(change).toMatchObject({ status: 403, body: { detail: 'figures is an analyst and can change nothing.' } });
});

test('why a firing failed is told to a viewer without the value that Postgres quotes', async () => {
  const ofCampaign = ['/campaigns/Codes', `${api}/campaigns/Codes`, `${api}/campaigns`];
  const ofRun = ['/runs', `/runs/${runId}`, `${api}/runs`, `${api}/runs/${runId}`];
  expect(await text('analyst', `${api}/runs/${runId}/events`)).not.toContain(code);
  for (const path of [...ofCampaign, ...ofRun, '/status', `${api}/status`]) {
    const shown = await text('viewer', path);
    expect(shown).toContain(badDate);
    for (const secret of ['Budi', code, 'Toko']) expect([path, shown.includes(secret)]).toEqual([path, false]);
    expect(await text('analyst', path)).toMatch(new RegExp(`${badDate}.*Budi.*${code}`));
  }
});

test('an analyst looks nobody up: it would tell whose the values are', async () => {
  for (const path of [`${api}/recipients/search`, '/recipients', '/suppressions'])
    expect((await lookUp('analyst', path)).status).toBe(403);
});

test('who exported a run is in the audit log', async () => {
  await text('analyst', `${api}/runs/${runId}/export?code=131026`);
  const { body } = await rig.ask('GET', `${api}/audit?action=export&limit=1`);
  expect(body.items[0]).toMatchObject({ actor: 'figures', target: runId, detail: { codes: [131026] } });
});

test('an export is a file of its own, which is named by us, and by nothing that its asker wrote', async () => {
  const { headers } = await rig.ask('GET', `${api}/runs/${runId}/export`);
  expect(headers.get('content-disposition')).toBe(`attachment; filename="${runId}.csv"`);
  expect(runId).toMatch(/^[a-z0-9]+$/);
  const made = await rig.ask('GET', `${api}/runs/${encodeURIComponent(`${runId}";x="`)}/export`);
  expect([made.status, made.headers.get('content-disposition')]).toEqual([404, null]);
});

test('numbers stand in no address of the API', async () => {
  expect((await rig.ask('GET', `${api}/recipients/${number}`)).status).toBe(404);
  expect((await lookUp('operator')).body).toMatchObject({ phoneNumber: number, runs: [{ runId }] });
});

test('each look-up is in the audit log, and who sees masked numbers has thirty a minute', async () => {
  const [before] = await rig.query<{ id: string }>('SELECT coalesce(max(id), 0)::text AS id FROM audit_entries');
  const statuses: number[] = [];
  for (let at = 0; at < 32; at += 1)
    statuses.push((await lookUp('viewer', at % 2 ? `${api}/recipients/search` : '/suppressions')).status);
  expect(statuses).toEqual([...Array(30).fill(200), 429, 429]);
  const [last] = await rig.query("SELECT * FROM audit_entries WHERE actor = 'desk' ORDER BY id DESC LIMIT 1");
  expect(last).toMatchObject({ action: 'look up', status: 200 });
  expect(last?.detail).toEqual({ phoneNumber: `${number.slice(0, 4)}*******${number.slice(-2)}` });
  for (let at = 0; at < 32; at += 1) expect((await lookUp('operator')).status).toBe(200);
  const [count] = await rig.query('SELECT count(*)::int AS entries FROM audit_entries WHERE id > $1', [before?.id]);
  expect(count).toEqual({ entries: 62 });
});

test('look-ups are counted in all processes together', async () => {
  await rig.query('DELETE FROM admin_allowances');
  const apps = [await buildAdmin(rig.ctx, people), await buildAdmin(rig.ctx, people)];
  const statuses: number[] = [];
  for (let at = 0; at < 32; at += 1)
    for (const app of apps.slice(at % 2, (at % 2) + 1)) {
      const asked = { url: `${api}/recipients/search`, headers: asViewer, payload: { phoneNumber: number } };
      statuses.push((await app.inject({ method: 'POST', ...asked })).statusCode);
    }
  for (const app of apps) await app.close();
  expect(statuses).toEqual([...Array(30).fill(200), 429, 429]);
});

function lookUp(who: Who, path = `${api}/recipients/search`) {
  return rig.ask('POST', path, { token: tokens[who], json: { phoneNumber: number } });
}
