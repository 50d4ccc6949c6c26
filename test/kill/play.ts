import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryRequest } from '../../src/index.js';
import { invoices, phoneNumber } from '../support/rig.js';
import type { Boundary } from './boundaries.js';
import type { Spares } from './processes.js';
import { type Hand, isDone, openSetting, type PeerRule, type Services, type Setting } from './setting.js';
import { judge, until, untilFinished } from './verdict.js';

export type Report = {
  name: string;
  kills: number;
  recipients: number;
  sentTwice: number;
  lost: number;
  unknown: number;
  recoveries: number[];
  measured: string[];
  wrongs: string[];
};

export const oneByOne: DeliveryRequest = {
  delivery: 'individual',
  channelId: 534,
  templateName: 'kill',
  namespace: 'kill',
  language: 'id',
};

export type Play = {
  name: string;
  recipients: number;
  env?: Record<string, string>;
  /** What has to be there before the setting, and what it adds to the environment. */
  before?: () => Promise<{ env: Record<string, string>; close(): Promise<void> }>;
  /** How the run is delivered; files of 1,000 if that isn't said. */
  delivery?: DeliveryRequest;
  act(setting: Setting): Promise<void>;
};

/** Plays a scene in a setting of its own, and judges how it ended. */
export async function play(services: Services, spares: Spares, scene: Play): Promise<Report> {
  const before = await scene.before?.();
  const setting = await openSetting(services, spares, { ...scene, env: { ...scene.env, ...before?.env } });
  const wrongs: string[] = [];
  let unknown = 0;
  try {
    await scene.act(setting);
    await untilFinished(setting);
    const verdict = await judge(setting, scene.recipients);
    wrongs.push(...verdict.wrongs);
    unknown = verdict.unknown;
  } catch (error) {
    wrongs.push(error instanceof Error ? `${error.message}` : String(error));
  }
  wrongs.push(...setting.tally.missed().map((rule) => `nothing was struck at ${rule}`));
  const counts = setting.sandbox.accepted.deliveries();
  const sentTwice = [...counts.values()].filter((count) => count > 1).length;
  const lost = Array.from({ length: scene.recipients }, (_, at) => phoneNumber(at)).filter(
    (n) => !counts.has(n),
  ).length;
  const { kills, recoveries, measured } = setting.toll;
  await setting.close().catch((error: unknown) => wrongs.push(`not closed: ${String(error)}`));
  await before?.close();
  const { name, recipients } = scene;
  return { name, kills, recipients, sentTwice, lost, unknown, recoveries, measured, wrongs };
}

/** Runs a producer until its broadcast is in, each time with the same key and recipients. */
export async function produce(
  setting: Setting,
  count: number,
  rulesOf: (time: number) => readonly PeerRule[] = () => [],
): Promise<void> {
  for (let time = 0; ; time += 1) {
    const hand = await setting.hire('producer', rulesOf(time), { count, from: 0 });
    const produced = await hand.produced;
    await hand.gone;
    if (isDone(produced)) return;
    if (produced.kind === 'failed' && !['INTAKE_LOST', 'UNAVAILABLE'].includes(produced.code))
      throw new Error(`the producer failed: ${produced.code} ${produced.message}`);
    if (time > 100) throw new Error('the producer never got through');
  }
}

/** Hands rows in, each hundred in a transaction of its own, and as many again that are rolled back. */
async function handIn(setting: Setting, count: number): Promise<void> {
  const { id } = await setting.siaran.startRun(setting.request);
  const { client, end } = await setting.connect();
  const within = async (verdict: 'COMMIT' | 'ROLLBACK', from: number) => {
    await client.query('BEGIN');
    await setting.siaran.enqueueIn(client, setting.request.key, invoices(Math.min(100, count), from));
    await client.query(verdict);
  };
  for (let from = 0; from < count; from += 100) {
    await within('ROLLBACK', 5_000_000 + from);
    await within('COMMIT', from);
  }
  await end();
  await setting.siaran.seal(id);
}

/** No batch is claimed by anybody any more. */
export function untilNobodyHolds(setting: Setting): Promise<unknown> {
  return until(
    'no claim is left',
    () => setting.query('SELECT 1 FROM batches WHERE claim_expires_at > clock_timestamp()'),
    (rows) => rows.length === 0,
  );
}

/** Keeps workers at it as a service manager does, also when one ends because a server is away at its start. */
export async function keepWorkers(setting: Setting, count: number, isOver: () => boolean): Promise<void> {
  const keepOne = async () => {
    while (!isOver()) {
      const hand = await setting.hire('worker');
      while (!isOver() && !hand.isGone()) await sleep(100);
    }
  };
  await Promise.all(Array.from({ length: count }, keepOne));
}

/**
 * One process after the other dies at a boundary: the first at the first of the given occurrences that it meets, and so on.
 * Their successor does the rest.
 */
export function dieAt(boundary: Boundary, occurrences: readonly number[], recipients: number): Play {
  const { name, role, peer, moment, text, faults = [], whileSending } = boundary;
  const act = async (setting: Setting) => {
    setting.sandbox.setFaults([...faults]);
    let over = false;
    const ruleOf = (time: number): PeerRule[] => {
      const nth = occurrences[time];
      if (nth === undefined) return [];
      const sending = async () => (await setting.query("SELECT 1 FROM batches WHERE status = 'sending'")).length > 0;
      const strike = async (hand: Hand) => {
        await setting.kill(hand);
        return 'drop' as const;
      };
      // Who settles what is unknown sends again; nobody takes a dead worker's place then.
      const when = async () => !over && (!whileSending || (await sending()));
      return [{ peer, moment, text, nth, strike, when }];
    };
    const staff = async () => {
      for (let time = 0; !over; time += 1) {
        const hand = await setting.hire('worker', role === 'worker' ? ruleOf(time) : []);
        await Promise.race([hand.gone, until('the scene is over', async () => over, Boolean)]);
        if (!over) await untilNobodyHolds(setting);
      }
    };
    const staffing = staff();
    staffing.catch(() => {});
    try {
      if (role === 'producer') await produce(setting, recipients, ruleOf);
      else if (boundary.handedIn) await handIn(setting, recipients);
      else await setting.siaran.broadcast({ ...setting.request, recipients: invoices(recipients) });
      await untilFinished(setting);
    } finally {
      over = true;
    }
    await staffing;
  };
  return {
    name: `${name} (${occurrences.join(', ')})`,
    recipients,
    ...(boundary.individual && { delivery: oneByOne }),
    act,
  };
}
