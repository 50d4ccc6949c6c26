/** What the provider keeps of one message, as far as an answer tells; it may have failed at once. To whom it went is known without it. */
export type BroadcastLog = {
  broadcastLogId: number | null;
  messageId: string | null;
  status: string;
  notes: string | null;
  sentAt: Date | null;
};

/** Whether it failed because its recipient wants no more of them: WhatsApp's code 131050. */
export function isOptOut({ status, notes }: BroadcastLog): boolean {
  return status === 'failed' && /\b131050\b/.test(notes ?? '');
}
