import { maskMessageId, maskNumbersBesideDatesIn } from '../numbers/mask-number.js';
import { storableText } from '../text/unstorable.js';

/** What was decided, as the audit log keeps it: without undefined fields, and with the numbers in people's words masked. */
export function maskedDetail(detail: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(detail, mask)) as Record<string, unknown>;
}

/** Ids of Qiscus and of ours, which may be as long as a number and are none. */
export const isIdField = (name: string): boolean =>
  ['job', 'jobId', 'batchId', 'runId', 'channelId', 'templateDetailId'].includes(name);

/** The ids of WhatsApp's messages have the number in them. */
function mask(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || isIdField(name)) return value;
  const text = storableText(value);
  return name === 'messageId' ? maskMessageId(text) : maskNumbersBesideDatesIn(text);
}
