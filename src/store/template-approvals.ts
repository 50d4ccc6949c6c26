import type { Database } from './postgres/database.js';
import { unapprovedTemplates } from './templates.js';

/** What is known is up to an hour old, so that seconds make no difference. */
const keptMs = 5_000;

/** Which templates may not be sent, as far as is known; asked for once in a while, and not for each batch. */
export class TemplateApprovals {
  readonly #db: Database;
  #known: Promise<ReadonlySet<string>> | undefined;
  #until = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  async isUnapproved(account: string, templateDetailId: number): Promise<boolean> {
    if (this.#known === undefined || performance.now() >= this.#until) {
      this.#until = performance.now() + keptMs;
      this.#known = this.#read();
      this.#known.catch(() => {
        this.#known = undefined;
      });
    }
    return (await this.#known).has(keyOf(account, templateDetailId));
  }

  async #read(): Promise<ReadonlySet<string>> {
    const unapproved = await unapprovedTemplates(this.#db);
    return new Set(unapproved.map(({ account, templateDetailId }) => keyOf(account, templateDetailId)));
  }
}

function keyOf(account: string, templateDetailId: number): string {
  return `${account} ${templateDetailId}`;
}
