import type { Context } from '../context.js';
import type { Starter } from '../store/runs.js';

/** Whoever acts, and what they are told of the account; workers may have been told more. */
export function starterOf({ config }: Context, { account }: { account: string }): Starter {
  const approvalAbove = config.accounts.get(account)?.approvalAbove ?? config.approvalAbove;
  return { startedBy: config.actor, approvalAbove };
}
