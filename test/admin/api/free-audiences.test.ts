import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { finished } from '../../support/rig.js';

let rig: AdminRig;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-named-'));
  await writeFile(join(folder, 'members.csv'), 'phone_number\n6281234567890\n6281234567891\n');
  await writeFile(
    join(folder, 'audiences.yaml'),
    `members: "file:members.csv"\ndue: "sql:SELECT '628123456780' || n AS phone_number FROM generate_series(1, 3) AS n"\n`,
  );
  rig = await startAdminRig({
    env: { SIARAN_AUDIENCES_FILE: join(folder, 'audiences.yaml'), SIARAN_AUDIENCE_DIR: folder },
  });
});

afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const path = '/api/v1/campaigns';
const query = "sql:SELECT '6281234567890' AS phone_number";

function campaign(name: string, audience: string) {
  return {
    ...{ name, audience, templateDetailId: 172, columns: ['phone_number'] },
    ...{ schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta' },
  };
}

test.each(["sql:SELECT pg_read_file('/etc/passwd') AS phone_number", 'file:members.csv', ' file:/etc/passwd'])(
  'a client may not write an audience of its own, to add a campaign or to change one: %j',
  async (audience) => {
    const added = await rig.ask('POST', path, { json: campaign('Free', audience) });
    expect(added).toMatchObject({ status: 400, body: { code: 'USAGE' } });
    expect(added.body.detail).toMatch(/isn't taken over HTTP. Give named:NAME, .*\(members, due\)/);
    expect((await rig.ask('GET', `${path}/Free`)).status).toBe(404);
    await rig.siaran.addCampaign(campaign('Known', query));
    const changed = await rig.ask('PATCH', `${path}/Known`, { json: { audience } });
    expect(changed).toMatchObject({ status: 400, body: { detail: expect.stringContaining("isn't taken over HTTP") } });
    expect((await rig.siaran.campaign('Known')).audience).toBe(query);
    // Whatever else is changed of it, its audience was somebody's who may write one.
    expect((await rig.ask('PATCH', `${path}/Known`, { json: { pace: '10/1h' } })).status).toBe(200);
    expect((await rig.ask('PATCH', `${path}/Known`, { json: { pace: null } })).status).toBe(200);
  },
);

test('those that the configuration names are read by workers that know them, and by no others', async () => {
  for (const [name, files, recipients] of [
    ['members', 1, 2],
    ['due', 1, 3],
  ] as const) {
    const added = await rig.ask('POST', path, { json: campaign(`Of ${name}`, `named:${name}`) });
    expect(added).toMatchObject({ status: 201, body: { audience: `named:${name}` } });
    expect((await rig.ask('GET', `${path}/Of ${name}/next?count=1`)).body).toMatchObject([{ files }]);
    const { runId } = await rig.siaran.fireCampaign(`Of ${name}`);
    const ignorant = await rig.work({ SIARAN_AUDIENCES_FILE: '' });
    const other = await rig.siaran.fireCampaign('Known');
    await finished(rig.siaran, other.runId);
    expect(await rig.siaran.run(runId)).toMatchObject({ status: 'open', recipients: { enqueued: 0 } });
    await ignorant.close();
    const workers = await rig.work();
    expect(await finished(rig.siaran, runId)).toMatchObject({ recipients: { scheduled: recipients } });
    await workers.close();
  }
});

test('a name that the configuration does not have is refused with those that it has, and a query is told to nobody', async () => {
  const added = await rig.ask('POST', path, { json: campaign('Other', 'named:others') });
  expect(added).toMatchObject({ status: 400 });
  expect(added.body.detail).toContain('SIARAN_AUDIENCES_FILE names no such audience here; it names "members", "due"');
  const wrong = await rig.ask('POST', path, {
    json: { ...campaign('Wrong', 'named:due'), columns: ['phone_number', 'customer_name'] },
  });
  expect(wrong.body.detail).toContain('The audience "named:due" lacks "customer_name"');
  expect(wrong.text).not.toContain('generate_series');
});

test('a function of an embedding program needs no more than its name', async () => {
  const added = await rig.ask('POST', path, { json: campaign('Function', 'function:anything') });
  expect(added.status).toBe(201);
});

test('where clients may write their own, files are still those below the folder', async () => {
  const free = await startAdminRig({ env: { SIARAN_FREE_AUDIENCES: 'on', SIARAN_AUDIENCE_DIR: '' } });
  try {
    expect((await free.ask('POST', path, { json: campaign('Free', query) })).status).toBe(201);
    const file = await free.ask('POST', path, { json: campaign('File', `file:${join(folder, 'members.csv')}`) });
    expect(file).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('SIARAN_AUDIENCE_DIR is not set') },
    });
    expect(await free.siaran.campaigns()).toHaveLength(1);
  } finally {
    await free.close();
  }
});
