import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { accountNames, insertAccounts } from '../store/accounts.js';

/**
 * Whether anything may be sent through this account: its credentials are known here, or to workers, which have put it down
 * in the ledger. @throws {UsageError} that lists the accounts there are.
 */
export async function assertAccount(ctx: Context, account: string): Promise<void> {
  // It is in every ledger from the beginning.
  if (account === 'default' || ctx.config.accounts.has(account)) return;
  const known = new Set([...(await accountNames(ctx.db)), ...ctx.config.accounts.keys()]);
  if (known.has(account)) return;
  throw new UsageError(
    `There is no account ${JSON.stringify(account)}; there are ${[...known].sort().join(', ')}. Accounts stand in the file that SIARAN_ACCOUNTS_FILE names, here or where workers run.`,
  );
}

/** The same, and puts an account that is only known here down in the ledger, for a run or campaign to refer to. */
export async function requireAccount(ctx: Context, account: string): Promise<void> {
  await assertAccount(ctx, account);
  if (account !== 'default' && ctx.config.accounts.has(account)) await insertAccounts(ctx.db, [account]);
}
