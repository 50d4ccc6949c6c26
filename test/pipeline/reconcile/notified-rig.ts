import { sendNotices } from '../../../src/pipeline/reconcile/notify.js';
import { reconcile } from '../../../src/pipeline/reconcile/reconcile.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { type Rig, startRig } from '../../support/rig.js';
import { chunked, deliver } from '../../support/runs.js';

export const key = Buffer.from('0123456789abcdef01234567');
export const secret = `whsec_${key.toString('base64')}`;

/** A rig that has a webhook to tell. */
export async function startNotifiedRig(more: Record<string, string> = {}): Promise<{ rig: Rig; receiver: Receiver }> {
  const receiver = await startReceiver(key);
  const env = {
    ...{ SIARAN_REQUEST_TIMEOUT: '1s', SIARAN_CLAIM_TTL: '1500ms' },
    ...{ SIARAN_NOTIFY_URL: receiver.url, SIARAN_NOTIFY_SECRET: secret },
    ...more,
  };
  return { rig: await startRig({ env }), receiver };
}

/** A run that has ended, and of whose end nobody was told. */
export async function ended(rig: Rig): Promise<string> {
  const runId = await chunked(rig, 10);
  await deliver(rig, runId, 1);
  await reconcile(rig.ctx);
  return runId;
}

export const tell = (rig: Rig) => sendNotices(rig.ctx);
