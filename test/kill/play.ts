import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryRequest } from '../../src/index.js';
import { phoneNumber } from '../support/rig.js';
import type { PeerRule } from './setting/hands.js';
import type { Spares } from './setting/processes.js';
import { isDone } from './setting/processes.js';
import { openSetting, type Services, type Setting } from './setting/setting.js';
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
  /** How often somebody is to be messaged; once, if that isn't said. */
  messages?: (index: number) => number;
  /** Judges the end, if it isn't one run that messages everybody once. Returns what is wrong. */
  judge?: (setting: Setting) => Promise<string[]>;
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
    const verdict = scene.judge
      ? { wrongs: await scene.judge(setting), unknown: 0 }
      : await judge(setting, scene.recipients);
    wrongs.push(...verdict.wrongs);
    unknown = verdict.unknown;
  } catch (error) {
    wrongs.push(error instanceof Error ? `${error.message}` : String(error));
  }
  wrongs.push(...setting.tally.missed().map((rule) => `nothing was struck at ${rule}`));
  const counts = setting.sandbox.accepted.deliveries();
  const wanted = new Map(
    Array.from({ length: scene.recipients }, (_, at) => [phoneNumber(at), scene.messages?.(at) ?? 1]),
  );
  const sentTwice = [...counts].filter(([number, count]) => count > (wanted.get(number) ?? 1)).length;
  const lost = [...wanted].filter(([number, count]) => (counts.get(number) ?? 0) < count).length;
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
