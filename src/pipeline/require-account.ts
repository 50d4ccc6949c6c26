import type { Context } from '../context.js';
import { within } from '../domain/timing/within.js';
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
    `There is no account ${JSON.stringify(account)}; there are ${[...known].sort().join(', ')}. Accounts are in the file that SIARAN_ACCOUNTS_FILE names, here or where workers run.`,
  );
}

/**
 * The same, and puts an account that is only known here down in the ledger, for a run or campaign to refer to.
 * @throws {UsageError} also if all workers at work deliver for other accounts only: the run would wait unnoticed.
 */
export async function requireAccount(ctx: Context, account: string): Promise<void> {
  await assertAccount(ctx, account);
  const known = ctx.config.accounts.get(account);
  if (known) {
    if (account !== 'default') await insertAccounts(ctx.db, new Map([[account, known]]));
    return;
  }
  await refuseUnserved(ctx, account);
}

/** How long it is waited for who is at work; a Redis that is away tells nothing. */
const patienceMs = 2_000;

async function refuseUnserved({ heartbeats }: Context, account: string): Promise<void> {
  const served = await within(patienceMs, heartbeats.servedAccounts()).catch((): string[] => []);
  if (served.length === 0 || served.includes(account)) return;
  throw new UsageError(
    `No worker at work delivers for the account ${JSON.stringify(account)}: those at work deliver for ${served.sort().join(', ')}. ` +
      'Name one of these, or start a worker that has the credentials of that account first.',
  );
}
