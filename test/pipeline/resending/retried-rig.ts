import type { RunRequest } from '../../../src/index.js';
import { retryNext } from '../../../src/pipeline/resending/retry-failures.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig } from '../../support/rig.js';
import { broadcast, type RunSettings } from '../../support/runs.js';
import { beganHoursAgo, item, tell } from '../../support/statuses.js';

export const retry = { codes: [131026, 131053], after: '24h', times: 2 };

/** What became of each, by the place of the recipient. */
export type Fates = Record<number, readonly [status: string, code?: number | undefined, hoursAgo?: number]>;

export const toldAt = (hoursAgo = 30) => new Date(Date.now() - hoursAgo * 3_600_000);

/** A run that has ended, and began two days ago; no worker is there any more. Its turn has come. */
export async function endedRun(rig: Rig, count: number, fates: Fates, more: Partial<RunRequest> = {}): Promise<string> {
  const workers = await rig.work();
  const { runId } = await rig.siaran.broadcast({
    ...{ name: 'December', templateDetailId: 172, columns: invoiceColumns, recipients: invoices(count) },
    ...{ retryAfterFailure: retry, ...more },
  } as Parameters<Rig['siaran']['broadcast']>[0]);
  await isOver(rig, runId);
  await workers.close();
  await turnComes(rig, runId, 48);
  await tellFates(rig, runId, fates);
  return runId;
}

/** The same, while workers are there. */
export async function handedOver(rig: Rig, count: number, fates: Fates, more: RunSettings = {}): Promise<string> {
  const runId = await broadcast(rig, count, more);
  await finished(rig.siaran, runId);
  await beganHoursAgo(rig, runId, 48);
  await tellFates(rig, runId, fates);
  return runId;
}

export async function tellFates(rig: Rig, runId: string, fates: Fates): Promise<void> {
  const items = Object.entries(fates).map(([at, [status, code, hoursAgo]]) =>
    item(`wamid.${runId}.${at}.${status}`.slice(0, 60), status, toldAt(hoursAgo), phoneNumber(Number(at)), code),
  );
  await tell(rig, ...items);
}

/** Its end is noted, as a worker that is there does. */
export async function isOver(rig: Rig, runId: string): Promise<void> {
  await finished(rig.siaran, runId);
  await eventually(
    () =>
      rig.query<{ isNoted: boolean }>('SELECT finished_at IS NOT NULL AS "isNoted" FROM runs WHERE id = $1', [runId]),
    ([run]) => run?.isNoted === true,
  );
}

/** It began so long ago, and is looked at next. */
export async function turnComes(rig: Rig, runId: string, hoursAgo: number): Promise<void> {
  await beganHoursAgo(rig, runId, hoursAgo);
  await lookNow(rig, runId);
}

/** As after the time that it would be looked at next, or that a claim runs out. */
export async function lookNow(rig: Rig, runId: string): Promise<void> {
  await rig.query('UPDATE runs SET retry_at = now() WHERE id = $1 AND retry_at IS NOT NULL', [runId]);
}

/** Everything that is to be looked at now is; returns how many were. */
export async function lookAtAll(rig: Rig): Promise<number> {
  for (let looked = 0; ; looked += 1) if (!(await retryNext(rig.ctx))) return looked;
}

/** Workers deliver this run to its end, and go. */
export async function deliver(rig: Rig, runId: string): Promise<void> {
  const workers = await rig.work();
  await isOver(rig, runId);
  await workers.close();
}

export async function retryOf(rig: Rig, runId: string) {
  return (await rig.siaran.run(runId)).retry;
}

export function auditOf(rig: Rig): Promise<{ actor: string; target: string; detail: object }[]> {
  return rig.query("SELECT actor, target, detail FROM audit_entries WHERE action = 'retry after failure' ORDER BY id");
}

export const deliveries = (rig: Rig, ...at: number[]) =>
  at.map((each) => rig.sandbox.accepted.deliveriesTo(phoneNumber(each)));
