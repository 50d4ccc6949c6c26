import type { WebhookConfig } from '../../config/config.js';
import type { DeliveryContext } from '../../context.js';
import { maskPhoneNumbersIn } from '../../domain/numbers/mask-number.js';
import { backoffMs, noticeBackoff } from '../../domain/timing/pacing.js';
import { messageOf } from '../../errors.js';
import {
  type ClaimedNotice,
  claimNotices,
  giveUpOldNotices,
  recordDelivered,
  recordUndelivered,
} from '../../store/notices.js';
import { postMessage } from '../../webhook/client.js';
import { noticeBody } from './notice-body.js';

/** Posted at the same time by one process. */
const atATime = 10;

const deadlineMs = 10_000;

/** It outlives the deadline, so that no two processes post the same at once; and a dead one's notice doesn't wait for long. */
const claimMs = 30_000;

/**
 * Tells the webhook what is due, at least once each: a worker that dies between the answer and its record leaves a notice that is
 * told again, under the same id. Any number of processes may do this at the same time. Without a webhook nothing is done.
 */
export async function sendNotices(ctx: DeliveryContext): Promise<void> {
  const webhook = ctx.config.notify;
  if (!webhook) return;
  await giveUpOld(ctx);
  for (let claimed = atATime; claimed === atATime && !ctx.stopping.aborted; ) {
    const notices = await claimNotices(ctx.db, atATime, claimMs);
    await Promise.all(notices.map((notice) => sendNotice(ctx, webhook, notice)));
    claimed = notices.length;
  }
}

async function sendNotice(ctx: DeliveryContext, webhook: WebhookConfig, notice: ClaimedNotice): Promise<void> {
  const { id: noticeId, event, runId, attempt } = notice;
  const log = ctx.logger.child({ noticeId, event, runId, attempt });
  try {
    const error = await post(ctx, webhook, notice);
    if (error === undefined) {
      await recordDelivered(ctx.db, notice.id);
      log.info('notice delivered');
    } else {
      log.warn({ error }, 'notice not delivered; it will be tried again');
      await recordUndelivered(ctx.db, notice, error, backoffMs(attempt, Math.random(), noticeBackoff));
    }
  } catch (err) {
    log.warn({ err }, 'the outcome of a notice was not recorded; it will be tried again');
  }
}

/** Why it wasn't delivered. What it tells of may be out of reach as well as its receiver. */
async function post(ctx: DeliveryContext, webhook: WebhookConfig, notice: ClaimedNotice): Promise<string | undefined> {
  try {
    const body = JSON.stringify(await noticeBody(ctx, notice));
    return await postMessage(webhook, { id: notice.id, body }, deadlineMs);
  } catch (error) {
    return maskPhoneNumbersIn(messageOf(error)).slice(0, 200);
  }
}

async function giveUpOld(ctx: DeliveryContext): Promise<void> {
  const givenUp = await giveUpOldNotices(ctx.db);
  const tried = givenUp.filter(({ attempts }) => attempts > 0);
  for (const { id: noticeId, event, runId, attempts, error } of tried)
    ctx.logger.error({ noticeId, event, runId, attempts, error }, 'notice given up after a day');
  // There may be thousands of them where notices have just been switched on.
  const untried = givenUp.length - tried.length;
  if (untried > 0) ctx.logger.warn({ notices: untried }, 'notices that no worker sent for a day are dropped');
}
