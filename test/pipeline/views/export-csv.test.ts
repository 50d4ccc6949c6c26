import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openRecipients } from '../../../src/input/read-recipients.js';
import { exportCsv } from '../../../src/pipeline/views/export-csv.js';
import { finished, phoneNumber, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work();
});
afterAll(() => rig.close());

/** What begins as a formula does, or as what an export makes of one. */
const values = ['-10%', '@Toko', '=A1', '+5 poin', "'=A1", "''-10%", "'tis", '-10', 'Rp10,000'];
const heads = ['phone_number', 'body_variable1'];

async function opened(csv: string) {
  async function* stream() {
    yield Buffer.from(csv);
  }
  const { columns, rows } = await openRecipients({ stream: stream(), name: 'list.csv' });
  const read: { body_variable1?: string }[] = [];
  for await (const row of rows) read.push(row as { body_variable1?: string });
  return { columns, rows: read, told: read.map(({ body_variable1 }) => body_variable1) };
}

async function exported(runId: string): Promise<string> {
  let csv = '';
  for await (const page of await exportCsv(rig.ctx, runId, {})) csv += page;
  return csv;
}

async function sent(name: string, recipients: Iterable<object>): Promise<string> {
  const run = { name, templateDetailId: 172, columns: ['phone_number', 'body_variable1'] as const };
  const { runId, accepted } = await rig.siaran.broadcast({ ...run, recipients: recipients as never });
  expect(accepted).toBe(values.length);
  await finished(rig.siaran, runId);
  return runId;
}

/** The values of the latest broadcast, as Qiscus got them. */
async function received(): Promise<(string | undefined)[]> {
  const { broadcastFileId } = rig.sandbox.accepted.jobs().at(-1) ?? {};
  const { bytes } = rig.sandbox.accepted.fileText(broadcastFileId ?? 0) ?? {};
  return (await opened(Buffer.from(bytes ?? []).toString())).told;
}

test('an export that is sent gives customers the values of then, whatever these begin with', async () => {
  const runId = await sent(
    'first',
    values.map((value, at) => ({ phone_number: phoneNumber(at), body_variable1: value })),
  );
  const csv = await exported(runId);
  expect(csv).toContain("'-10%");
  const again = await opened(csv);
  expect(again.columns).toEqual(heads);
  expect(again.told).toEqual(values);
  await sent('again', again.rows);
  expect(await received()).toEqual(values);
});

test('of a file that is no export an apostrophe stays', async () => {
  const rows = values.map((value, at) => `${phoneNumber(at)},"${value}"`);
  expect((await opened(`${heads.join()}\n${rows.join('\n')}\n`)).told).toEqual(values);
});
