import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CampaignRequest } from '../../../src/index.js';
import { finished, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
let folder: string;
beforeEach(async () => {
  rig = await startRig();
  folder = await mkdtemp(join(tmpdir(), 'siaran-map-'));
});
afterEach(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const request: Omit<CampaignRequest, 'audience'> = {
  name: 'Weekly',
  templateDetailId: 172,
  columns: ['phone_number', 'customer_name'],
  map: { 'Phone Number': 'phone_number', Nama: 'customer_name' },
  ignoreColumns: ['Notes'],
  schedule: '0 9 * * mon',
  timeZone: 'Asia/Jakarta',
};
const query = `sql:SELECT '62812' || (10000000 + i) AS "Phone Number", 'Ani ' || i AS "Nama", i AS "Notes" FROM generate_series(1, 3) AS i`;

async function file(): Promise<string> {
  const path = join(folder, 'members.csv');
  const rows = [1, 2, 3].map((i) => `6281210000${String(i).padStart(3, '0')};Ani ${i};${i}\r\n`);
  await writeFile(
    path,
    `sep=;\r\nNotes;Phone Number;NAMA\r\n${rows.map((row) => row.replace(/^(.*);(\d)\r/, '$2;$1\r')).join('')}`,
  );
  return `file:${path}`;
}

test.each([['a file'], ['a query']])(
  'of %s the heads are mapped when it is checked, foretold and fired',
  async (kind) => {
    const audience = kind === 'a file' ? await file() : query;
    const added = await rig.siaran.addCampaign({ ...request, audience });
    expect(added).toMatchObject({ existed: false, map: request.map, ignoreColumns: ['Notes'] });
    expect(
      await rig.siaran.addCampaign({
        ...request,
        audience,
        map: { Nama: 'customer_name', 'Phone Number': 'phone_number' },
      }),
    ).toMatchObject({ existed: true });
    await expect(
      rig.siaran.addCampaign({ ...request, audience, ignoreColumns: [], map: { ...request.map, Notes: '' } }),
    ).rejects.toThrow(/map was .*ignoreColumns was \["Notes"\], is now \[\]/);
    expect(await rig.siaran.forecastCampaign('Weekly', 1)).toMatchObject([{ files: 1 }]);
    const { runId } = await rig.siaran.fireCampaign('Weekly');
    await rig.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: 3, enqueued: 3 } });
  },
);

test('of a function the heads are mapped row by row', async () => {
  const rows = [
    { 'Phone Number': '6281210000001', nama: 'Ani', Notes: 1 },
    { phone_number: '6281210000002', customer_name: 'Budi' },
  ];
  await rig.siaran.addCampaign({ ...request, audience: 'function:due' });
  const { runId } = await rig.siaran.fireCampaign('Weekly');
  const program = rig.open();
  program.registerAudience('due', () => rows);
  await program.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: 2, enqueued: 2 } });
});

test.each([
  [{ map: { 'Phone Number': 'phone' } }, /"Phone Number" can't become "phone", which is not a column/],
  [{ map: { HP: 'phone_number' } }, /no column "HP".*there are "Phone Number", "Nama", "Notes"/],
  [
    { map: {}, ignoreColumns: [] },
    /Probably meant: --map "Phone Number=phone_number,Nama=customer_name" --ignore-columns "Notes"/,
  ],
])('%j is refused when the campaign is added', async (change, message) => {
  await expect(rig.siaran.addCampaign({ ...request, audience: query, ...change })).rejects.toThrow(message);
});
