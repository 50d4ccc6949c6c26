import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import type { Receiver } from '../../support/receiver.js';
import type { Rig } from '../../support/rig.js';
import { chunked, deliver } from '../../support/runs.js';
import { startNotifiedRig, tell } from '../reconcile/notified-rig.js';

let rig: Rig;
let receiver: Receiver;

beforeAll(async () => {
  const env = { SIARAN_ADMIN_URL: 'https://siaran.example.com/in/', SIARAN_ACTOR: 'ada' };
  ({ rig, receiver } = await startNotifiedRig(env));
});
afterAll(async () => {
  await rig.close();
  await receiver.close();
});

const told = async (event: string) => {
  await reconcile(rig.ctx);
  await tell(rig);
  return receiver.of(event).map(({ body }) => ({ link: body.link, kind: body.hold?.kind }));
};

test('a notice leads to the page of the run or batch that it is about', async () => {
  const runId = await chunked(rig, 5);
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  await deliver(rig, runId, 1);
  expect(await told('batch.unknown')).toEqual([{ link: `https://siaran.example.com/in/batches/${runId}-0001` }]);
  expect(await told('run.finished')).toEqual([{ link: `https://siaran.example.com/in/runs/${runId}` }]);
});

test('that a run waits for an approval leads to the page that asks for it', async () => {
  await rig.query('UPDATE accounts SET approval_above = 2');
  const runId = await chunked(rig, 5);
  expect(await told('hold')).toEqual([
    { link: `https://siaran.example.com/in/runs/${runId}/approve`, kind: 'approval' },
  ]);
});

test('a hold of an account leads to the page of its health', async () => {
  await rig.query("INSERT INTO holds (account, kind, reason) VALUES ('default', 'unknowns', 'three in a row')");
  expect((await told('hold')).at(-1)).toEqual({ link: 'https://siaran.example.com/in/health', kind: 'unknowns' });
});
