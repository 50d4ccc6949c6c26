import type { Draft } from '../../pipeline/drafts/draft.js';
import { type Content, type Html, html } from '../html/html.js';
import type { Page } from '../html/layout.js';
import { time } from '../html/words.js';
import { draftPath, missingIn, type StepKey, steps } from './steps.js';

/** Where in the navigation all pages of drafts belong. */
export const section = 'New broadcast';

/** A step of a draft as a page: where one is, what is missing still, and the step itself. */
export function stepPage(draft: Draft, step: StepKey, content: Content): Pick<Page, 'title' | 'section' | 'content'> {
  const { name = '' } = steps.find(({ key }) => key === step) ?? {};
  return {
    title: `${name} · ${draft.name}`,
    section,
    content: html`<p class="trail"><a href="/drafts">New broadcast</a></p>
<div class="head"><h1>${draft.name}</h1><p class="hint">Begun by ${draft.createdBy} ${time(draft.createdAt)}, changed ${time(draft.updatedAt)}. Nothing is sent before it is confirmed.</p></div>
${draft.state === 'open' ? stepList(draft, step) : confirmedWords(draft)}
${
  draft.state === 'open' &&
  html`<section aria-labelledby="step"><h2 id="step">${name}</h2>${content}</section>
<p class="buttons"><a class="button quiet" href="${draftPath(draft.id)}/discard">Throw this draft away</a></p>`
}`,
  };
}

function stepList(draft: Draft, current: StepKey): Html {
  return html`<nav aria-label="Steps"><ol class="steps">${steps.map(({ key, name }, at) => {
    const missing = missingIn(draft, key);
    const isKnown = key !== 'preview' && key !== 'timing' && key !== 'confirm';
    const kind = missing !== null ? 'open' : isKnown ? 'done' : 'free';
    const words = { open: 'something is missing', done: 'done', free: '' }[kind];
    return html`<li class="${kind}"><a href="${draftPath(draft.id, key)}"${key === current && html` aria-current="step"`}><span aria-hidden="true" class="sign">${kind === 'done' ? '✓' : String(at + 1)}</span> ${name}${words !== '' && html` <span class="unseen">(${words})</span>`}</a></li>`;
  })}</ol></nav>`;
}

function confirmedWords({ state, runId, confirmedBy, failure }: Draft): Html {
  const link = html`<a class="button" href="/runs/${runId}">Open the run</a>`;
  if (state === 'failed')
    return html`<section><p class="notice refused">Its run was given up before anything went out: ${failure ?? 'nobody told why'}.</p><p class="buttons">${link}</p></section>`;
  const how =
    state === 'preparing'
      ? 'Its rows are being read into the run; nothing goes out before all are in.'
      : 'All of its rows are in the run.';
  return html`<section><p>${confirmedBy} has confirmed it. ${how}</p><p class="buttons">${link}</p></section>`;
}

/** The version that a form was filled in on: a change that somebody else made meanwhile isn't written over. */
export function seenVersion({ version }: Draft): Html {
  return html`<input type="hidden" name="version" value="${String(version)}">`;
}

/** The way on to the next step, and what keeps from it. */
export function wayOn(draft: Draft, step: StepKey, next: StepKey): Html {
  const missing = missingIn(draft, step);
  const { name = '' } = steps.find(({ key }) => key === next) ?? {};
  if (missing !== null) return html`<p class="missing">${missing}</p>`;
  return html`<p class="buttons"><a class="button forward" href="${draftPath(draft.id, next)}">Go on: ${name}</a></p>`;
}

/** That a step can't be taken yet, and where what it needs is given. */
export function firstElse(draft: Draft, needed: readonly StepKey[]): Html | undefined {
  const step = needed.find((key) => missingIn(draft, key) !== null);
  if (step === undefined) return undefined;
  const { name = '' } = steps.find(({ key }) => key === step) ?? {};
  return html`<p class="missing">${missingIn(draft, step)}</p><p class="buttons"><a class="button" href="${draftPath(draft.id, step)}">${name}</a></p>`;
}
