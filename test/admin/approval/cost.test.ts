import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checked, spreadsheet } from '../../pipeline/drafts/drafts.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { eventually, invoiceColumns, invoices, phoneNumber } from '../../support/rig.js';
import { openVisitors } from '../visitors.js';

/** What people are told a run costs, before it goes out. */
let folder: string;
let rig: AdminRig;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-prices-'));
  const path = join(folder, 'prices.yaml');
  await writeFile(path, 'utility:\n  62: "356.65 IDR"\n');
  rig = await startAdminRig({ env: { SIARAN_APPROVAL_ABOVE: '10', SIARAN_PRICES_FILE: path } });
  await rig.work();
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

/** A run that waits for an approval, with one person in Singapore. */
async function waiting(templateDetailId: number): Promise<string> {
  const json = { name: 'December', templateDetailId, columns: [...invoiceColumns] };
  const { id } = (await rig.ask('POST', '/api/v1/runs', { json })).body;
  await rig.siaran.enqueue(id, invoices(12));
  const [abroad] = invoices(1);
  await rig.siaran.enqueue(id, [{ ...abroad, phone_number: '6581234567' }]);
  await rig.siaran.seal(id);
  await eventually(
    () => rig.siaran.run(id),
    ({ status }) => status === 'paused',
  );
  return id;
}

test('an approver is told what a run costs, and of whom that is not known', async () => {
  await rig.siaran.addTemplate({
    templateDetailId: 7,
    name: 'mine',
    language: 'id',
    body: 'Halo {{1}}',
    category: 'utility',
  });
  const id = await waiting(7);
  const { body } = await rig.ask('GET', `/api/v1/runs/${id}/approval`, { token: tokens.owner });
  expect(body.cost).toEqual({
    category: 'utility',
    amounts: [{ amount: '4279.80', currency: 'IDR' }],
    isWhole: false,
    unpriced: 1,
    unpricedCodes: ['65'],
  });
  const visitors = await openVisitors(rig);
  const page = await visitors.get(`/runs/${id}/approve`, await visitors.logIn(tokens.owner));
  expect(page.text).toContain('4,279.80 IDR; not all known: 1 person of Singapore (65) has no price');
});

test('of a template whose category nobody has told, nothing is known', async () => {
  await rig.siaran.addTemplate({ templateDetailId: 8, name: 'other', language: 'id', body: 'Halo {{1}}' });
  const { cost } = await rig.siaran.approval(await waiting(8));
  expect(cost).toMatchObject({ category: null, amounts: [], isWhole: false, unpriced: 13 });
});

test('a draft says what it would cost, of those whom it would message', async () => {
  await rig.siaran.templates();
  await rig.siaran.suppress([phoneNumber(2)]);
  const list = spreadsheet(12, [`${phoneNumber(3)};Twice;Rp 1`, '6581234567;Abroad;Rp 1', 'nonsense;Nobody;Rp 1']);
  const { id } = await checked(rig, list);
  const { body } = await rig.ask('GET', `/api/v1/drafts/${id}/plan`);
  const words = '3,923.15 IDR; not all known: 1 person of Singapore (65) has no price';
  expect(body).toMatchObject({
    people: 12,
    cost: {
      category: 'utility',
      amounts: [{ amount: '3923.15', currency: 'IDR' }],
      unpriced: 1,
      unpricedCodes: ['65'],
    },
    costText: words,
  });
  const visitors = await openVisitors(rig);
  expect((await visitors.get(`/drafts/${id}/confirm`)).text).toContain(words);
});
