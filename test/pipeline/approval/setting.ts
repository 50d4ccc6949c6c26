import type { Siaran } from '../../../src/index.js';
import { eventually, invoiceColumns, invoices, type Rig } from '../../support/rig.js';

export const run = { name: 'December', templateDetailId: 172, columns: invoiceColumns };

/** Waits until an approver can decide about the run. */
export function asked(siaran: Siaran, runId: string) {
  return eventually(
    () => siaran.run(runId),
    ({ status, held }) => status === 'paused' && held?.kind === 'approval',
  );
}

/** Somebody else than who started the run approves it as it is. */
export async function approveAs(rig: Rig, actor: string, runId: string) {
  const approver = rig.open({ SIARAN_ACTOR: actor });
  const { state } = await approver.approval(runId);
  return approver.approve(runId, state);
}

/** Twelve people, of whom nobody is messaged yet. */
export async function bigRun(rig: Rig, siaran = rig.siaran): Promise<string> {
  const { runId } = await siaran.broadcast({ ...run, recipients: invoices(12) });
  await asked(siaran, runId);
  return runId;
}

/** How many broadcasts Qiscus was given. */
export const sends = (rig: Rig) => rig.sandbox.accepted.jobs().length;

/** Batches that nothing keeps from going out. */
export async function going(rig: Rig, runId: string): Promise<number[]> {
  const rows = await rig.query(
    'SELECT b.number FROM batches b JOIN runs r ON r.id = b.run_id WHERE r.id = $1 AND may_go_out(r, b.number) ORDER BY b.number',
    [runId],
  );
  return rows.map(({ number }) => Number(number));
}
