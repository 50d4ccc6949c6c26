import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '../../src/index.js';
import type { Setting } from './setting/setting.js';

/** Against hanging only: nothing is decided by it. */
const hangMs = 60_000;

/** Looks until it is so. */
export async function until<T>(what: string, look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (const started = Date.now(); ; await sleep(60)) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() - started > hangMs)
      throw new Error(`waited in vain until ${what}; last seen: ${JSON.stringify(seen)}`);
  }
}

/** Whether anybody waits for a lock in the statement of this name. */
export async function waits(setting: Setting, name: string): Promise<boolean> {
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`;
  return (await setting.query(waiting, [`%/* ${name} */%`])).length > 0;
}

/** Little enough to be asked often: what remains of the work, as far as Postgres knows. */
const remaining = `SELECT count(*) FILTER (WHERE (sealed_at IS NULL AND cancelled_at IS NULL) OR drained_at IS NULL)::int AS runs,
  (SELECT count(*)::int FROM batches WHERE status IN ('pending', 'uploaded', 'sending')) AS batches,
  (SELECT count(*)::int FROM active_holds WHERE kind = 'unknowns') AS holds,
  array_remove(array_agg(CASE WHEN held_kind = 'unknown' THEN id END), NULL) AS held FROM runs`;

type Remaining = { runs: number; batches: number; holds: number; held: string[] };

/** An operator looks on until nothing remains to be done, and lets go on what unknown sends have stopped: an account, or a run of messages. */
export async function untilFinished(setting: Setting): Promise<RunView> {
  const view = await until(
    'the run is finished',
    async () => {
      const [left] = await setting.query<Remaining>(remaining).catch(() => []);
      if (left && left.holds > 0) await setting.siaran.resumeAll().catch(() => undefined);
      for (const runId of left?.held ?? []) await setting.siaran.resume(runId).catch(() => undefined);
      if (!left || left.runs + left.batches + setting.busySends() > 0) return undefined;
      return setting.view().catch(() => undefined);
    },
    (seen) => seen?.status === 'finished',
  );
  if (!view) throw new Error('there is no run');
  return view;
}

/** Of those whose answer was recorded; what an operator found out has no log. */
const withoutLog = `SELECT count(*)::int AS n FROM batches b JOIN attempts a ON a.batch_id = b.id AND a.number = b.attempts AND a.kind = 'send'
  WHERE b.individual AND a.outcome = 'scheduled' AND NOT EXISTS (SELECT 1 FROM broadcast_logs l WHERE l.batch_id = b.id)`;

/**
 * Judges a run at which nothing moves any more, then settles truthfully what is unknown, and judges again.
 * Returns what is wrong; nothing, if all is well.
 */
export async function judge(setting: Setting, recipients: number): Promise<{ wrongs: string[]; unknown: number }> {
  const { runId, wrongs, unknown } = await judgeAsItStands(setting, recipients);
  setting.sandbox.setFaults([]);
  for (let round = 1; round <= 8; round += 1) {
    await untilFinished(setting);
    const left = (await setting.siaran.batches(runId)).filter((batch) => batch.status !== 'scheduled');
    if (left.length === 0) break;
    if (round === 8) wrongs.push(`${left.map((batch) => `${batch.id} is still ${batch.status}`).join(', ')}`);
    for (const batch of left) if (batch.status === 'unknown') await settle(setting, batch.id, batch.attempts);
    await setting.siaran.retry(runId);
  }
  const deliveries = setting.sandbox.accepted.deliveries();
  const twice = [...deliveries.values()].filter((count) => count > 1).length;
  if (twice > 0) wrongs.push(`${twice} numbers were sent twice`);
  if (deliveries.size !== recipients) wrongs.push(`${recipients - deliveries.size} numbers were lost`);
  const end = await setting.siaran.run(runId);
  if (end.outcome !== 'handed_over') wrongs.push(`in the end the run is ${end.status}, ${end.outcome}`);
  wrongs.push(...(await breaches(setting, runId, 'in the end')));
  const [nameless] = await setting.query<{ n: number }>(withoutLog);
  if (nameless && nameless.n > 0) wrongs.push(`${nameless.n} messages have lost their broadcast log`);
  return { wrongs, unknown };
}

async function judgeAsItStands(setting: Setting, recipients: number) {
  const { id: runId, recipients: counted, batches } = await untilFinished(setting);
  const wrongs = await breaches(setting, runId, 'at rest');
  const rows = await setting.query<{ number: string; status: string }>(
    `SELECT r.phone_number::text AS number, b.status FROM recipients r JOIN runs ON runs.number = r.run_number
     JOIN batches b ON b.run_id = runs.id AND b.number = r.batch_number WHERE runs.id = $1`,
    [runId],
  );
  if (rows.length !== recipients) wrongs.push(`the ledger has ${rows.length} recipients instead of ${recipients}`);
  if (counted.missing > 0)
    wrongs.push(`${counted.missing} rows are missing although their producer was told that all is in`);
  const odd = new Map<string, number>();
  for (const { number, status } of rows) {
    const count = setting.sandbox.accepted.deliveriesTo(number);
    const isRight = status === 'scheduled' ? count === 1 : status === 'unknown' ? count <= 1 : count === 0;
    if (!isRight)
      odd.set(`${status} and delivered ${count} times`, (odd.get(`${status} and delivered ${count} times`) ?? 0) + 1);
  }
  for (const [what, count] of odd) wrongs.push(`${count} numbers are ${what}`);
  const explained = setting.toll.inFlight + setting.toll.ambiguous + openAmbiguous(setting);
  if (batches.unknown > explained)
    wrongs.push(`${batches.unknown} batches are unknown, and only ${explained} sends had a reason to be`);
  return { runId, wrongs, unknown: batches.unknown };
}

/** Sends whose answer didn't get back to a living worker: as ambiguous as an answer that says nothing. */
function openAmbiguous(setting: Setting): number {
  return setting.hands().reduce((sum, hand) => sum + hand.unansweredSends(), 0);
}

/** Looks the batch's last attempt up at the provider by its name, as an operator would. */
async function settle(setting: Setting, batchId: string, attempts: number): Promise<void> {
  const jobs = setting.sandbox.accepted.jobs().filter((job) => job.name.startsWith(`[${batchId}.`));
  const job = jobs.find(({ name }) => name.startsWith(`[${batchId}.${attempts}]`)) ?? jobs[0];
  const found = job ? { sent: job.id } : { notSent: true as const, force: true };
  await setting.siaran.resolve(batchId, found, { by: 'operator' });
}

/** What `verify` finds wrong with a run. */
export async function breaches(setting: Setting, runId: string, when: string): Promise<string[]> {
  const { breaches: found } = await setting.siaran.verify(runId);
  const byRule = new Map<string, string[]>();
  for (const { rule, detail } of found) {
    const details = byRule.get(rule) ?? [];
    details.push(detail);
    byRule.set(rule, details);
  }
  return [...byRule].map(([rule, [first, ...more]]) => `${when}: ${rule}: ${first} (and ${more.length} more)`);
}
