import { setTimeout as sleep } from 'node:timers/promises';
import { type Play, produce } from '../play.js';
import type { Hand, Peer, PeerRule } from '../setting/hands.js';
import type { Setting } from '../setting/setting.js';
import { until, untilFinished } from '../verdict.js';
import { push } from './boundaries.js';

/** Longer than the claims of sends, and than the deadlines of statements. */
const silentMs = 9_000;
const othersGoOnWithinMs = 10_000;
const allGoesOnWithinMs = 60_000;

export const silenceEnv = { SIARAN_STATEMENT_TIMEOUT: '3s', SIARAN_REQUEST_TIMEOUT: '5s', SIARAN_CLAIM_TTL: '7s' };
export const silenceRecipients = 60_000;

/** A server falls silent, for one worker of two, or for both, while recipients go out; then bytes flow again. */
function silentFor(peer: Peer, who: 'one worker' | 'all workers' | 'the producer', how: 'late' | 'forgotten'): Play {
  const act = async (setting: Setting) => {
    setting.sandbox.setFaults([{ on: 'any', kind: 'latency', latencyMs: 400 }]);
    const ofProducer = who === 'the producer';
    const producing = produce(setting, silenceRecipients, (time) =>
      ofProducer && time === 0 ? silencedWhilePushing(peer) : [],
    );
    producing.catch(() => {});
    const workers = ofProducer ? [] : [await setting.hire('worker'), await setting.hire('worker')];
    if (!ofProducer)
      await until(
        'something was sent',
        () => scheduled(setting),
        (count) => count > 0,
      );
    const struck = ofProducer ? [await producer(setting)] : who === 'one worker' ? workers.slice(0, 1) : workers;
    if (!ofProducer) for (const hand of struck) hand.silent[peer].silence();
    setting.toll.kills += struck.length;
    // What was on its way may be unknown until the answer is recorded. A silent provider makes sends unknown until the account is held.
    setting.toll.inFlight += (peer === 'provider' ? 6 : 2) * struck.length;
    await untilStruck(struck, peer);
    if (who === 'one worker') await othersGoOn(setting);
    await sleep(silentMs);
    for (const hand of struck) hand.silent[peer].flow(how);
    await goesOn(setting, async () => {
      await producing;
      if (ofProducer) await Promise.all([setting.hire('worker'), setting.hire('worker')]);
    });
    // Nobody can know of what a silent provider was asked whether it was read.
    if (peer !== 'provider') await nothingUnsentIsUnknown(setting);
  };
  return {
    name: `${peer} silent for ${who}, then ${how}`,
    recipients: silenceRecipients,
    env: silenceEnv,
    act,
  };
}

/** A producer to which a server falls silent in the middle of its blocks. */
export function silencedWhilePushing(peer: Peer): readonly PeerRule[] {
  const strike: PeerRule['strike'] = async (hand) => {
    hand.silent[peer].silence();
    return 'forward';
  };
  return [{ peer: 'redis', moment: 'before', text: push, nth: 10, strike }];
}

/** A silence that holds nothing back proves nothing. */
export async function untilStruck(hands: readonly Hand[], peer: Peer): Promise<void> {
  await until(
    `something that ${peer} was to hear, or to say, is held back`,
    async () => hands.map((hand) => hand.silent[peer].heldBack()),
    (counts) => counts.every((count) => count > 0),
  );
}

/** Now that bytes flow again: everything is over within a minute, without anybody starting anything anew. */
export async function goesOn(setting: Setting, rest: () => Promise<void>): Promise<void> {
  const flowing = Date.now();
  await rest();
  await untilFinished(setting);
  const tookMs = Date.now() - flowing;
  setting.toll.measured.push(`everything was over ${seconds(tookMs)} after bytes flowed again`);
  if (tookMs > allGoesOnWithinMs) throw new Error('it took more than a minute after bytes flowed again');
}

async function othersGoOn(setting: Setting): Promise<void> {
  const [before, begun] = [await scheduled(setting), Date.now()];
  // What the silent one had under way is among them at most.
  await until(
    'the other worker goes on',
    () => scheduled(setting),
    (count) => count >= before + 3,
  );
  const tookMs = Date.now() - begun;
  setting.toll.measured.push(`the other worker went on after ${seconds(tookMs)}`);
  if (tookMs > othersGoOnWithinMs) throw new Error(`the other worker went on only after ${seconds(tookMs)}`);
}

async function nothingUnsentIsUnknown(setting: Setting): Promise<void> {
  await until(
    'nothing is unknown that was not sent',
    async () => {
      const rows = await setting.query<{ id: string }>("SELECT id FROM batches WHERE status = 'unknown'");
      return rows.filter(({ id }) => !setting.sandbox.accepted.jobs().some(({ name }) => name.startsWith(`[${id}.`)));
    },
    (rows) => rows.length === 0,
  );
}

async function scheduled(setting: Setting): Promise<number> {
  const rows = await setting.query<{ n: number }>("SELECT count(*)::int AS n FROM batches WHERE status = 'scheduled'");
  return rows[0]?.n ?? 0;
}

async function producer(setting: Setting): Promise<Hand> {
  const found = await until(
    'the producer is there',
    async () => setting.hands().find(({ role }) => role === 'producer'),
    Boolean,
  );
  return found as Hand;
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
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
