import type { BatchStatus } from '../runs/batch.js';
import type { DeliveryStatus } from '../statuses/message-state.js';

/** Whose message is sent again. */
export type ResendRules = {
  /** Those whose message failed: with one of these codes, or with any that makes sense (`any`). `null`: none of those. */
  codes: readonly number[] | 'any' | null;
  /** Those of whom nothing was told for so long since their batch began. `null`: none of those. */
  unansweredAfterMs: number | null;
};

/** What became of one recipient's message. */
export type MessageFate = {
  phoneNumber: string;
  batchStatus: BatchStatus;
  /** When its batch began. */
  beganAt: Date | null;
  /** How far any message of the batch to this number has come. */
  furthest: DeliveryStatus;
  /** How the latest one failed; `null`: it didn't. */
  failure: { code: number | null; at: Date | null } | null;
};

/** Why somebody is not sent to again. */
export type LeftOutReason =
  /** The message was delivered. */
  | 'delivered'
  /** It was sent, and neither delivered nor failed. */
  | 'sent'
  /** Nothing was told of it, and that was not asked for, or not for long enough. */
  | 'unanswered'
  /** It failed, and failed ones were not asked for. */
  | 'failed'
  /** It failed with a code that was not asked for. */
  | 'other_code'
  /** 131050: they stopped marketing messages. They are never sent to again. */
  | 'opted_out'
  /** 131049: WhatsApp held it back, as they get enough marketing. Left out unless the code is named. */
  | 'marketing_limit'
  /** 131049, less than 24 hours ago. */
  | 'too_early'
  /** 131049, of a number that begins with +1. */
  | 'north_america'
  /** Their batch is unknown, or being sent: they may have the message. */
  | 'unknown'
  /** Their batch was not handed over: that is for `siaran retry`. */
  | 'not_handed_over'
  /** Another run has sent to them again, and didn't fail. */
  | 'resent'
  /** Another run has them, and Qiscus refused their batch there: that is to be retried, or the run to be cancelled. */
  | 'refused'
  /** They are on the suppression list. */
  | 'suppressed'
  /** They were forgotten. */
  | 'forgotten';

/** They stopped marketing messages. */
export const stoppedCode = 131050;
/** WhatsApp held it back, as they get enough marketing; and for so long nobody is to send it again. */
export const heldBackCode = 131049;
export const heldBackMs = 24 * 3_600_000;

/** Why a recipient is left out; `undefined`: the message is sent again. */
export function leftOutReason(fate: MessageFate, rules: ResendRules, now: Date): LeftOutReason | undefined {
  const { batchStatus, furthest, failure } = fate;
  if (batchStatus === 'unknown' || batchStatus === 'sending') return 'unknown';
  if (batchStatus !== 'scheduled') return 'not_handed_over';
  if (furthest === 'delivered' || furthest === 'read') return 'delivered';
  if (failure) return reasonOfFailed(fate.phoneNumber, failure, rules.codes, now);
  if (furthest === 'sent') return 'sent';
  return isLongUnanswered(fate, rules, now) ? undefined : 'unanswered';
}

/**
 * What became of a recipient in another run that sends to them again: how their message failed; `null`: it didn't, as far as is known;
 * `refused`: their batch was refused, and may still be retried.
 */
export type LaterFate = MessageFate['failure'] | 'refused';

/** Why a recipient is left out whom other runs have too. What WhatsApp said of the recipient there counts as if it were said here. */
export function laterReason(
  phoneNumber: string,
  fates: readonly LaterFate[],
  { codes }: ResendRules,
  now: Date,
): LeftOutReason | undefined {
  if (fates.includes(null)) return 'resent';
  if (fates.includes('refused')) return 'refused';
  const failures = fates.filter((fate) => fate !== null && fate !== 'refused');
  const ofRecipient = failures.filter(({ code }) => code === stoppedCode || code === heldBackCode);
  return ofRecipient.map((failure) => reasonOfFailed(phoneNumber, failure, codes, now)).find(Boolean);
}

function reasonOfFailed(
  phoneNumber: string,
  { code, at }: { code: number | null; at: Date | null },
  codes: ResendRules['codes'],
  now: Date,
): LeftOutReason | undefined {
  if (code === stoppedCode) return 'opted_out';
  if (codes === null) return 'failed';
  if (code === heldBackCode) {
    if (codes === 'any') return 'marketing_limit';
    if (!codes.includes(code)) return 'other_code';
    if (phoneNumber.startsWith('1')) return 'north_america';
    return at === null || now.getTime() - at.getTime() < heldBackMs ? 'too_early' : undefined;
  }
  return codes === 'any' || (code !== null && codes.includes(code)) ? undefined : 'other_code';
}

function isLongUnanswered({ beganAt }: MessageFate, { unansweredAfterMs }: ResendRules, now: Date): boolean {
  return unansweredAfterMs !== null && beganAt !== null && now.getTime() - beganAt.getTime() >= unansweredAfterMs;
}

/** In the order of the codes, however they were given: what makes one resend of a run the same as another. */
export function describeRules({ codes, unansweredAfterMs }: ResendRules): string {
  const failed = Array.isArray(codes) ? [...new Set(codes)].sort((a, b) => a - b).join(',') : codes;
  return JSON.stringify([failed, unansweredAfterMs]);
}
