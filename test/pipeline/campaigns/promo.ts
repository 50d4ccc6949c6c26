import type { CampaignRequest } from '../../../src/index.js';
import { fireDue } from '../../../src/pipeline/campaigns/fire.js';
import { invoiceColumns, type Rig } from '../../support/rig.js';
import { waitForRun } from '../../support/runs.js';

export const people = 30;

/** An audience of so many, the first of them with this index. */
export function query(from = 1, count = people): string {
  const rows = `generate_series(${from}, ${from + count - 1}) AS i`;
  return `sql:SELECT '62812' || (10000000 + i) AS phone_number, 'C' AS customer_name, 'I' AS body_variable1 FROM ${rows}`;
}

/** When a promo fires: in an hour, and it is prepared at once. */
export function inAnHour(): string {
  return new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000).toISOString();
}

/** A campaign that fires once. */
export function promo(at: string, more: Partial<CampaignRequest> = {}): CampaignRequest {
  return {
    ...{ name: 'Promo', templateDetailId: 172, columns: invoiceColumns, audience: query() },
    ...{ schedule: at, prepareAhead: '2h' },
    ...more,
  };
}

/** The run of the promo, which is fired now. */
export async function firePromo(rig: Rig): Promise<string> {
  await fireDue(rig.ctx);
  const { firings } = await rig.siaran.campaign('Promo');
  const runId = firings[0]?.runId;
  if (!runId) throw new Error('not fired');
  return runId;
}

export function runsOf(rig: Rig): Promise<{ id: string; template: number; cancelled: boolean }[]> {
  return rig.query(
    'SELECT id, template_detail_id AS template, cancelled_at IS NOT NULL AS cancelled FROM runs ORDER BY number',
  );
}

export function waitsUploaded(rig: Rig, runId: string) {
  return waitForRun(
    rig,
    runId,
    ({ batches, recipients }) => batches.uploaded > 0 && recipients.uploaded === recipients.enqueued,
  );
}
