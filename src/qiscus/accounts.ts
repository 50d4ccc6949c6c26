import type { AccountConfig } from '../config/config.js';
import { type ProviderCall, Qiscus } from './client.js';

/** A client for each account, with connections of its own: an account that hangs keeps no other one waiting. */
export class QiscusAccounts {
  readonly #clients: ReadonlyMap<string, Qiscus>;

  constructor(
    accounts: ReadonlyMap<string, AccountConfig>,
    timeoutMs: number,
    connectionsEach: number,
    onCall?: (call: ProviderCall) => void,
  ) {
    this.#clients = new Map(
      [...accounts].map(([name, account]) => [name, new Qiscus(account, timeoutMs, connectionsEach, onCall)]),
    );
  }

  /** Whose batches are claimed is told by the same accounts, so that every claim has its client. */
  of(account: string): Qiscus {
    const client = this.#clients.get(account);
    if (!client) throw new Error(`there are no credentials of the account ${account} here`);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}
