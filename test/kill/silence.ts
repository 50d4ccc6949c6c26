import { setTimeout as sleep } from 'node:timers/promises';
import { type Play, produce } from './play.js';
import type { Hand, Peer, Setting } from './setting.js';
import { until, untilFinished } from './verdict.js';

/** Longer than the claims of sends, and than the deadlines of statements. */
const silentMs = 9_000;
const othersGoOnWithinMs = 10_000;
const allGoesOnWithinMs = 60_000;

const env = { SIARAN_STATEMENT_TIMEOUT: '3s', SIARAN_REQUEST_TIMEOUT: '5s', SIARAN_CLAIM_TTL: '7s' };
const recipients = 30_300;

/** A server falls silent, for one worker of two, or for both, while recipients go out; then bytes flow again. */
export function silentFor(
  peer: Peer,
  who: 'one worker' | 'all workers' | 'the producer',
  how: 'late' | 'forgotten',
): Play {
  const act = async (setting: Setting) => {
    setting.sandbox.setFaults([{ on: 'any', kind: 'latency', latencyMs: 400 }]);
    const producing = produce(setting, recipients);
    producing.catch(() => {});
    const workers = who === 'the producer' ? [] : [await setting.hire('worker'), await setting.hire('worker')];
    await until(
      'the producer is there, and something was sent unless it is the producer that is struck',
      async () => producers(setting).length > 0 && (who === 'the producer' || (await scheduled(setting)) > 0),
      Boolean,
    );
    const struck = who === 'one worker' ? workers.slice(0, 1) : who === 'all workers' ? workers : producers(setting);
    for (const hand of struck) hand.silent[peer].silence();
    setting.toll.kills += struck.length;
    // What was on its way may be unknown until the answer is recorded. A silent provider makes sends unknown until the account is held.
    setting.toll.inFlight += (peer === 'provider' ? 6 : 2) * struck.length;
    if (who === 'one worker') await othersGoOn(setting);
    await sleep(silentMs);
    for (const hand of struck) hand.silent[peer].flow(how);
    const flowing = Date.now();
    await producing;
    if (workers.length === 0) await setting.hire('worker');
    await untilFinished(setting);
    if (Date.now() - flowing > allGoesOnWithinMs)
      throw new Error('it took more than a minute after bytes flowed again');
    // Nobody can know of what a silent provider was asked whether it was read.
    if (peer === 'provider') return;
    await until(
      'nothing is unknown that was not sent',
      async () => {
        const rows = await setting.query<{ id: string }>("SELECT id FROM batches WHERE status = 'unknown'");
        return rows.filter(({ id }) => !setting.sandbox.accepted.jobs().some(({ name }) => name.startsWith(`[${id}.`)));
      },
      (rows) => rows.length === 0,
    );
  };
  return { name: `${peer} silent for ${who}, then ${how}`, recipients, env, act };
}

async function othersGoOn(setting: Setting): Promise<void> {
  const [before, begun] = [await scheduled(setting), Date.now()];
  // What the silent one had under way is among them at most.
  await until(
    'the other worker goes on',
    () => scheduled(setting),
    (count) => count >= before + 3,
  );
  const took = Date.now() - begun;
  if (took > othersGoOnWithinMs) throw new Error(`the other worker went on only after ${took} ms`);
}

async function scheduled(setting: Setting): Promise<number> {
  const rows = await setting.query<{ n: number }>("SELECT count(*)::int AS n FROM batches WHERE status = 'scheduled'");
  return rows[0]?.n ?? 0;
}

function producers(setting: Setting): readonly Hand[] {
  return setting.hands().filter(({ role }) => role === 'producer');
}

export const silences: readonly Play[] = [
  silentFor('postgres', 'one worker', 'forgotten'),
  silentFor('postgres', 'one worker', 'late'),
  silentFor('postgres', 'all workers', 'forgotten'),
  silentFor('postgres', 'the producer', 'forgotten'),
  silentFor('redis', 'one worker', 'forgotten'),
  silentFor('redis', 'one worker', 'late'),
  silentFor('redis', 'all workers', 'forgotten'),
  silentFor('redis', 'the producer', 'late'),
  silentFor('provider', 'one worker', 'forgotten'),
  silentFor('provider', 'all workers', 'late'),
];
