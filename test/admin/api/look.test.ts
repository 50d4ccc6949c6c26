import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { run } from '../../cli/siaran.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';

const query =
  "SELECT * FROM (VALUES ('6281234567890', 'Ada', '5'), ('abc', 'Budi', '6')) AS t(\"Nomor HP\", \"Nama\", \"Tagihan\")";

let rig: AdminRig;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-look-'));
  const file = join(folder, 'audiences.yaml');
  await writeFile(file, `customers: >-\n  sql:${query}\n`);
  rig = await startAdminRig({ env: { SIARAN_AUDIENCES_FILE: file } });
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const asked = { audience: 'named:customers', template: 'reminder:id' };
const map = { Nama: 'body_variable1', Tagihan: 'body_variable2' };
const looked = {
  ...{ missing: [], heads: ['Nomor HP', 'Nama', 'Tagihan'], map: { ...map, 'Nomor HP': 'phone_number' } },
  survey: { rows: 2, people: 1, isWhole: true, rejected: [{ count: 1, rows: [2] }] },
  preview: { row: 1, leftOut: null, message: { body: 'Halo Ada, tagihan *5* jatuh tempo besok.' } },
};

test('over HTTP an audience is looked at beside a template, and nothing is kept of it', async () => {
  const look = (json: object, token?: string) =>
    rig.ask('POST', '/api/v1/campaigns/look', { json, ...(token !== undefined && { token }) });
  expect((await look(asked)).body).toMatchObject({
    ...{ missing: ['body_variable1', 'body_variable2'], survey: null, preview: null },
    mapping: { phone_number: 'Nomor HP', customer_name: 'Nama' },
  });
  expect((await look({ ...asked, map })).body).toMatchObject(looked);
  expect((await look({ ...asked, map, mostRows: 1, row: 2 })).body).toMatchObject({
    ...{ survey: { rows: 1, isWhole: false }, preview: null },
  });
  expect(await look({ ...asked, template: 'nothing' })).toMatchObject({ status: 400, body: { code: 'USAGE' } });
  expect(await look({ ...asked, audience: 'sql:SELECT 1' })).toMatchObject({ status: 400 });
  for (const token of [tokens.viewer, tokens.analyst]) expect((await look(asked, token)).status).toBe(403);
  expect(await rig.siaran.campaigns()).toEqual([]);
  // A row was shown once.
  expect(await rig.query("SELECT detail FROM audit_entries WHERE action = 'preview'")).toEqual([
    { detail: { row: 1 } },
  ]);
});

test('on the command line it says the same, with the flags that a campaign needs', async () => {
  const siaran = (...more: string[]) =>
    run(['campaign', 'look', '--audience', 'named:customers', '--template', 'reminder:id', ...more], { env: rig.env });
  expect(await siaran()).toMatchObject({ code: 1, stdout: expect.stringMatching(/missing +body_variable1/) });
  const flags = ['--map', 'Nama=body_variable1,Tagihan=body_variable2'];
  const told = await siaran(...flags);
  expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/people +1 of 2 rows/) });
  expect(told.stdout).toContain('Halo Ada');
  expect(told.stdout).toMatch(/rejected +1: "Nomor HP".*\(row 2\)/);
  expect(told.stdout).toContain('--map "Nomor HP=phone_number,Nama=body_variable1,Tagihan=body_variable2"');
  expect(JSON.parse((await siaran(...flags, '--all', '--json')).stdout)).toMatchObject(looked);
  expect((await siaran('--row', 'x')).code).toBe(2);
});
