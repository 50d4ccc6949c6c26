import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Running, start } from '../../support/program.js';
import type { Receiver } from '../../support/receiver.js';
import { eventually, finished, invoices, type Rig } from '../../support/rig.js';
import { waitForRun } from '../../support/runs.js';
import { startNotifiedRig } from './notified-rig.js';

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

test('a sealed run whose producer was killed is told the same by its page and by lists, and can be completed', async () => {
  const runId = await killedProducer();
  await rig.siaran.seal(runId);
  await rig.work();
  await waitForRun(rig, runId, ({ recipients }) => recipients.scheduled === 1_000);
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'needs_attention', unclosedIntakes: 1 });
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
}, 180_000);
