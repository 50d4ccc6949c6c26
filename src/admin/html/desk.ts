import type { Actor } from '../../config/admin-token.js';
import type { Attention } from '../../pipeline/views/attention.js';
import type { StopView } from '../../store/stops.js';
import { mayChange } from '../access/roles.js';
import { type Html, html } from './html.js';
import { count, time } from './words.js';

/** What every page tells, whatever it is about. */
export type Desk = {
  /** What waits for a person, the most urgent first. */
  attention: readonly Attention[];
  /** What is stopped. */
  stops: readonly StopView[];
};

/** How many things need a person, in the navigation. */
export function needsCount(desk: Desk | undefined): Html {
  const needs = desk?.attention.length ?? 0;
  return html`<span id="needs" data-live>${needs > 0 && html`<span class="needs">${count(needs)}</span>`}</span>`;
}

/** What stops everything, on every page; unless all is stopped already. */
export function stopButton(actor: Actor, desk: Desk | undefined): Html {
  if (!mayChange(actor) || desk?.stops.some(({ account }) => account === null)) return html``;
  return html`<a class="button stop" href="/stop">Stop everything</a>`;
}

/** That something is stopped, above every page. */
export function stopBanner(actor: Actor | undefined, desk: Desk | undefined): Html {
  if (actor === undefined || desk === undefined || desk.stops.length === 0) return html``;
  return html`<div class="stopped" role="region" aria-label="What is stopped">${desk.stops.map(
    ({ account, stoppedBy, stoppedAt }) =>
      html`<p><strong>${account === null ? 'Everything is stopped' : `Account ${account} is stopped`}</strong> by ${stoppedBy} since ${time(stoppedAt)}.</p>`,
  )}${mayChange(actor) && html`<p><a class="button" href="/go">Let it go on</a></p>`}</div>`;
}
