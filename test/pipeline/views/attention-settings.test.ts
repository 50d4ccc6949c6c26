import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkAll } from '../../../src/cli/doctor/doctor-checks.js';
import { describeCampaign } from '../../../src/cli/terminal/describe-campaign.js';
import { parseConfig } from '../../../src/config/config.js';
import { describeAttention } from '../../../src/domain/desk/attention-words.js';
import { settingsOfWorker } from '../../../src/pipeline/views/disagreements.js';
import { eventually, type Rig, secretKey, startRig } from '../../support/rig.js';
import { weekly } from '../campaigns/weekly.js';

let rig: Rig;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-settings-'));
  rig = await startRig({
    env: {
      ...{ SIARAN_CALENDARS_FILE: await calendars('2090-01-01'), SIARAN_DEFAULT_COUNTRY: 'ID' },
      SIARAN_RECONCILE_EVERY: '200ms',
    },
  });
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  for (const worker of await rig.ctx.heartbeats.alive()) await rig.ctx.heartbeats.stop(worker);
});

async function calendars(...dates: string[]): Promise<string> {
  const file = join(folder, `${Math.random()}.json`);
  await writeFile(file, JSON.stringify({ holidays: dates }));
  return file;
}

/** A worker of that name beats, with the rig's settings but for some. */
async function beats(worker: string, overrides: Record<string, string> = {}): Promise<void> {
  const settings = settingsOfWorker(parseConfig({ ...rig.env, ...overrides }));
  await rig.ctx.heartbeats.beat(worker, ['default'], JSON.stringify(settings));
}

const told = async () => (await rig.siaran.status()).attention.filter(({ kind }) => kind === 'settings');
const judged = async () => (await checkAll(rig.ctx)).find(({ check }) => check === 'Same settings');

test('a worker at work tells digests of its settings, and nothing that is secret or could be looked up', async () => {
  const workers = await rig.work();
  const [one] = await eventually(
    () => rig.ctx.heartbeats.settings(),
    (found) => found[0]?.settings !== undefined && found[0].settings !== '',
  );
  await workers.close();
  expect(JSON.parse(one?.settings ?? '')).toContainEqual(['calendar', 'holidays', expect.stringMatching(/^\S{16}$/)]);
  // It goes by itself, however a worker ends.
  expect(await rig.ctx.redis.pttl(`${rig.ctx.config.prefix}:{workers}:settings:${one?.worker}`)).toBeGreaterThan(0);
  expect(one?.settings).not.toContain(secretKey);
  expect(one?.settings).not.toContain('2090');
});

test('a secret makes no difference, so that nobody can try which it is', async () => {
  const [one, other] = ['one-secret', 'another-secret'].map((secret) =>
    settingsOfWorker(parseConfig({ ...rig.env, QISCUS_SECRET_KEY: secret })),
  );
  expect(one).toEqual(other);
});

test('workers with the same settings, or an older one that tells none, are well', async () => {
  await beats('a');
  await beats('b');
  await rig.ctx.heartbeats.beat('old', ['default']);
  expect(await judged()).toMatchObject({ ok: true, detail: 'the same at 2 workers and here' });
  expect(await told()).toEqual([]);
});

test('a worker with other dates than this process is named by the doctor', async () => {
  await beats('a', { SIARAN_CALENDARS_FILE: await calendars('2090-01-02') });
  expect(await judged()).toMatchObject({
    ok: false,
    detail: 'calendar "holidays" is not the same: a has one, this process has another',
  });
  expect(await told()).toEqual([]);
});

test('two workers with other dates need a person only while a campaign uses them', async () => {
  await beats('a');
  await beats('b', { SIARAN_CALENDARS_FILE: await calendars('2090-01-02') });
  expect(await told()).toEqual([]);
  await rig.siaran.addCampaign({ ...weekly, name: 'On holidays not', calendar: 'holidays' });
  expect(await told()).toMatchObject([
    { action: 'siaran doctor', reason: 'calendar "holidays" is not the same: a has one, b has another' },
  ]);
  // One that lacks it fires nothing of it, and leaves it to the other.
  await beats('b', { SIARAN_CALENDARS_FILE: '' });
  expect(await told()).toEqual([]);
  expect(await judged()).toMatchObject({ ok: false, detail: expect.stringContaining('b has none') });
  await beats('b', { SIARAN_CALENDARS_FILE: await calendars('2090-01-02') });
  await rig.siaran.pauseCampaign('On holidays not');
  expect(await told()).toEqual([]);
});

test('a campaign whose calendar no worker has never fires, which is told until one has it', async () => {
  await rig.siaran.addCampaign({ ...weekly, name: 'Never', calendar: 'holidays' });
  const failing = async () => (await rig.siaran.status()).attention.filter(({ kind }) => kind === 'failing');
  const why = 'no worker has calendar holidays, so none fires it; name it in SIARAN_CALENDARS_FILE of the workers';
  // Nobody knows what workers have that aren't there, or don't tell it.
  expect(await failing()).toEqual([]);
  await beats('a', { SIARAN_CALENDARS_FILE: '' });
  await beats('b', { SIARAN_CALENDARS_FILE: '' });
  const told = await failing();
  expect(told).toMatchObject([
    { campaign: 'Never', account: 'default', reason: why, action: 'siaran campaign show "Never"' },
  ]);
  expect(await rig.siaran.campaign('Never')).toMatchObject({ failing: { at: null, reason: why } });
  expect(told.map(describeAttention)).toEqual(['campaign "Never" fails']);
  expect(describeCampaign(await rig.siaran.campaign('Never'))).toContain(why);
  await rig.ctx.heartbeats.beat('old', ['default']);
  expect(await failing()).toEqual([]);
  await rig.ctx.heartbeats.stop('old');
  expect(await failing()).toHaveLength(1);
  await rig.siaran.pauseCampaign('Never');
  expect(await failing()).toEqual([]);
  await rig.siaran.resumeCampaign('Never');
  await beats('b');
  expect(await failing()).toEqual([]);
  expect((await rig.siaran.campaign('Never')).failing).toBeNull();
  await rig.siaran.removeCampaign('Never');
});

test('two workers with another country, account or guard need a person, until one of them ends', async () => {
  await beats('a');
  await beats('b', { SIARAN_DEFAULT_COUNTRY: 'MY', QISCUS_APP_ID: 'other', SIARAN_BALANCE_GUARD: 'off' });
  expect((await told()).map(({ reason }) => reason?.split(' is ')[0])).toEqual([
    'account "default"',
    'variable "SIARAN_BALANCE_GUARD"',
    'variable "SIARAN_DEFAULT_COUNTRY"',
  ]);
  await rig.ctx.heartbeats.stop('b');
  expect(await told()).toEqual([]);
});

test('what somebody else puts into Redis in the place of settings is passed over', async () => {
  await rig.ctx.heartbeats.beat('a', ['default'], 'x'.repeat(600_000));
  expect(await rig.ctx.heartbeats.settings()).toEqual([{ worker: 'a', settings: '' }]);
  await rig.ctx.heartbeats.beat('a', ['default'], '[["calendar",');
  expect(await judged()).toMatchObject({ ok: true, detail: 'no worker at work tells its settings' });
});
