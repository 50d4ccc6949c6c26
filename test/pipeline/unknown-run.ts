import { expect } from '@jest/globals';
import { chunkRun } from '../../src/pipeline/chunking/chunk.js';
import { invoices, phoneNumber, type Rig } from '../support/rig.js';
import { batchIdOf, december, deliver } from '../support/runs.js';
import { item, tell } from '../support/statuses.js';

/** The run that the test is about, and its only batch; its numbers begin at `from`. */
export let [runId, batchId, from] = ['', '', 0];
let free = 0;

export function lookAt(run: string): void {
  [runId, batchId] = [run, batchIdOf(run, 1)];
}

/** Numbers that no other test has begin at `from`. */
export function takeNumbers(count: number): void {
  [from, free] = [free, free + count];
}

/** A run of one batch whose send got no answer. Each has numbers of its own. */
export async function unknownRun(rig: Rig, size: number): Promise<void> {
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  takeNumbers(size);
  await sentRun(rig, size, from);
  expect(await rig.siaran.batches(runId)).toMatchObject([{ status: 'unknown', evidence: null }]);
}

export async function sentRun(rig: Rig, size: number, first: number): Promise<string> {
  const { id } = await rig.siaran.startRun({ ...december, name: 'Evidence' });
  await rig.siaran.enqueue(id, invoices(size, first));
  await rig.siaran.seal(id);
  lookAt(id);
  await chunkRun(rig.ctx, id);
  await deliver(rig, id, 1);
  return id;
}

/** Callbacks about the first so many of its messages, so many minutes after it began. */
export async function report(rig: Rig, count: number, { minutes = 1, first = from, tag = runId } = {}): Promise<void> {
  const at = new Date(Date.now() + minutes * 60_000);
  const items = Array.from({ length: count }, (_, index) =>
    item(`wamid.${tag}.${first + index}`, 'delivered', at, phoneNumber(first + index)),
  );
  await tell(rig, ...items);
}

export async function batch(rig: Rig) {
  const [found] = await rig.siaran.batches(runId);
  return found;
}

export function jobId(rig: Rig): number {
  return rig.sandbox.accepted.jobs().at(-1)?.id ?? 0;
}
