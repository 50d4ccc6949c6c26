import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { purge } from '../../../src/pipeline/operating/purge.js';
import { type Running, start } from '../../support/program.js';
import type { Receiver } from '../../support/receiver.js';
import { eventually, finished, invoices, type Rig } from '../../support/rig.js';
import { waitForRun } from '../../support/runs.js';
import { startNotifiedRig, tell } from './notified-rig.js';

let rig: Rig;
let receiver: Receiver;
let producer: Running | undefined;
beforeEach(async () => {
  ({ rig, receiver } = await startNotifiedRig());
});
afterEach(async () => {
  producer?.child.kill('SIGKILL');
  await rig.close();
  await receiver.close();
});

const header = 'phone_number,customer_name,body_variable1\n';
const rowsOf = (count: number, from = 0) =>
  [...invoices(count, from)]
    .map(
      ({ phone_number, customer_name, body_variable1 }) => `${phone_number},"${customer_name}","${body_variable1}"\n`,
    )
    .join('');
const send = ['send', '-', '--template-detail-id', '172', '--name', 'December', '--key', 'december', '--no-seal'];

/** A process that has brought 1,000 recipients and is killed, as it waits for more. */
async function killedProducer(): Promise<string> {
  producer = start(send, { env: rig.env });
  producer.child.stdin?.write(header + rowsOf(1_500));
  const [run] = await eventually(
    () => rig.siaran.runs(1),
    ([found]) => found !== undefined && found.recipients.enqueued === 1_000,
  );
  producer.child.kill('SIGKILL');
  await producer.ended;
  return run?.id ?? '';
}

/** Five minutes pass in which nothing comes. */
const wait = () => rig.query("UPDATE runs SET cut_at = cut_at - interval '5 minutes'");
const ends = async () => {
  await tell(rig);
  return receiver.of('run.finished').map(({ body }) => body.run?.outcome);
};

test('a sealed run whose producer was killed ends all the same, is told as such everywhere, and can be completed', async () => {
  const runId = await killedProducer();
  await rig.siaran.seal(runId);
  await rig.work();
  await waitForRun(rig, runId, ({ recipients }) => recipients.scheduled === 1_000);
  // Its producer may still be at work.
  await eventually(
    () => rig.query('SELECT cut_at IS NOT NULL AS cut, drained_at IS NULL AS undrained FROM runs'),
    ([run]) => run?.cut === true && run.undrained === true,
  );
  expect(await rig.siaran.run(runId)).toMatchObject({ status: 'sealed', unclosedIntakes: 1 });
  expect(await ends()).toEqual([]);
  await wait();
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'needs_attention', unclosedIntakes: 1 });
  await eventually(ends, (outcomes) => outcomes.length > 0);
  expect(await ends()).toEqual(['needs_attention']);
  for (const [state, found] of [
    ['finished', 1],
    ['sealed', 0],
    ['paused', 0],
  ] as const)
    expect(await rig.siaran.runs(10, { state })).toHaveLength(found);

  // The same command once more brings what was missing.
  const again = await start(send, { env: rig.env, input: header + rowsOf(1_500) }).ended;
  expect(again).toMatchObject({ code: 0 });
  expect(await finished(rig.siaran, runId)).toMatchObject({
    ...{ outcome: 'handed_over', unclosedIntakes: 0, recipients: { scheduled: 1_500, missing: 0 } },
  });
  await eventually(ends, (outcomes) => outcomes.length > 1);
  expect(await ends()).toEqual(['needs_attention', 'handed_over']);
}, 180_000);

test('what it had brought is purged in its time, and a producer that is alive after all goes on before', async () => {
  const { id } = await rig.siaran.startRun({
    ...{ name: 'Slow', templateDetailId: 172, columns: ['phone_number', 'customer_name', 'body_variable1'] },
  });
  let goOn = () => {};
  const pause = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slow = rig.siaran.enqueue(
    id,
    (async function* () {
      yield* invoices(1_000);
      await pause;
      yield* invoices(1_000, 1_000);
      await new Promise(() => {});
    })(),
    { source: 'slow' },
  );
  slow.catch(() => {});
  await waitForRun(rig, id, ({ recipients }) => recipients.enqueued === 1_000);
  await rig.siaran.seal(id);
  await rig.work();
  await eventually(
    () => rig.query('SELECT 1 FROM runs WHERE cut_at IS NOT NULL'),
    (runs) => runs.length === 1,
  );
  await wait();
  await finished(rig.siaran, id);
  goOn();
  await waitForRun(rig, id, ({ status, recipients }) => status === 'sealed' && recipients.scheduled === 2_000);
  const day = 86_400_000;
  await rig.query(`UPDATE runs SET cut_at = cut_at - interval '2 days'`);
  await rig.query(`UPDATE batches SET closed_at = closed_at - interval '2 days', scheduled_at = scheduled_at - interval '2 days',
    started_at = started_at - interval '2 days'`);
  await finished(rig.siaran, id);
  const purged = new Set<string>();
  for await (const { runId } of purge(rig.ctx, day)) purged.add(runId);
  expect([...purged]).toEqual([id]);
}, 180_000);
