import { setTimeout as sleep } from 'node:timers/promises';
import type { Query } from './databases.js';

/** Any change of these figures is work that goes on. */
const progress = `SELECT concat_ws(',',
    (SELECT concat_ws('.', sum(claim_number), count(*) FILTER (WHERE status = 'unknown'), count(*) FILTER (WHERE status = 'scheduled'),
      count(broadcast_file_id), count(*), count(*) FILTER (WHERE status IN ('pending', 'uploaded', 'sending'))) FROM batches),
    (SELECT sum(absorbed_to) FROM intakes), (SELECT count(*) FROM attempts)) AS figures,
  EXISTS (SELECT 1 FROM batches WHERE status IN ('pending', 'uploaded', 'sending')) AS waits`;

/** Notes in `recoveries` how many milliseconds after a worker's death work goes on. */
export async function watchRecovery(query: Query, recoveries: number[]): Promise<void> {
  const died = Date.now();
  const look = async () => (await query<{ figures: string; waits: boolean }>(progress).catch(() => []))[0];
  const before = await look();
  if (!before?.waits) return;
  for (;;) {
    await sleep(25);
    const now = await look();
    if (!now || Date.now() - died > 60_000) return;
    if (now.figures === before.figures) continue;
    recoveries.push(Date.now() - died);
    return;
  }
}
