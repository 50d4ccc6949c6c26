import { invoices } from '../../support/rig.js';
import { oneByOne, type Play, produce, untilNobodyHolds } from '../play.js';
import type { Hand, PeerRule } from '../setting/hands.js';
import type { Setting } from '../setting/setting.js';
import { until, untilFinished } from '../verdict.js';
import type { Boundary } from './boundaries.js';

const finishDelivery = /^eval(sha)? [\s\S]* 14 \{[^}]*\}:deliver:/i;

/**
 * One process after the other dies at a boundary: the first at the first of the given occurrences that it meets, and so on.
 * Their successor does the rest. It is to live, so it works in this process: to start another one costs most of a scene.
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
        const rules = role === 'worker' ? ruleOf(time) : [];
        if (rules.length === 0) return setting.work();
        const hand = await setting.hire('worker', rules);
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

/** A worker is stopped at a boundary until its claim has ended and another one has gone on, and then finds itself late. */
export function freezeAt(boundary: Boundary, recipients: number): Play {
  const { peer, moment, text } = boundary;
  const act = async (setting: Setting) => {
    let frozen = false;
    let thawed = false;
    const strike = async (hand: Hand) => {
      hand.freeze();
      setting.toll.kills += 1;
      setting.toll.inFlight += 1;
      frozen = true;
      return 'forward' as const;
    };
    let came = false;
    const back: PeerRule = {
      peer: 'redis',
      moment: 'before',
      text: finishDelivery,
      when: async () => thawed,
      strike: async () => {
        came = true;
        return 'forward';
      },
    };
    const hand = await setting.hire('worker', [{ peer, moment, text, strike }, back]);
    await setting.siaran.broadcast({ ...setting.request, recipients: invoices(recipients) });
    await until('a worker is stopped', async () => frozen, Boolean);
    await setting.hire('worker');
    await untilFinished(setting);
    thawed = true;
    hand.thaw();
    await until('the one that was stopped has ended its job', async () => came, Boolean);
  };
  const delivery = boundary.individual && { delivery: oneByOne };
  return {
    name: `stopped and continued: ${boundary.name}`,
    recipients,
    env: { SIARAN_CONCURRENCY: '1' },
    ...delivery,
    act,
  };
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
