import { invoices } from '../../support/rig.js';
import { commitOf } from '../names.js';
import type { Play } from '../play.js';
import type { Hand } from '../setting/hands.js';
import { until, untilFinished } from '../verdict.js';

const approved = commitOf('a run is approved');
const recipients = 1_300;

/**
 * An approver's program dies after its approval is committed, and before it tells a worker. Nobody sends anything before that, and a
 * worker's reconcile goes on afterwards. A program that dies before the commit has approved nothing: the run waits for another one.
 */
export const approvedUnheard: Play = {
  name: "an approver's program dies before and after the commit of its approval",
  recipients,
  env: { SIARAN_APPROVAL_ABOVE: '1000' },
  async act(setting) {
    await setting.hire('worker');
    const { runId } = await setting.siaran.broadcast({ ...setting.request, recipients: invoices(recipients) });
    await setting.query("UPDATE runs SET started_by = 'somebody else'");
    await until(
      'the run waits for an approval',
      () => setting.siaran.run(runId),
      ({ status, held }) => status === 'paused' && held?.kind === 'approval',
    );
    const { state } = await setting.siaran.approval(runId);
    for (const moment of ['before', 'after'] as const) {
      if (setting.sandbox.accepted.deliveries().size > 0)
        throw new Error(`somebody was messaged ${moment} the approval`);
      const strike = async (hand: Hand) => {
        await setting.kill(hand);
        return 'drop' as const;
      };
      const rule = { peer: 'postgres', moment, text: approved, nth: 1, strike } as const;
      const hand = await setting.hire('operator', [rule], { call: ['approve', [runId, state]] });
      const ended = await hand.produced;
      await hand.gone;
      if (ended.kind !== 'killed') throw new Error(`it was not killed ${moment} its commit`);
    }
    await untilFinished(setting);
  },
};
