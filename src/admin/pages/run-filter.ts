import * as z from 'zod';
import { type RunFilter, runKinds, runStates } from '../../store/views/run-list.js';
import { type Html, html } from '../html/html.js';
import { runQuery } from '../schemas/run-query.js';

/** What the page of runs may be asked for. Single messages are apart: there may be thousands between two broadcasts. */
export const askedQuery = { ...runQuery, kind: z.enum([...runKinds, 'all']).default('broadcast') };
export const pageQuery = { ...askedQuery, before: z.string().max(40).optional() };

/** What the list is narrowed to. */
export type Asked = z.infer<z.ZodObject<typeof askedQuery>>;

/** Which runs these are. */
export function filterOf(asked: Asked): RunFilter {
  return { ...asked, kind: asked.kind === 'all' ? undefined : asked.kind };
}

const kindWords = { broadcast: 'Broadcasts', message: 'Single messages', all: 'All runs' } as const;

/** Whether the list shows other runs than the newest broadcasts. */
export function isNarrowed({ kind, ...asked }: Asked): boolean {
  return kind !== 'broadcast' || Object.values(asked).some((value) => value !== undefined);
}

/** Whether it says of which runs something is to be done: that they are all runs says that of none. */
export function meansSome(asked: Asked): boolean {
  return isNarrowed(asked) && Object.values(filterOf(asked)).some((value) => value !== undefined);
}

/** The same list, from the run after `before`. */
export function pathOf({ kind, ...asked }: Asked, before?: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...asked, ...(kind !== 'broadcast' && { kind }), before }))
    if (value !== undefined) query.set(name, value instanceof Date ? value.toISOString() : value);
  return query.size === 0 ? '/runs' : `/runs?${query}`;
}

/** What narrows the list: a form without a script. */
export function filterForm(asked: Asked, accounts: readonly string[]): Html {
  const day = (at: Date | undefined) => at?.toISOString().slice(0, 10) ?? '';
  return html`<form class="narrow" method="get" action="/runs" role="search" aria-label="Runs">
<p><label for="name">Name</label><input id="name" name="name" value="${asked.name ?? ''}" maxlength="200"></p>
<p><label for="state">State</label><select id="state" name="state">${option('', 'any', asked.state === undefined)}${runStates.map((state) => option(state, state, state === asked.state))}</select></p>
<p><label for="kind">Kind</label><select id="kind" name="kind">${Object.entries(kindWords).map(([kind, words]) => option(kind, words, kind === asked.kind))}</select></p>
${accounts.length > 1 && html`<p><label for="account">Account</label><select id="account" name="account">${option('', 'any', asked.account === undefined)}${accounts.map((name) => option(name, name, name === asked.account))}</select></p>`}
<p><label for="campaign">Campaign</label><input id="campaign" name="campaign" value="${asked.campaign ?? ''}" maxlength="200"></p>
<p><label for="since">Begun from</label><input id="since" name="since" type="date" value="${day(asked.since)}"></p>
<p><label for="until">and before</label><input id="until" name="until" type="date" value="${day(asked.until)}"></p>
<p class="buttons"><button>Show</button>${isNarrowed(asked) && html` <a class="button quiet" href="/runs">All broadcasts</a>`}</p>
</form>`;
}

function option(value: string, words: string, isChosen: boolean): Html {
  return html`<option value="${value}"${isChosen && html` selected`}>${words}</option>`;
}
