import { composeMessage } from '../../../src/domain/runs/message.js';
import { readMessageJob } from '../../../src/qiscus/answers.js';
import type { Qiscus } from '../../../src/qiscus/client.js';
import { columns, invoices, type Row } from '../../rows.js';
import { templateDetailId } from '../answer.js';

export const messageTemplate = {
  ...{ templateDetailId, channelId: 534 },
  ...{ templateName: 'reminder', namespace: 'ns', language: 'id' },
} as const;

export type MessagesRequest = { messages: number; from: number; atOnce: number };
export type MessagesSent = { ms: number; p50: number; p99: number };

export const messageOf = (row: Row) =>
  composeMessage(
    columns,
    columns.map((column) => row[column]),
  );

/** One call, as Siaran makes it. */
export async function callMessage(qiscus: Qiscus, row: Row): Promise<void> {
  const message = { ...messageTemplate, ...messageOf(row), name: 'December reminders', startedAt: undefined };
  const answer = await qiscus.sendMessage(message, () => true);
  if (!('status' in answer) || !readMessageJob(answer)) throw new Error(`not sent: ${JSON.stringify(answer)}`);
}

/** Sends messages, so many at once, and tells how long each took. */
export async function timeMessages(
  { messages, from, atOnce }: MessagesRequest,
  send: (row: Row) => Promise<void>,
): Promise<MessagesSent> {
  const rows = invoices(messages, from);
  const tookMs: number[] = [];
  const begun = performance.now();
  const lanes = Array.from({ length: atOnce }, async () => {
    for (let next = rows.next(); !next.done; next = rows.next()) {
      const asked = performance.now();
      await send(next.value);
      tookMs.push(performance.now() - asked);
    }
  });
  await Promise.all(lanes);
  const ms = performance.now() - begun;
  tookMs.sort((a, b) => a - b);
  const quantile = (part: number) => tookMs[Math.floor(part * (tookMs.length - 1))] ?? Number.NaN;
  return { ms, p50: quantile(0.5), p99: quantile(0.99) };
}
