/** How far a message comes, in this order. */
export const deliveryStatuses = ['scheduled', 'sent', 'delivered', 'read'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A failure, as far as it was told: when, with which of WhatsApp's codes, and in which words. */
type Failure = { failedAt: Date | null; code: number | null; notes: string | null };

/** How far a message has come and since when, and besides whether it failed. Of one that didn't, `notes` are the provider's. */
export type MessageState = Failure & { status: string; at: Date | null; hasFailed: boolean };

/**
 * What is shown of a message: how far it has come, or that it failed, before it was delivered or afterwards. The function
 * `shown_status` in Postgres says the same.
 */
export function shownStatus({ status, hasFailed }: Pick<MessageState, 'status' | 'hasFailed'>): string {
  if (!hasFailed) return status;
  return status === 'delivered' || status === 'read' ? 'failed_after_delivered' : 'failed';
}
