import type { Context } from '../../context.js';
import { addAudit } from '../../store/audit-log.js';

const everyMs = 60_000;

/** More addresses a minute are counted together. */
const mostAddresses = 1_000;
const others = 'other addresses';

type Count = { times: number; ways: Set<string> };

/** Keeps logins that fail in the audit log: an entry for each address and minute, however many there were, so that strangers can't fill it. */
export class RefusalAudit {
  readonly #ctx: Pick<Context, 'db' | 'logger'>;
  #counts = new Map<string, Count>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ctx: Pick<Context, 'db' | 'logger'>) {
    this.#ctx = ctx;
  }

  /** @param network the client's address, or its network of IPv6 */
  add(way: string, network: string): void {
    const address = this.#counts.has(network) || this.#counts.size < mostAddresses ? network : others;
    const count = this.#counts.get(address) ?? { times: 0, ways: new Set() };
    count.times += 1;
    count.ways.add(way);
    this.#counts.set(address, count);
    this.#timer ??= setTimeout(() => void this.flush(), everyMs).unref();
  }

  /** Writes what was counted so far: after a minute, and when the admin ends. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = this.#counts;
    this.#counts = new Map();
    for (const [target, { times, ways }] of counts) {
      const detail = { times, ways: [...ways].sort() };
      await addAudit(this.#ctx.db, { actor: 'unknown', action: 'log in refused', target, detail }).catch((err) =>
        this.#ctx.logger.warn({ err, ...detail, address: target }, 'refused logins are not in the audit log'),
      );
    }
  }
}
