import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { lookForForgotten } from '../../../src/pipeline/reconcile/reconcile.js';
import type { AuditQuery } from '../../../src/pipeline/views/view-audit.js';
import { auditCsv } from '../../../src/pipeline/views/view-audit.js';
import { invoices, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { chunked, december, deliver } from '../../support/runs.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ env: { SIARAN_ACTOR: 'desk', SIARAN_SETTLE_AFTER: '1h' } });
});
afterEach(() => rig.close());

async function told(query: AuditQuery = {}): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of rig.siaran.audit(query)) texts.push(text);
  return texts.reverse();
}

test('tells in sentences who did what to which run, with how many people', async () => {
  const runId = await chunked(rig, 1_010);
  const run = `run "December" (${runId}, 1,010 people)`;
  await rig.siaran.pause(runId);
  await rig.siaran.resume(runId);
  await rig.siaran.cancel(runId);
  expect(await told()).toEqual([
    `desk started ${run}`,
    `desk paused ${run}`,
    `desk let ${run} go on`,
    `desk cancelled ${run}`,
  ]);
});

test('tells how an unknown batch was resolved, by whom, and why', async () => {
  rig.sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  const runId = await chunked(rig, 10);
  await deliver(rig, runId, 1);
  const batchId = `${runId}-0001`;
  const resolution = { notSent: true } as const;
  await expect(rig.siaran.resolve(batchId, resolution, { by: 'night shift' })).rejects.toThrow('wait');
  await rig.siaran.resolve(batchId, { ...resolution, force: true }, { by: 'night shift', reason: 'not in the list' });
  const batch = `batch 1 of run "December" (${runId}, 10 people)`;
  expect(await told({ action: 'resolve' })).toEqual([
    `night shift resolved ${batch}: not sent (refused: nothing was changed)`,
    `night shift resolved ${batch}: not sent, forced, because: not in the list`,
  ]);
  expect(await told({ actor: 'desk', target: runId })).toHaveLength(1);
  expect(await told({ target: batchId })).toHaveLength(2);
});

test('a run that is found by its key was started once', async () => {
  await rig.siaran.startRun({ ...december, key: 'k' });
  await rig.siaran.startRun({ ...december, key: 'k' });
  expect(await told({ action: 'start' })).toHaveLength(1);
});

describe('a phone number', () => {
  test('is found by what was done about it, in any of its forms, and stands nowhere in the log', async () => {
    await rig.siaran.broadcast({ ...december, recipients: invoices(3) });
    await rig.siaran.suppress([phoneNumber(0), phoneNumber(1)], { reason: 'asked by phone' });
    await rig.siaran.unsuppress([phoneNumber(1)]);
    await rig.siaran.recipient(`+${phoneNumber(1)}`);
    await rig.siaran.forget(phoneNumber(1));
    expect(await told({ number: phoneNumber(1) })).toEqual([
      'desk put 2 numbers on the suppression list, because: asked by phone',
      'desk took 1 number off the suppression list',
      'desk looked a phone number up',
      'desk had a person forgotten',
    ]);
    expect(await told({ number: phoneNumber(0) })).toHaveLength(1);
    expect(await told({ number: phoneNumber(2) })).toEqual([]);
    const rows = await rig.query('SELECT * FROM audit_entries');
    expect(JSON.stringify(rows)).not.toContain(phoneNumber(1).slice(-8));
    expect(rows.length).toBeGreaterThan(4);
  });

  test('that somebody wrote into a reason is masked', async () => {
    await rig.siaran.suppress([phoneNumber(0)], { reason: `${phoneNumber(1)} asked by phone` });
    const [text] = await told();
    expect(text).toContain('asked by phone');
    expect(text).not.toContain(phoneNumber(1).slice(-6));
  });

  test('that is none asks for nothing', async () => {
    await expect(told({ number: 'abc' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('an entry', () => {
  const change = (sql: string) => rig.query(sql);

  test('is neither changed nor removed, nor is the log emptied', async () => {
    await rig.siaran.startRun(december);
    const stays = 'neither changed nor removed';
    await expect(change(`UPDATE audit_entries SET actor = 'somebody else'`)).rejects.toThrow(stays);
    await expect(change('UPDATE audit_entries SET status = 409')).rejects.toThrow(stays);
    await expect(change('DELETE FROM audit_entries')).rejects.toThrow(stays);
    await expect(change('TRUNCATE audit_entries')).rejects.toThrow(stays);
    expect(await told()).toHaveLength(1);
  });

  test('goes when it is older than the retention', async () => {
    await change(`INSERT INTO audit_entries (at, actor, action, target, detail, status)
      SELECT clock_timestamp() - days * interval '1 day', 'desk', 'pause', days, '{}', 200 FROM unnest(ARRAY[29, 729, 731]) AS days`);
    await lookForForgotten(rig.ctx);
    const left = await rig.query("SELECT target FROM audit_entries WHERE action = 'pause' ORDER BY id");
    expect(left).toEqual([{ target: '29' }, { target: '729' }]);
    expect(await told({ action: 'audit retention' })).toEqual([
      expect.stringMatching(/^Siaran removed an entry of the audit log from before \d{4}-\d\d-\d\d$/),
    ]);
    await lookForForgotten(rig.ctx);
    expect(await told({ action: 'audit retention' })).toHaveLength(1);
    await expect(change(`DELETE FROM audit_entries WHERE target = '29'`)).rejects.toThrow('neither changed');
  });

  test('that was begun and not ended says so', async () => {
    await change(
      `INSERT INTO audit_entries (actor, action, target, detail) VALUES ('desk', 'purge', '', '{"olderThan": "90d"}')`,
    );
    expect(await told()).toEqual([
      'desk removed the numbers and values of runs that ended more than 90d ago (begun; its end was not recorded)',
    ]);
  });
});

test('as CSV it is read by another parser, and no cell is a formula', async () => {
  await insertFormula(rig);
  let csv = '';
  for await (const part of auditCsv(rig.ctx, {})) csv += part;
  const [row] = parse(csv, { columns: true }) as Record<string, string>[];
  expect(row).toMatchObject({ actor: "'=1+1", action: 'pause', status: '', detail: '{"a": 1}'.replace(' ', '') });
});

function insertFormula({ query }: Rig) {
  return query(
    `INSERT INTO audit_entries (actor, action, target, detail) VALUES ('=1+1', 'pause', 'a "b", c', '{"a": 1}')`,
  );
}
