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
  const none = { batches: 0, recipients: 0 };
  const tooLate = { handedOver: none, inFlight: none, startsLater: none, jobs: [] };
  const nothing = { unchanged: 0, refused: [], tooLate };
  expect(await rig.siaran.bulk({ ...request, dryRun: true })).toEqual({
    ...{
      action: 'cancel',
      found: { runs: 2, recipients: 7, state: expect.any(String) },
      done: { runs: 0, recipients: 0 },
    },
    ...nothing,
    left: 2,
  });
  expect((await rig.siaran.run(one)).status).toBe('sealed');
  expect(await rig.siaran.bulk(request)).toEqual({
    ...{
      action: 'cancel',
      found: { runs: 2, recipients: 7, state: expect.any(String) },
      done: { runs: 2, recipients: 7 },
    },
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
  // It is cancelled after it was looked for.
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
    refused: [{ code: 'CHANGED_MEANWHILE', runs: 1, runIds: [second] }],
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

test.each([
  [{ state: 'runing' }, /state is "runing"; it is open, sealed, paused/],
  [{ kind: 'broadcasts' }, /kind is "broadcasts"; it is broadcast or message/],
  [{ campain: 'reminder' }, /campain"? is nothing that runs are found by/],
  [{ name: null }, /name is null/],
  [{ name: ' ' }, /name is empty/],
  [{ since: new Date(Number.NaN) }, /since is no instant/],
  [{ until: '2026-12-01' }, /until is .*give a Date/],
])('the filter %j, as a program without types gives it, is refused and does nothing', async (filter, why) => {
  const id = await chunked(rig, 3);
  await expect(rig.siaran.bulk({ action: 'cancel', filter: filter as never })).rejects.toThrow(why);
  expect((await rig.siaran.run(id)).recipients.pending).toBe(3);
});

test('nothing is done if other runs fit by now that have as many people', async () => {
  const [one, two] = [await chunked(rig, 3, { name: 'One' }), await chunked(rig, 3, { name: 'Two' })];
  await rig.siaran.pause(one);
  const request = { action: 'resume', filter: { state: 'paused' } } as const;
  const { found } = await rig.siaran.bulk({ ...request, dryRun: true });
  await rig.siaran.resume(one);
  await rig.siaran.pause(two);
  await expect(rig.siaran.bulk({ ...request, expected: found })).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect((await rig.siaran.run(two)).status).toBe('paused');
});

test('nothing is resumed if a run is held for another reason by now than as it was seen', async () => {
  const id = await chunked(rig, 3);
  await rig.siaran.pause(id);
  const request = { action: 'resume', filter: { state: 'paused' } } as const;
  const { found } = await rig.siaran.bulk({ ...request, dryRun: true });
  await rig.siaran.resume(id);
  await rig.query("UPDATE runs SET held_kind = 'balance', held_reason = 'too low', held_at = now() WHERE id = $1", [
    id,
  ]);
  await expect(rig.siaran.bulk({ ...request, expected: found })).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect(await rig.siaran.run(id)).toMatchObject({ held: { kind: 'balance' } });
});

test('what fails after it was looked at is not delivered again', async () => {
  const id = await refused(3, 'Refused');
  const request = { action: 'retry', filter: { state: 'refused' } } as const;
  const { found } = await rig.siaran.bulk({ ...request, dryRun: true });
  await rig.siaran.retry(id);
  rig.sandbox.setFaults([{ on: 'send', kind: 'http', status: 422, message: 'no', times: 1 }]);
  await deliver(rig, id, 1);
  await expect(rig.siaran.bulk({ ...request, expected: found })).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
  expect((await rig.siaran.run(id)).recipients.failed).toBe(3);
});

test('what breaks it off tells how many runs are through', async () => {
  const [first, second] = [await chunked(rig, 3, { name: 'First' }), await chunked(rig, 4, { name: 'Second' })];
  await rig.query(
    `CREATE FUNCTION break_off() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`,
  );
  await rig.query(
    `CREATE TRIGGER second_breaks BEFORE UPDATE ON runs FOR EACH ROW WHEN (NEW.id = '${second}') EXECUTE FUNCTION break_off()`,
  );
  await expect(rig.siaran.bulk({ action: 'cancel', filter: { state: 'sealed' } })).rejects.toMatchObject({
    code: 'UNEXPECTED',
    message: expect.stringMatching(/broken.* 1 of 2 runs is through.*the same call does the rest/),
  });
  expect((await rig.siaran.run(first)).recipients.cancelled).toBe(3);
});
