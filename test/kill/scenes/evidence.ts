import { openSiaran } from '../../../src/index.js';
import { invoices, phoneNumber } from '../../support/rig.js';
import { commitOf, statement } from '../names.js';
import type { Play } from '../play.js';
import { withPort } from '../setting/databases.js';
import type { Hand, PeerRule } from '../setting/hands.js';
import { type Moment, startProxy } from '../setting/proxy.js';
import type { Setting } from '../setting/setting.js';
import { postgres } from '../setting/wire.js';
import { until, untilFinished } from '../verdict.js';

const settle = statement('evidence settles a batch');
const settleCommit = commitOf('evidence settles a batch');
const resolution = statement('an operator resolves a batch');
const resolutionCommit = commitOf('an operator resolves a batch');

/** A worker dies before Qiscus's answer reaches it: its batch is unknown once another one has found that its claim has ended. */
async function makeUnknown(setting: Setting, recipients: number): Promise<string> {
  const strike = async (hand: Hand) => {
    await setting.kill(hand);
    return 'drop' as const;
  };
  const hand = await setting.hire('worker', [{ peer: 'provider', moment: 'after', text: /send_broadcast/, strike }]);
  const { runId } = await setting.siaran.broadcast({ ...setting.request, recipients: invoices(recipients) });
  await hand.gone;
  const next = await setting.hire('worker');
  await until(
    'the batch is unknown',
    () => setting.siaran.batches(runId, { status: 'unknown' }),
    ([batch]) => batch !== undefined,
  );
  await untilFinished(setting);
  await setting.kill(next);
  return `${runId}-0001`;
}

/** Callbacks have told of a batch, and whoever settles it dies: the next one does. */
export function killedAtSettling(moment: Moment, commit: boolean): Play {
  const recipients = 60;
  return {
    name: `a worker dies ${moment} ${commit ? "the settling's commit" : 'it settles what callbacks prove'}`,
    recipients,
    async act(setting) {
      const batchId = await makeUnknown(setting, recipients);
      await setting.tell(Array.from({ length: 40 }, (_, index) => phoneNumber(index)));
      let struck = false;
      const strike = async (hand: Hand) => {
        await setting.kill(hand);
        struck = true;
        return 'drop' as const;
      };
      const rule: PeerRule = { peer: 'postgres', moment, text: commit ? settleCommit : settle, strike };
      const dying = await setting.hire('worker', [rule]);
      await until('the settling is met', async () => struck, Boolean);
      await dying.gone;
      await setting.hire('worker');
      const [batch] = await until(
        'the batch is settled',
        () => setting.siaran.batches(batchId.split('-')[0] ?? ''),
        ([found]) => found?.status === 'scheduled',
      );
      if (batch?.evidence?.settledBy !== 'evidence') throw new Error('the batch was settled, and not by evidence');
      const decisions = await setting.query("SELECT 1 FROM attempts WHERE kind = 'evidence'");
      if (decisions.length !== 1) throw new Error(`it was settled ${decisions.length} times`);
    },
  };
}

/** An operator's program loses its connection while it resolves: saying the same again is safe, whatever had become of it. */
export function cutAtResolution(moment: Moment, commit: boolean): Play {
  const recipients = 300;
  return {
    name: `an operator is cut off ${moment} ${commit ? "a resolution's commit" : 'a resolution'}`,
    recipients,
    async act(setting) {
      const batchId = await makeUnknown(setting, recipients);
      let struck = false;
      const strike = async () => {
        struck = true;
        return 'drop' as const;
      };
      const target = Number(new URL(setting.databaseUrl).port);
      const proxy = await startProxy(target, postgres, [
        { moment, text: commit ? resolutionCommit : resolution, strike },
      ]);
      const operator = openSiaran({ ...setting.env, DATABASE_URL: withPort(setting.databaseUrl, proxy.port) });
      const job = setting.sandbox.accepted.jobs().at(-1)?.id ?? 0;
      const resolve = () => operator.resolve(batchId, { sent: job }, { by: 'operator' });
      const first = await resolve().catch((error: Error) => error);
      if (!struck) throw new Error('the resolution was not met');
      const again = await resolve().catch((error: Error & { code?: string }) => error);
      await operator.close();
      proxy.close();
      if (!(first instanceof Error)) throw new Error('the operator was told that all is well');
      if (again instanceof Error && (again as { code?: string }).code !== 'NOT_UNKNOWN') throw again;
      const decisions = await setting.query("SELECT 1 FROM attempts WHERE kind = 'resolve'");
      if (decisions.length !== 1) throw new Error(`it was resolved ${decisions.length} times`);
      await setting.hire('worker');
    },
  };
}

export const evidenceScenes: readonly Play[] = [
  killedAtSettling('before', false),
  killedAtSettling('after', false),
  killedAtSettling('before', true),
  killedAtSettling('after', true),
  cutAtResolution('after', false),
  cutAtResolution('before', true),
  cutAtResolution('after', true),
];
