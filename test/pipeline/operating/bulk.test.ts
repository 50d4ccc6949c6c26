import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bulk } from '../../../src/pipeline/operating/bulk.js';
import { type Rig, startRig } from '../../support/rig.js';
import { chunked, deliver } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

async function refused(count: number, name: string): Promise<string> {
  const id = await chunked(rig, count, { name });
  rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: 'no', times: 1 }]);
  await deliver(rig, id, 1);
  rig.sandbox.setFaults([]);
  return id;
}

test('each run that fits is cancelled, and no other; each is in the audit log', async () => {
  const [one, two, other] = [
    await chunked(rig, 3, { name: 'Promo A' }),
    await chunked(rig, 4, { name: 'promo B' }),
    await chunked(rig, 5, { name: 'Invoices' }),
  ];
  const over = await chunked(rig, 2, { name: 'Promo C' });
  await deliver(rig, over, 1);
  const request = { action: 'cancel', filter: { name: 'promo' } } as const;
  const nothing = { unchanged: 0, refused: [] };
  expect(await rig.siaran.bulk({ ...request, dryRun: true })).toEqual({
    ...{ action: 'cancel', found: { runs: 2, recipients: 7 }, done: { runs: 0, recipients: 0 } },
    ...nothing,
    left: 2,
  });
  expect((await rig.siaran.run(one)).status).toBe('sealed');
  expect(await rig.siaran.bulk(request)).toEqual({
    ...{ action: 'cancel', found: { runs: 2, recipients: 7 }, done: { runs: 2, recipients: 7 } },
    ...nothing,
    left: 0,
  });
  for (const id of [one, two]) expect((await rig.siaran.run(id)).recipients).toMatchObject({ pending: 0 });
  expect((await rig.siaran.run(one)).recipients.cancelled).toBe(3);
  expect((await rig.siaran.run(other)).recipients.pending).toBe(5);
  expect((await rig.siaran.run(over)).recipients.scheduled).toBe(2);
  const kept = await rig.query<{ target: string; status: number }>(
    "SELECT target, status FROM audit_entries WHERE action = 'cancel' AND detail ->> 'bulk' = 'true' ORDER BY id",
  );
  expect(kept).toEqual([one, two].map((target) => ({ target, status: 200 })));
});

test('an empty filter is refused unless it is said that all is meant', async () => {
  const id = await chunked(rig, 3);
  await expect(rig.siaran.bulk({ action: 'cancel', filter: {} })).rejects.toThrow(/filter is empty/);
  await expect(rig.siaran.bulk({ action: 'cancel', filter: { name: undefined } })).rejects.toThrow(/filter is empty/);
  expect((await rig.siaran.run(id)).recipients.pending).toBe(3);
  expect((await rig.siaran.bulk({ action: 'cancel', filter: {}, all: true })).done).toEqual({ runs: 1, recipients: 3 });
});

test('nothing is done if something else fits by now than was seen', async () => {
  const id = await chunked(rig, 3);
  const { found } = await rig.siaran.bulk({ action: 'cancel', filter: { name: 'December' }, dryRun: true });
  await chunked(rig, 1);
  const late = rig.siaran.bulk({ action: 'cancel', filter: { name: 'December' }, expected: found });
  await expect(late).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect((await rig.siaran.run(id)).recipients.pending).toBe(3);
});

test('what failed of runs that fit is delivered again, and what is paused or holds itself goes on', async () => {
  const failed = await refused(3, 'Refused');
  const whole = await chunked(rig, 4, { name: 'Whole' });
  await rig.siaran.pause(whole);
  expect((await rig.siaran.bulk({ action: 'retry', filter: { state: 'refused' } })).done).toEqual({
    runs: 1,
    recipients: 3,
  });
  expect((await rig.siaran.run(failed)).recipients).toMatchObject({ failed: 0, pending: 3 });
  const resumed = await rig.siaran.bulk({ action: 'resume', filter: { state: 'paused' } });
  expect(resumed).toMatchObject({ found: { runs: 1, recipients: 4 }, done: { runs: 1, recipients: 4 } });
  expect((await rig.siaran.run(whole)).status).toBe('sealed');
});

test('a run that refuses it is told with its reason, and stops none of the others', async () => {
  const [first, second] = [await chunked(rig, 3, { name: 'First' }), await chunked(rig, 4, { name: 'Second' })];
  for (const id of [first, second]) await rig.siaran.pause(id);
  const through: number[] = [];
  // What is cancelled after it was looked for: the single action refuses it by its own guard.
  const options = { by: 'ada', onProgress: (count: number) => through.push(count) };
  await rig.query(
    `CREATE FUNCTION cancel_second() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
       UPDATE runs SET cancelled_at = now(), paused_at = NULL WHERE id = '${second}' AND cancelled_at IS NULL; RETURN NEW; END $$`,
  );
  await rig.query(
    `CREATE TRIGGER second_is_cancelled AFTER UPDATE ON runs FOR EACH ROW WHEN (NEW.id = '${first}') EXECUTE FUNCTION cancel_second()`,
  );
  const result = await bulk(rig.ctx, { action: 'resume', filter: { state: 'paused' } }, options);
  expect(result).toMatchObject({
    found: { runs: 2, recipients: 7 },
    done: { runs: 1, recipients: 3 },
    refused: [{ code: 'RUN_CANCELLED', runs: 1, runIds: [second] }],
  });
  expect(through).toEqual([1, 2]);
  const kept = await rig.query<{ status: number; actor: string }>(
    "SELECT status, actor FROM audit_entries WHERE action = 'resume' ORDER BY id",
  );
  expect(kept).toEqual([
    { status: 200, actor: 'ada' },
    { status: 409, actor: 'ada' },
  ]);
});
