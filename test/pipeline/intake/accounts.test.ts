import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { openDelivery } from '../../../src/delivery-context.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.js';
import { deliverableBatches } from '../../../src/store/batches.js';
import { holdAccount, probeSoon, takeProbes } from '../../../src/store/holds.js';
import { eventually, finished, invoices, type Rig, startRig } from '../../support/rig.js';
import { broadcast, december, waitForRun } from '../../support/runs.js';

const acmeSecret = 'acme-secret-key';
const day = 86_400_000;

let folder: string;
/** Where the account `acme` is; the rig's own sandbox is where `default` is. */
let acme: Sandbox;
let rig: Rig;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-accounts-'));
  acme = await startSandbox({ appId: 'acme-app', secretKey: acmeSecret });
  rig = await startRig({ env: { SIARAN_ACCOUNTS_FILE: await accountsFile({}), SIARAN_REQUEST_TIMEOUT: '5s' } });
});

afterEach(async () => {
  // Who hangs there is cut off first.
  await acme.close();
  await rig.close();
  await rm(folder, { recursive: true, force: true });
});

async function accountsFile(more: { rateLimit?: string; secretKey?: string; portfolio?: string }): Promise<string> {
  const path = join(folder, `${Math.random()}.json`);
  const account = { appId: 'acme-app', secretKey: acmeSecret, baseUrl: acme.url, ...more };
  await writeFile(path, JSON.stringify({ acme: account }));
  return path;
}

const held = (runId: string) => waitForRun(rig, runId, (run) => run.held !== null);

test('a run for an account that nobody serves is refused at once, and says whom there is a worker for', async () => {
  const none = { QISCUS_APP_ID: '', QISCUS_SECRET_KEY: '' };
  const producer = rig.open({ ...none, SIARAN_ACCOUNTS_FILE: '' });
  await expect(producer.startRun({ ...december, key: 'before' })).resolves.toMatchObject({ existed: false });
  await rig.work(none);
  await eventually(
    () => rig.ctx.heartbeats.servedAccounts(),
    (served) => served.includes('acme'),
  );
  await expect(producer.startRun(december)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/No worker at work delivers for the account "default".*for acme\./),
  });
  await expect(producer.startRun({ ...december, account: 'acme' })).resolves.toMatchObject({ existed: false });
});

test('each run goes out through its own account, with its credentials and to its address', async () => {
  await rig.work();
  const [ours, theirs] = [
    await broadcast(rig, 1_500, { account: 'default' }),
    await broadcast(rig, 700, { account: 'acme' }),
  ];
  // Either sandbox refuses other credentials than its own.
  expect(await finished(rig.siaran, ours)).toMatchObject({ account: 'default', outcome: 'handed_over' });
  expect(await finished(rig.siaran, theirs)).toMatchObject({ account: 'acme', outcome: 'handed_over' });
  expect(rig.sandbox.accepted.summary()).toMatchObject({
    jobs: 2,
    recipients: 1_500,
    requests: { upload: 2, send: 2 },
  });
  expect(acme.accepted.summary()).toMatchObject({ jobs: 1, recipients: 700, requests: { upload: 1, send: 1 } });
});

test('a campaign has an account, and so have its runs', async () => {
  const list = () => invoices(10);
  const worker = rig.open();
  worker.registerAudience('list', list);
  const campaign = { ...december, account: 'acme', audience: 'function:list', schedule: '0 9 * * *', timeZone: 'UTC' };
  expect(await rig.siaran.addCampaign(campaign)).toMatchObject({ account: 'acme', existed: false });
  const { runId } = await rig.siaran.fireCampaign('December');
  await worker.work();
  expect(await finished(rig.siaran, runId)).toMatchObject({ account: 'acme', outcome: 'handed_over' });
  expect(acme.accepted.deliveries().size).toBe(10);
});

describe('an account', () => {
  test('that is refused is held, and another one is delivered meanwhile', async () => {
    acme.setFaults([{ on: 'any', kind: 'http', status: 401, message: 'wrong key' }]);
    await rig.work();
    const theirs = await broadcast(rig, 1_500, { account: 'acme' });
    expect(await held(theirs)).toMatchObject({ held: { kind: 'refused' }, batches: { pending: 2 } });
    const ours = await broadcast(rig, 1_500, { account: 'default' });
    expect(await finished(rig.siaran, ours)).toMatchObject({ outcome: 'handed_over', held: null });
    expect(await rig.siaran.run(theirs)).toMatchObject({ batches: { pending: 2, failed: 0, unknown: 0 } });
    expect(await rig.query('SELECT account, kind FROM active_holds')).toEqual([{ account: 'acme', kind: 'refused' }]);
    acme.setFaults([]);
    await probeSoon(rig.ctx.db, ['acme']);
    expect(await finished(rig.siaran, theirs)).toMatchObject({ outcome: 'handed_over', held: null });
  });

  test('that has the wrong secret goes on when a worker brings the right one', async () => {
    const wrong = await rig.work({ SIARAN_ACCOUNTS_FILE: await accountsFile({ secretKey: 'wrong-secret-key' }) });
    const theirs = await broadcast(rig, 10, { account: 'acme' });
    expect(JSON.stringify(await held(theirs))).not.toContain('wrong-secret-key');
    await wrong.close();
    await rig.work();
    expect(await finished(rig.siaran, theirs)).toMatchObject({ outcome: 'handed_over', held: null });
  });

  test('that hangs takes no place of another one, which has as many as ever', async () => {
    acme.setFaults([{ on: 'upload', kind: 'hang-before-accepting' }]);
    rig.sandbox.setFaults([{ on: 'upload', kind: 'latency', latencyMs: 500 }]);
    await rig.work({ SIARAN_CONCURRENCY: '2', SIARAN_REQUEST_TIMEOUT: '60s', SIARAN_CLAIM_TTL: '90s' });
    const theirs = await broadcast(rig, 60, { account: 'acme', pace: '10/1h' });
    await eventually(claimed, (counts) => counts.acme === 2);
    const ours = await broadcast(rig, 60, { account: 'default', pace: '10/1h' });
    await eventually(claimed, (counts) => counts.acme === 2 && counts.default === 2);
    expect(await finished(rig.siaran, ours)).toMatchObject({ outcome: 'handed_over', batches: { scheduled: 6 } });
    expect(await claimed()).toEqual({ acme: 2 });
    expect(await rig.siaran.run(theirs)).toMatchObject({ held: null, batches: { pending: 6 } });
  });

  test('has a rate limit of its own', async () => {
    await rig.work({ SIARAN_ACCOUNTS_FILE: await accountsFile({ rateLimit: '2/1h' }) });
    const theirs = await broadcast(rig, 60, { account: 'acme', pace: '10/1h' });
    await waitForRun(rig, theirs, ({ batches }) => batches.scheduled > 0);
    const ours = await broadcast(rig, 60, { account: 'default', pace: '10/1h' });
    expect(await finished(rig.siaran, ours)).toMatchObject({ batches: { scheduled: 6 } });
    const { batches } = await rig.siaran.run(theirs);
    expect(batches.scheduled).toBeLessThanOrEqual(2);
    expect(batches.scheduled + batches.pending).toBe(6);
  });

  test('counts a daily limit apart from another account, unless both are of one portfolio', async () => {
    const apart = await rig.work();
    const limits = { dailyLimit: 10, startAt: new Date(Date.now() + day) };
    const startsOf = async (runId: string) => {
      await finished(rig.siaran, runId);
      return (await rig.siaran.batches(runId)).map(({ movedBy }) => movedBy);
    };
    expect(await startsOf(await broadcast(rig, 10, { ...limits, account: 'default' }))).toEqual([null]);
    expect(await startsOf(await broadcast(rig, 10, { ...limits, account: 'acme' }))).toEqual([null]);
    expect(await startsOf(await broadcast(rig, 10, { ...limits, account: 'acme' }))).toEqual(['dailyLimit']);
    await apart.close();
    // What was sent before counts with the others of the portfolio too, as soon as workers are told of it.
    const later = { ...limits, startAt: new Date(Date.now() + 30 * day) };
    expect(await rig.query('SELECT name, portfolio FROM accounts ORDER BY name')).toEqual([
      { name: 'acme', portfolio: 'acme' },
      { name: 'default', portfolio: 'default' },
    ]);
    await rig.work({ SIARAN_ACCOUNTS_FILE: await accountsFile({ portfolio: 'default' }) });
    expect(await startsOf(await broadcast(rig, 10, { ...later, account: 'default' }))).toEqual([null]);
    expect(await startsOf(await broadcast(rig, 10, { ...later, account: 'acme', channelId: 7 }))).toEqual([
      'dailyLimit',
    ]);
    // A producer whose file doesn't say it changes nothing.
    expect(await rig.query("SELECT portfolio FROM accounts WHERE name = 'acme'")).toEqual([{ portfolio: 'default' }]);
  });

  test('that a worker has no credentials of is left alone by it, even if it is told to deliver or to probe', async () => {
    await rig.work({ SIARAN_ACCOUNTS_FILE: '' });
    const theirs = await broadcast(rig, 10, { account: 'acme' });
    expect(await finished(rig.siaran, await broadcast(rig, 10, { account: 'default' }))).toMatchObject({
      outcome: 'handed_over',
    });
    await waitForRun(rig, theirs, ({ batches }) => batches.pending === 1);
    const without = openDelivery(
      openContext(parseConfig({ ...rig.env, SIARAN_ACCOUNTS_FILE: '' })),
      new AbortController().signal,
    );
    await deliverBatch(without, `${theirs}-0001`, { probing: false });
    await without.qiscus.close();
    await without.close();
    expect(await rig.query('SELECT claim_number, status FROM batches WHERE run_id = $1', [theirs])).toEqual([
      { claim_number: 0, status: 'pending' },
    ]);
    const hold = { account: 'acme', kind: 'refused', reason: 'no', failures: 1, waitMs: 60_000 } as const;
    await holdAccount(rig.ctx.db, hold);
    await probeSoon(rig.ctx.db, ['default']);
    expect(await takeProbes(rig.ctx.db, ['default', 'acme'], 60_000)).toEqual([]);
    await probeSoon(rig.ctx.db, ['acme']);
    expect(await takeProbes(rig.ctx.db, ['default'], 60_000)).toEqual([]);
    expect(acme.accepted.summary().requests).toEqual({ upload: 0, send: 0, client: 0 });
    await rig.work();
    expect(await finished(rig.siaran, theirs)).toMatchObject({ outcome: 'handed_over', held: null });
  });

  test('with many batches that wait pushes none of another one out of a pass', async () => {
    await rig.siaran.startRun({ ...december, key: 'ours' });
    await rig.siaran.startRun({ ...december, key: 'theirs', account: 'acme' });
    await rig.query(
      `INSERT INTO batches (id, run_id, account, number, size, closed_at)
       SELECT r.id || '-' || n, r.id, r.account, n, 1, now() FROM runs r, generate_series(1, 100) AS n
       WHERE r.key = 'ours' OR n > 97`,
    );
    const found = await deliverableBatches(rig.ctx.db, ['default', 'acme'], 10);
    const numbersOf = (account: string) => found.filter((each) => each.account === account).map(({ number }) => number);
    expect(numbersOf('default')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(numbersOf('acme')).toEqual([98, 99, 100]);
    expect(await deliverableBatches(rig.ctx.db, ['acme'], 2)).toMatchObject([{ number: 98 }, { number: 99 }]);
  });
});

describe('an account that nobody knows', () => {
  const campaign = { ...december, audience: 'function:list', schedule: '0 9 * * *', timeZone: 'UTC' };

  test('is refused, with the names of those there are', async () => {
    const expected = /^There is no account "north"; there are acme, default\. Accounts are in the file /;
    await expect(rig.siaran.startRun({ ...december, account: 'north' })).rejects.toThrow(expected);
    await expect(rig.siaran.addCampaign({ ...campaign, account: 'north' })).rejects.toThrow(expected);
    expect(await rig.query('SELECT name FROM accounts')).toEqual([{ name: 'default' }]);
    for (const account of ['North', 'a:b', '', 5 as unknown as string]) {
      const badName = /account is .*; the name of an account is of 1 to 40 lower-case letters/;
      await expect(rig.siaran.startRun({ ...december, account })).rejects.toThrow(badName);
      await expect(rig.siaran.addCampaign({ ...campaign, account })).rejects.toThrow(badName);
    }
  });

  test('is known to whoever has its credentials, and to everybody once a worker has them', async () => {
    const producer = rig.open({ SIARAN_ACCOUNTS_FILE: '' });
    await expect(producer.startRun({ ...december, account: 'acme' })).rejects.toThrow('there are default.');
    const workers = await rig.work();
    await producer.startRun({ ...december, account: 'acme' });
    await workers.close();
    await rig.query(`DELETE FROM runs; DELETE FROM accounts WHERE name = 'acme'`);
    await rig.siaran.startRun({ ...december, account: 'acme' });
    await rig.siaran.addCampaign({ ...campaign, account: 'acme' });
    expect(await rig.query('SELECT account FROM campaigns')).toEqual([{ account: 'acme' }]);
  });
});

/** How many batches of each account are in the hands of workers. */
async function claimed(): Promise<Record<string, number>> {
  const rows = await rig.query<{ account: string; count: number }>(
    'SELECT account, count(*)::int FROM batches WHERE claim_expires_at > clock_timestamp() GROUP BY account',
  );
  return Object.fromEntries(rows.map(({ account, count }) => [account, count]));
}
