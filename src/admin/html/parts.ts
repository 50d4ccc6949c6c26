import { type BatchStatus, batchStatuses } from '../../domain/runs/batch.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import { type Content, type Html, html } from './html.js';
import { count } from './words.js';

/** A cell with the name of its column, which stands beside it where there is no room for a table. */
type Cell = { content: Content; number?: true };

/** A table that becomes a list of cards where it is narrow. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly (Content | Cell)[])[]): Html {
  return html`<table class="cards"><caption class="unseen">${caption}</caption>
<thead><tr>${heads.map((head, at) => html`<th scope="col"${isNumber(rows, at) && html` class="number"`}>${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => cellOf(cell, heads[at] ?? ''))}</tr>`)}</tbody></table>`;
}

function cellOf(cell: Content | Cell, head: string): Html {
  const content = isCell(cell) ? cell.content : typeof cell === 'number' ? count(cell) : cell;
  const number = isCell(cell) ? cell.number : typeof cell === 'number';
  const isNothing = html`${content}`.toString() === '';
  const kind = [number && 'number', isNothing && 'nothing'].filter((name) => name !== false && name !== undefined);
  return html`<td data-head="${head}"${kind.length > 0 && html` class="${kind.join(' ')}"`}><div>${content}</div></td>`;
}

function isCell(cell: Content | Cell): cell is Cell {
  return typeof cell === 'object' && cell !== null && 'content' in cell;
}

function isNumber(rows: readonly (readonly (Content | Cell)[])[], at: number): boolean {
  const cell = rows[0]?.[at];
  return cell !== undefined && (isCell(cell) ? cell.number === true : typeof cell === 'number');
}

/** Names and what belongs to each; what is `null` is left out. */
export function facts(entries: readonly (readonly [string, Content])[]): Html {
  const shown = entries.filter(
    ([, content]) => content !== null && content !== undefined && content !== '' && content !== false,
  );
  return html`<dl class="facts">${shown.map(
    ([name, content]) => html`<div><dt>${name}</dt><dd>${content}</dd></div>`,
  )}</dl>`;
}

/** The order of a bar: what is through at first, what needs a person last. */
const barOrder = ['scheduled', 'sending', 'uploaded', 'pending', 'buffered', 'cancelled', 'failed', 'unknown'] as const;

/** What each state means, for a first-time reader. */
export const stateWords: Record<BatchStatus | 'buffered', string> = {
  buffered: 'waiting to be cut into batches',
  pending: 'waiting to be uploaded',
  uploaded: 'uploaded, not handed over',
  sending: 'being handed over',
  scheduled: 'handed over to Qiscus',
  failed: 'refused',
  unknown: 'not known whether they were sent',
  cancelled: 'cancelled, never sent',
};

/** A bar of a run's recipients by state. */
export function bar(
  { recipients, status }: Pick<RunView, 'recipients' | 'status'>,
  { legend }: { legend: boolean },
): Html {
  const parts = barOrder.map((state) => ({ state, value: recipients[state] })).filter(({ value }) => value > 0);
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  let from = 0;
  const pieces = parts.map(({ state, value }) => {
    const [x, width] = [(100 * from) / total, (100 * value) / total];
    from += value;
    return html`<rect class="fill-${state}" x="${x.toFixed(3)}%" width="${width.toFixed(3)}%" height="100%"/>`;
  });
  const nobody = status === 'finished' ? 'no recipients' : 'no recipients yet';
  const words = parts.map(({ state, value }) => `${count(value)} ${state}`).join(', ') || nobody;
  return html`<div class="bar"><svg width="100%" height="12" role="img" aria-label="${words}">${pieces}</svg>${
    legend &&
    html`
<ul class="legend" aria-hidden="true">${parts.map(
      ({ state, value }) => html`<li><span class="swatch ${state}"></span>${count(value)} ${state}</li>`,
    )}${parts.length === 0 && html`<li>${nobody}</li>`}</ul>`
  }</div>`;
}

export function batchMark(status: BatchStatus): Html {
  return html`<span class="state"><span class="swatch ${status}"></span>${status}</span>`;
}

/** Every state that a batch can have: the legend of the grid. */
export function stateLegend(counts: Record<BatchStatus, number>): Html {
  return html`<ul class="legend">${batchStatuses
    .filter((status) => counts[status] > 0)
    .map((status) => html`<li><span class="swatch ${status}"></span>${count(counts[status])} ${status}</li>`)}</ul>`;
}

/** Links to the page before and after; those that are absent aren't shown. */
export function pager(links: { newest?: string | undefined; next?: string | undefined; nextName?: string }): Html {
  if (links.newest === undefined && links.next === undefined) return html``;
  return html`<nav class="pager" aria-label="Pages">${
    links.newest !== undefined && html`<a href="${links.newest}">First page</a>`
  }${links.next !== undefined && html`<a href="${links.next}" rel="next">${links.nextName ?? 'Older'}</a>`}</nav>`;
}

/** A question that is asked before something is done, as a page of its own. */
export function question(ask: {
  text: Content;
  action: string;
  button: string;
  back: string;
  danger?: boolean;
  fields?: Content;
  /** What is shown, in short: the answer says what it is about. */
  state?: string | null;
}): Html {
  return html`<form class="question" method="post" action="${ask.action}">
<p>${ask.text}</p>
${ask.state !== undefined && html`<input type="hidden" name="ifState" value="${ask.state ?? 'none'}">`}${ask.fields}
<p class="buttons"><button class="${ask.danger ? 'danger' : 'primary'}">${ask.button}</button> <a class="button" href="${ask.back}">No, go back</a></p>
</form>`;
}

/** Firings in their order, and what is skipped among them. */
export function firingsList(
  fires: readonly { at: string; shown: Content }[],
  skipped: readonly { at: string; shown: Content; reason: string }[],
): Html {
  const lines = [...fires.map((firing) => ({ ...firing, reason: null })), ...skipped];
  const inOrder = lines.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return html`<ol class="firings">${inOrder.map(({ at, shown, reason }) =>
    reason === null
      ? html`<li data-at="${at}">${shown}</li>`
      : html`<li class="skipped" data-at="${at}">${shown} <span class="mark warn">skipped</span> <span class="words">${reason}</span></li>`,
  )}</ol>`;
}
