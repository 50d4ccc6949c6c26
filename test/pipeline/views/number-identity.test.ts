import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCallback } from '../../../src/domain/statuses/callback.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { deliverBatch } from '../../../src/pipeline/delivery/deliver.js';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import { findRecipient } from '../../../src/pipeline/views/find-recipient.js';
import { invoiceColumns, type Rig, startRig, sumOfRecipients } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** Persons, each in the form that is given, and in the other one. */
type People = readonly (readonly [given: string, other: string])[];

/** Other people for each test. */
const peopleOf = (last: string): People => [
  [`52551234567${last}`, `521551234567${last}`],
  [`549112345678${last}`, `54112345678${last}`],
  [`54112345679${last}`, `549112345679${last}`],
  [`551198765432${last}`, `55118765432${last}`],
  [`55118765433${last}`, `551198765433${last}`],
];
const given = (people: People) => people.map(([number]) => number);
const other = (people: People) => people.map(([, number]) => number);

async function chunked(numbers: readonly string[]): Promise<string> {
  const { id } = await rig.siaran.startRun({ name: 'Forms', templateDetailId: 172, columns: invoiceColumns });
  const rows = numbers.map((number) => ({ phone_number: `+${number}`, customer_name: 'A', body_variable1: 'B' }));
  await rig.siaran.enqueue(id, rows, { source: 'list' });
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  return id;
}

async function delivered(runId: string): Promise<Awaited<ReturnType<typeof rig.siaran.run>>> {
  await deliverBatch(rig.ctx, `${runId}-0001`, { probing: false });
  expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
  const run = await rig.siaran.run(runId);
  expect(sumOfRecipients(run)).toBe(run.recipients.enqueued);
  return run;
}

const deliveries = (numbers: readonly string[]) => numbers.map((number) => rig.sandbox.accepted.deliveriesTo(number));

test('a person in both forms is messaged once, in the form that came first', async () => {
  const people = peopleOf('1');
  const run = await delivered(await chunked([...given(people), ...other(people), ...given(people)]));
  expect(run.recipients).toMatchObject({ scheduled: 5, duplicates: 10 });
  expect(deliveries(given(people))).toEqual([1, 1, 1, 1, 1]);
  expect(deliveries(other(people))).toEqual([0, 0, 0, 0, 0]);
});

test('a form that comes later, in a turn of its own, is a duplicate too', async () => {
  const people = peopleOf('2');
  const { id } = await rig.siaran.startRun({ name: 'Forms', templateDetailId: 172, columns: invoiceColumns });
  for (const numbers of [given(people), other(people)]) {
    const rows = numbers.map((number) => ({ phone_number: `+${number}`, customer_name: 'A', body_variable1: 'B' }));
    await rig.siaran.enqueue(id, rows);
    await chunkRun(rig.ctx, id);
  }
  expect((await rig.siaran.run(id)).recipients).toMatchObject({ pending: 5, duplicates: 5 });
});

test('whoever is suppressed in one form is left out in the other, before the run is cut and after', async () => {
  const people = peopleOf('3');
  await rig.siaran.suppress(other(people).map((number) => `+${number}`));
  const before = await delivered(await chunked([...given(people), '6281234567890']));
  expect(before.recipients).toMatchObject({ scheduled: 1, suppressed: 5 });
  expect(await rig.siaran.unsuppress(given(people).map((number) => `+${number}`))).toEqual({ removed: 5, absent: 0 });
  const id = await chunked([...given(people), '6281234567890']);
  await rig.siaran.suppress(other(people).map((number) => `+${number}`));
  expect((await delivered(id)).recipients).toMatchObject({ scheduled: 1, suppressed: 5 });
  expect(deliveries([...given(people), ...other(people)])).toEqual(Array(10).fill(0));
});

test('a person is found, and told of by callbacks, in either form', async () => {
  const people = peopleOf('4');
  const id = await chunked(given(people));
  await delivered(id);
  const at = Math.floor(Date.now() / 1000) + 1;
  for (const [index, number] of other(people).entries()) {
    const errors = [{ code: 131050, title: 'opted out' }];
    const told = { id: `wamid.${number}`, status: 'failed', timestamp: at, recipient_id: number, errors };
    const reading = readCallback({ statuses: [told] });
    if (reading.kind !== 'statuses') throw new Error('the callback could not be read');
    expect(await new CallbackGroups(rig.ctx).receive('default', reading.statuses)).toMatchObject({
      updated: 1,
      unknown: 0,
    });
    for (const asked of [number, given(people)[index] ?? '']) {
      expect(await findRecipient(rig.ctx, `+${asked}`)).toMatchObject({
        suppressed: true,
        runs: [{ runId: id, deliveryStatus: 'failed' }],
      });
    }
  }
});
