import type { CampaignRequest, Siaran } from '../../../src/index.js';
import { eventually, invoiceColumns } from '../../support/rig.js';

export const weekly: CampaignRequest = {
  name: 'Weekly',
  templateDetailId: 172,
  columns: invoiceColumns,
  audience: `sql:SELECT '62812' || (10000000 + i) AS phone_number, 'Customer ' || i AS customer_name, 'INV-' || i AS body_variable1 FROM generate_series(1, 1500) AS i`,
  schedule: '0 9 * * mon',
  timeZone: 'Asia/Jakarta',
};

/**
 * The run of a campaign that is fired by hand, when its audience was read or has failed. Workers that are begun by `work` find it
 * at once; others only by their next look, up to a second later.
 */
export async function fired(siaran: Siaran, name: string, work?: () => Promise<unknown>): Promise<string> {
  const { runId } = await siaran.fireCampaign(name);
  await work?.();
  await eventually(
    () => siaran.campaign(name),
    ({ firings }) => firings[0]?.status !== 'preparing',
  );
  return runId;
}
