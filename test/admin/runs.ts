import { finished, invoiceColumns, invoices, type Rig } from '../support/rig.js';

/** What a name, a reason or an answer could try. */
export const hostile = `<script>alert("x")</script>' onload=y`;

/** A run of five batches: one that Qiscus refused, one of which nobody knows, three that are scheduled. */
export async function troubledRun(rig: Rig, name: string): Promise<string> {
  rig.sandbox.setFaults([
    { on: 'send', kind: 'http', status: 422, message: `no such template, said 6281234567890 ${hostile}`, times: 1 },
    { on: 'send', kind: 'close-after-accepting', times: 1 },
  ]);
  const { runId } = await rig.siaran.broadcast({
    name,
    templateDetailId: 172,
    columns: invoiceColumns,
    recipients: invoices(4_100),
  });
  await finished(rig.siaran, runId);
  rig.sandbox.setFaults([]);
  return runId;
}

export async function pausedRun(rig: Rig): Promise<string> {
  const { id } = await rig.siaran.startRun({ name: 'Paused', templateDetailId: 172, columns: invoiceColumns });
  await rig.siaran.enqueue(id, invoices(2_500));
  await rig.siaran.pause(id);
  return id;
}
