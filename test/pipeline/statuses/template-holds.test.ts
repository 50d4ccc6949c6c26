import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { holdPausedTemplates } from '../../../src/pipeline/statuses/hold-paused-templates.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { delivered, item, tell } from '../../support/statuses.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work();
});
afterAll(() => rig.close());

let next = 0;
const own = (length: number) => {
  next += length;
  return Array.from({ length }, (_, at) => phoneNumber(next - length + at));
};
const at = new Date();
const fail = (numbers: readonly string[], code?: number) =>
  tell(rig, ...numbers.map((number) => item(`t.${number}`, 'failed', at, number, code)));
const send = (numbers: readonly string[]) =>
  tell(rig, ...numbers.map((number) => item(`t.${number}`, 'sent', at, number)));

/** A run of which one batch is out and another one waits; in the end the hold that is on it. */
async function halfSent(numbers: readonly string[]): Promise<string> {
  const runId = await delivered(rig, numbers, 1);
  await rig.query(
    `INSERT INTO batches (id, run_id, account, number, size, opened_at, closed_at, claim_expires_at)
     VALUES ($1 || '-0002', $1, 'default', 2, 1, now(), now(), now() + interval '1 hour')`,
    [runId],
  );
  await eventually(
    () => rig.query('SELECT 1 FROM runs WHERE id = $1 AND finished_at IS NULL', [runId]),
    (rows) => rows.length === 1,
  );
  return runId;
}

async function heldOf(runId: string) {
  await holdPausedTemplates(rig.ctx);
  return (await rig.siaran.run(runId)).held;
}

const noticesOf = (runId: string) =>
  rig.query<{ kind: string; reason: string }>(
    "SELECT detail ->> 'kind' AS kind, detail ->> 'reason' AS reason FROM notices WHERE event = 'hold' AND run_id = $1",
    [runId],
  );

test.each([132015, 132016])(
  'one message that failed with %i holds its run, tells it once, and not again once it is resumed',
  async (code) => {
    const numbers = own(20);
    const runId = await halfSent(numbers);
    await send(numbers.slice(0, 10));
    expect(await heldOf(runId)).toBeNull();
    await fail(numbers.slice(10, 11), code);
    const reason = expect.stringContaining(`1 of the 11 messages told of have failed with ${code}: WhatsApp has`);
    expect(await heldOf(runId)).toMatchObject({ kind: 'template', reason });
    expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused' });
    expect(await noticesOf(runId)).toEqual([{ kind: 'template', reason }]);
    await rig.siaran.resume(runId);
    await fail(numbers.slice(11, 15), code);
    expect(await heldOf(runId)).toBeNull();
    expect(await noticesOf(runId)).toHaveLength(1);
  },
);

test('a run most of whose messages failed for one reason is held once a hundred were told of', async () => {
  const numbers = own(300);
  const runId = await halfSent(numbers);
  await fail(numbers.slice(0, 99), 131042);
  expect(await heldOf(runId)).toBeNull();
  // Half of them is not more than half.
  await send(numbers.slice(99, 198));
  expect(await heldOf(runId)).toBeNull();
  await fail(numbers.slice(198, 199), 131026);
  expect(await heldOf(runId)).toBeNull();
  await fail(numbers.slice(199, 201), 131042);
  expect(await heldOf(runId)).toMatchObject({
    kind: 'template',
    reason: expect.stringContaining('101 of the 201 messages told of have failed with 131042: The account cannot pay'),
  });
});

test('what holds a run already stays, and comes before; a run without anything left is told of only', async () => {
  const [waiting, ended] = [own(20), own(20)];
  const runId = await halfSent(waiting);
  await rig.query("UPDATE runs SET held_kind = 'balance', held_reason = 'too low', held_at = now() WHERE id = $1", [
    runId,
  ]);
  await fail(waiting.slice(0, 1), 132015);
  expect(await heldOf(runId)).toMatchObject({ kind: 'balance' });
  await rig.siaran.resume(runId);
  expect(await heldOf(runId)).toMatchObject({ kind: 'template' });

  const endedId = await delivered(rig, ended, 1);
  await eventually(
    () => rig.query('SELECT 1 FROM runs WHERE id = $1 AND finished_at IS NOT NULL', [endedId]),
    (rows) => rows.length === 1,
  );
  await fail(ended.slice(0, 1), 132016);
  expect(await heldOf(endedId)).toBeNull();
  expect(await heldOf(endedId)).toBeNull();
  expect(await noticesOf(endedId)).toMatchObject([{ kind: 'template' }]);
});

test('the campaign that fired such a run is paused with its reason, until it is resumed', async () => {
  const name = 'Paused by WhatsApp';
  await rig.siaran.addCampaign({
    ...{ name, templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 1 1 *', timeZone: 'Asia/Jakarta' },
    audience: `sql:SELECT '62813' || n AS phone_number FROM generate_series(20000000, 20000009) n`,
  });
  const { runId } = await rig.siaran.fireCampaign(name);
  await eventually(
    () => rig.siaran.run(runId),
    (run) => run.status === 'finished',
  );
  await tell(rig, item('campaign.1', 'failed', new Date(), '6281320000001', 132015));
  await holdPausedTemplates(rig.ctx);
  expect(await rig.siaran.campaign(name)).toMatchObject({
    ...{ status: 'paused', nextAt: null },
    pausedReason: expect.stringMatching(new RegExp(`^run ${runId}: 1 of the 1 .* 132015: WhatsApp has paused`)),
  });
  await rig.siaran.resumeCampaign(name);
  await holdPausedTemplates(rig.ctx);
  expect(await rig.siaran.campaign(name)).toMatchObject({ status: 'active', pausedReason: null });
});
