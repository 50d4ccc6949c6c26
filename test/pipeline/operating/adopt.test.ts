import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.js';
import { type Context, openContext } from '../../../src/context.js';
import { adoptIdentity, adoptPrefix } from '../../../src/pipeline/operating/adopt.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { eventually, invoices, type Rig, startRig } from '../../support/rig.js';
import { december, waitForRun } from '../../support/runs.js';

/** The rig is production. */
let rig: Rig;
let staging: Environment;
let theirs: Context;

beforeEach(async () => {
  rig = await startRig();
  staging = await freshEnvironment();
  await staging.query('UPDATE installation SET id = gen_random_uuid()');
  theirs = openContext(parseConfig({ ...rig.env, DATABASE_URL: staging.databaseUrl }));
});
afterEach(async () => {
  await theirs.close();
  await rig.close();
  await staging.drop();
});

/** Staging's settings were copied from production's: all but the database. */
const openStaging = () => rig.open({ DATABASE_URL: staging.databaseUrl });

const workersAtWork = (count: number) =>
  eventually(
    () => rig.ctx.heartbeats.alive(),
    (alive) => alive.length === count,
  );

test('a copy is told to get an identity of its own, and takes the place of the original only when somebody says so', async () => {
  const [original] = await rig.query<{ id: string }>('SELECT id FROM installation');
  await staging.query('UPDATE installation SET id = $1', [original?.id]);
  const workers = await rig.work();
  await workersAtWork(1);
  await expect(openStaging().work()).rejects.toMatchObject({
    code: 'OTHER_DATABASE',
    message: expect.stringMatching(/is a copy of .*is at work.*SIARAN_PREFIX.*siaran adopt/s),
  });
  await workers.close();
  // As while production is deployed: that nobody is at work is no reason.
  await expect(openStaging().work()).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
  // What the restored database has lost stays remembered: that is how it is noticed.
  const lost = { attemptId: 7n, token: randomUUID(), batchId: 'rlost0000-0001', number: 1, broadcastFileId: 1 };
  await rig.ctx.witness.remember(lost, []);
  expect(await adoptPrefix(theirs)).toMatchObject({ ownsPrefix: true, setAside: { sends: 0, runs: [] } });
  expect(await theirs.witness.latest()).toMatchObject([{ batchId: 'rlost0000-0001' }]);
  await expect(rig.ctx.owner.look()).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
});

describe('adopt', () => {
  const atWork = { code: 'WORKERS_AT_WORK', message: expect.stringMatching(/at work.*SIARAN_PREFIX.*stop them/s) };

  test('gives a copy an identity of its own, but not while workers are at work with the prefix', async () => {
    const before = await staging.query<{ id: string; block_key: Buffer }>('SELECT id, block_key FROM installation');
    const workers = await rig.work();
    await workersAtWork(1);
    await expect(adoptIdentity(theirs)).rejects.toMatchObject(atWork);
    expect(await staging.query('SELECT id, block_key FROM installation')).toEqual(before);
    await workers.close();
    const adopted = await adoptIdentity(theirs);
    const [after] = await staging.query<{ id: string; block_key: Buffer }>('SELECT id, block_key FROM installation');
    expect(adopted).toEqual({
      databaseId: after?.id,
      prefix: rig.env.SIARAN_PREFIX,
      ownsPrefix: false,
      setAside: { sends: 0, runs: [] },
    });
    expect(after?.id).not.toBe(before[0]?.id);
    expect(after?.block_key).not.toEqual(before[0]?.block_key);
    await expect(openStaging().startRun(december)).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
    await expect(rig.siaran.startRun(december)).resolves.toBeDefined();
  });

  test("takes the prefix over, and what the other had in it doesn't look like a ledger that went back", async () => {
    const sent = await rig.siaran.broadcast({ ...december, recipients: invoices(5) });
    const waits = await rig.siaran.startRun(december);
    await rig.siaran.pause(waits.id);
    const workers = await rig.work();
    await waitForRun(rig, sent.runId, ({ outcome }) => outcome === 'handed_over');
    await expect(adoptPrefix(theirs)).rejects.toMatchObject(atWork);
    await workers.close();
    await rig.siaran.resume(waits.id);
    await rig.siaran.enqueue(waits.id, invoices(3, 10));
    expect(await adoptPrefix(theirs)).toMatchObject({ ownsPrefix: true, setAside: { sends: 1, runs: [waits.id] } });
    const other = openStaging();
    await other.work();
    const { runId } = await other.broadcast({ ...december, recipients: invoices(5, 20) });
    await eventually(
      () => other.run(runId),
      ({ outcome }) => outcome === 'handed_over',
    );
    expect(await staging.query('SELECT kind FROM holds')).toEqual([]);
    await expect(rig.siaran.enqueue(waits.id, invoices(1))).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
  });
});
