import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../support/admin.js';
import { eventually } from '../support/rig.js';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
  const audience = "sql:SELECT '6281234567890' AS phone_number FROM pg_sleep(3600)";
  const rest = { templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 * * mon', timeZone: 'UTC' };
  await rig.siaran.addCampaign({ name: 'Slow', audience, ...rest });
});

afterAll(() => rig.close());

const queries = () =>
  rig.query<{ state: string }>(
    "SELECT state FROM pg_stat_activity WHERE application_name = 'siaran audience' AND datname = current_database()",
  );

test.each([['/api/v1/campaigns/Slow/next'], ['/campaigns/Slow/audience'], ['/campaigns/Slow/fire']])(
  'a query that %s counts is ended on the server when its client has gone',
  async (path) => {
    const client = new AbortController();
    const headers = { Authorization: `Bearer ${tokens.operator}` };
    const asking = fetch(`${rig.url}${path}`, { headers, signal: client.signal }).catch(() => undefined);
    await eventually(queries, ([query]) => query?.state === 'active');
    client.abort();
    await asking;
    expect(await eventually(queries, (left) => left.length === 0)).toEqual([]);
  },
);
