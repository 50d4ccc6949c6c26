import { requireProvider } from './config/config.js';
import type { Context, DeliveryContext } from './context.js';
import { QiscusAccounts } from './qiscus/accounts.js';
import { MessageGroups } from './store/message-groups.js';
import { TemplateApprovals } from './store/template-approvals.js';
import { noMeters } from './telemetry/meters.js';

/** @throws {UsageError} when the provider's credentials are missing. */
export function openDelivery(context: Context, stopping: AbortSignal, meters = noMeters): DeliveryContext {
  const { config } = context;
  return {
    ...context,
    messages: new MessageGroups(context.db, [...config.accounts.keys()]),
    approvals: new TemplateApprovals(context.db),
    qiscus: new QiscusAccounts(requireProvider(config), config.requestTimeoutMs, config.concurrency, (call) =>
      meters.providerCall(call),
    ),
    meters,
    stopping,
  };
}
