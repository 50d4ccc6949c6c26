import { readEmphasis } from '../../domain/templates/emphasis.js';
import type { Draft, DraftPlan } from '../../pipeline/drafts/draft.js';
import { type Html, html } from '../html/html.js';
import { facts } from '../html/parts.js';
import { batches, count, plural, time } from '../html/words.js';
import { draftPath, firstMissing, missingIn, type StepKey, steps } from './steps.js';

/** All that confirming means, on one page; and the question. */
export function confirmStep(draft: Draft, plan: DraftPlan): Html {
  const isReady = plan.faults.length === 0 && firstMissing(draft) === undefined;
  // Without a plan there is nothing true to tell of it.
  return html`${plan.sentence !== '' && html`<p class="sentence">${sentence(plan.sentence)}</p>${planFacts(draft, plan)}`}
${isReady ? question(draft, plan) : inTheWay(draft, plan)}`;
}

function sentence(text: string): Html {
  const pieces = readEmphasis(text);
  return html`${pieces.map((piece) => (piece.emphasis.length > 0 ? html`<strong>${piece.text}</strong>` : piece.text))}`;
}

function planFacts(draft: Draft, plan: DraftPlan): Html {
  const { firstStartAt, lastStartAt, limitShare, tooLate, leftOut, costText, approval, timeZone } = plan;
  return facts([
    ['People', edit(draft, 'check', html`<strong>${count(plan.people)}</strong>, in ${batches(plan.batches)}`)],
    ['Left out', leftOut > 0 && edit(draft, 'check', plural(leftOut, 'row'))],
    ['Template', draft.template && edit(draft, 'template', `${draft.template.name}, ${draft.template.language}`)],
    ['First start', edit(draft, 'timing', firstStartAt === null ? 'at once' : time(firstStartAt))],
    ['Last start', lastStartAt !== null && lastStartAt !== firstStartAt && edit(draft, 'timing', time(lastStartAt))],
    ['Time zone', timeZone],
    ['Too late', tooLate > 0 && `${plural(tooLate, 'person', 'people')} would be too late, and get nothing`],
    ["Day's limit", limitShare !== null && `${(100 * limitShare).toFixed(limitShare < 0.1 ? 1 : 0)} % of it`],
    ['Cost', costText],
    ['Approval', approval && 'Somebody else has to approve it before it goes out.'],
  ]);
}

function edit({ id }: Draft, step: StepKey, words: Html | string): Html {
  return html`${words} <a class="change" href="${draftPath(id, step)}">change<span class="unseen"> ${steps.find(({ key }) => key === step)?.name ?? ''}</span></a>`;
}

function inTheWay(draft: Draft, plan: DraftPlan): Html {
  const missing = steps.flatMap(({ key, name }) => {
    const words = missingIn(draft, key);
    return words === null ? [] : [{ key, name, words }];
  });
  const [first] = missing;
  const told = first ? [first.words] : plan.faults;
  return html`<ul class="concerns">${told.map((words) => html`<li class="warn">${words}</li>`)}</ul>
<p class="buttons">${
    first
      ? html`<a class="button" href="${draftPath(draft.id, first.key)}">${first.name}</a>`
      : // What is wrong with a whole draft is one of these.
        steps
          .filter(({ key }) => key === 'template' || key === 'timing')
          .map(({ key, name }) => html`<a class="button" href="${draftPath(draft.id, key)}">${name}</a> `)
  }</p>`;
}

function question(draft: Draft, { version, people, confirmAbove, approval }: DraftPlan): Html {
  const isTyped = people > confirmAbove;
  return html`<form class="question" method="post" action="${draftPath(draft.id, 'confirm')}">
<input type="hidden" name="version" value="${String(version)}">
${
  isTyped
    ? html`<div class="field"><label for="people">How many people get it? Type the number.</label><input id="people" name="people" inputmode="numeric" maxlength="20" required autocomplete="off" aria-describedby="people-hint"><p class="hint" id="people-hint">It stands above. This is asked above ${plural(confirmAbove, 'person', 'people')}.</p></div>`
    : html`<input type="hidden" name="people" value="${String(people)}">`
}
${draft.source?.kind === 'audience' && html`<p class="notice">The audience ${draft.source.name} is read again once this is confirmed, and may have other people by then.</p>`}
<p>${approval ? 'It then waits until somebody else approves it.' : 'What was handed over to Qiscus can only be stopped there.'}</p>
<p class="buttons"><button class="primary">Yes, send it to ${plural(people, 'person', 'people')}</button></p></form>`;
}
