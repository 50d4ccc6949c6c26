import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { random } from '../../kill/scenes/random.js';
import { eventually, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { tracesOf } from '../../support/traces.js';

const people = 700;
const runsEach = 3;

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

/** By run and number: how often it was sent. */
function sentBy(): Map<string, number> {
  const sent = new Map<string, number>();
  for (const { name, broadcastFileId } of rig.sandbox.accepted.jobs()) {
    const runId = name.slice(1, name.indexOf('-'));
    const { bytes } = rig.sandbox.accepted.fileText(broadcastFileId ?? 0) ?? {};
    for (const [number] of Buffer.from(bytes ?? [])
      .toString()
      .matchAll(/\b62812\d{8}\b/g))
      sent.set(`${runId} ${number}`, (sent.get(`${runId} ${number}`) ?? 0) + 1);
  }
  return sent;
}

/** As a truthful operator would: unknown batches are looked up at the provider by their name, failed ones are retried. */
async function settle(runIds: readonly string[]): Promise<boolean> {
  let settled = true;
  for (const runId of runIds) {
    const run = await rig.siaran.run(runId);
    for (const batch of await rig.siaran.batches(runId)) {
      if (batch.status !== 'unknown') continue;
      const job = rig.sandbox.accepted.jobs().find(({ name }) => name.startsWith(`[${batch.id}.${batch.attempts}]`));
      await rig.siaran.resolve(batch.id, job ? { sent: job.id } : { notSent: true, force: true }, { by: 'ops' });
    }
    if (run.batches.failed > 0) await rig.siaran.retry(runId);
    settled &&= run.status === 'finished' && run.outcome === 'handed_over';
  }
  return settled;
}

/** Rows in some order, many of them twice, at the speed of somebody who has other work too. */
async function* slowly(dice: ReturnType<typeof random>, count: number) {
  for (let at = 0; at < count; at += 1) {
    if (at % 60 === 59) await sleep(dice.between(0, 25));
    yield* invoices(1, dice.next() < 0.7 ? at : dice.between(0, people - 1));
  }
  yield* invoices(people);
}

test.each([1, 2, 3].map((at) => Math.floor(Math.random() * 1_000_000) + at))(
  'people are forgotten at any moment: nobody is messaged twice, the forgotten never again, and all is accounted for (seed %i)',
  async (seed) => {
    const dice = random(seed);
    rig.sandbox.setFaults([
      { on: 'any', kind: 'latency', latencyMs: 20 },
      { on: 'any', kind: 'http', status: 429, retryAfterSeconds: 0, probability: 0.05, seed },
      { on: 'send', kind: 'http', status: 422, probability: 0.1, seed: seed + 1 },
      { on: 'send', kind: 'close-after-accepting', probability: 0.1, seed: seed + 2 },
      { on: 'send', kind: 'close-after-reading', probability: 0.1, seed: seed + 3 },
    ]);
    await Promise.all([rig.work(), rig.work()]);
    const runIds: string[] = [];
    const producing = Array.from({ length: runsEach }, async (_, at) => {
      const { id } = await rig.siaran.startRun({
        ...{ name: `December ${at}`, templateDetailId: 172, columns: invoiceColumns, flushAfter: '30ms' },
      });
      runIds.push(id);
      await rig.siaran.enqueue(id, slowly(dice, people), { source: 'list' });
      await rig.siaran.seal(id);
    });
    const forgotten = new Map<string, number>();
    const forgetting = Array.from({ length: 12 }, async () => {
      await sleep(dice.between(0, 900));
      const number = phoneNumber(dice.between(0, people - 1));
      await Promise.all(Array.from({ length: dice.pick([1, 1, 2]) }, () => rig.siaran.forget(number)));
      forgotten.set(number, rig.sandbox.accepted.deliveriesTo(number));
    });
    await Promise.all([...producing, ...forgetting]);
    await eventually(
      () => settle(runIds),
      (settled) => settled,
      60_000,
    );

    const sent = sentBy();
    expect([...sent].filter(([, times]) => times > 1)).toEqual([]);
    for (const [number, times] of forgotten) {
      expect([number, rig.sandbox.accepted.deliveriesTo(number)]).toEqual([number, times]);
      expect(await tracesOf(rig, number)).toEqual([]);
    }
    for (const runId of runIds) {
      expect((await rig.siaran.verify(runId)).breaches).toEqual([]);
      const others = Array.from({ length: people }, (_, at) => phoneNumber(at)).filter((each) => !forgotten.has(each));
      expect(others.filter((number) => !sent.has(`${runId} ${number}`))).toEqual([]);
    }
  },
  90_000,
);
