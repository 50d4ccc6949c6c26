import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { ChangedMeanwhileError } from '../../errors.js';
import { type BulkResult, bulk, foundOf, lookAtBulk } from '../../pipeline/operating/bulk.js';
import type { TooLate } from '../../pipeline/operating/bulk-too-late.js';
import { type BulkAction, type BulkRun, bulkActions } from '../../store/views/bulk-runs.js';
import type { RunFilter } from '../../store/views/run-list.js';
import { auditActor } from '../access/roles.js';
import { mostRunsARequest } from '../api/bulk.js';
import type { AdminApp } from '../app.js';
import { type Html, html } from '../html/html.js';
import { question, table } from '../html/parts.js';
import { count, plural, recipients, share } from '../html/words.js';
import { laterSection } from '../pages/attention.js';
import { type Asked, askedQuery, filterOf, meansSome, pathOf } from '../pages/run-filter.js';
import { goTo, show } from './answer.js';
import { orMoved, seenForm } from './as-seen.js';

const mostShown = 20;

type Words = { name: string; asks: (what: string) => string; effect: string; done: string };

const words: Record<BulkAction, Words> = {
  retry: {
    name: 'Retry',
    asks: (what) => `Deliver the failed batches of ${what} again?`,
    effect: 'They are uploaded and sent again, however late it is. None of these people was messaged.',
    done: 'Delivered again',
  },
  resume: {
    name: 'Resume',
    asks: (what) => `Let ${what} go on?`,
    effect: 'All of these people may then be messaged.',
    done: 'Resumed',
  },
  cancel: {
    name: 'Cancel',
    asks: (what) => `Cancel ${what}?`,
    effect: "What isn't handed over will never be sent. This can't be taken back.",
    done: 'Cancelled',
  },
};

/** Links to what can be done to all runs of the list. Nothing, where the list isn't narrowed. */
export function bulkLinks(asked: Asked): Html | false {
  return (
    meansSome(asked) &&
    html`<p class="buttons bulk"><span>All runs that fit:</span> ${bulkActions.map((action) => html`<a class="button${action === 'cancel' ? ' danger' : ''}" href="${pathTo(action, asked)}" aria-label="${`${words[action].name} all runs that fit`}">${words[action].name}</a> `)}</p>`
  );
}

function pathTo(action: BulkAction, asked: Asked): string {
  return pathOf(asked).replace(/^\/runs/, `/bulk/${action}`);
}

const params = z.object({ action: z.enum(bulkActions) });
const whole = z.coerce.number().int().min(0);
const form = z.object({ ...askedQuery, expectedRuns: whole, expectedRecipients: whole, ...seenForm });

/** One action for all runs that fit, after a question that says how many people it concerns. */
export function addBulkChanges(app: AdminApp, ctx: Context): void {
  const ask = async (
    request: FastifyRequest,
    reply: FastifyReply,
    action: BulkAction,
    asked: Asked,
    refusal?: string,
  ) => {
    const page = (content: Html) => ({
      refusal,
      title: `${words[action].name} all that fit`,
      section: 'Runs',
      content: html`<p class="trail"><a href="${pathOf(asked)}">Runs</a></p><h1>${words[action].name} all that fit</h1>
${content}`,
    });
    // That all are meant is no mistake of the address.
    if (!meansSome(asked))
      return show(request, reply.code(asked.kind === 'all' ? 200 : 400), page(whichFirst(action, asked)));
    const which = { action, filter: narrowed(asked) };
    const runs = await lookAtBulk(ctx, which);
    const { tooLate } = action === 'cancel' ? await bulk(ctx, { ...which, dryRun: true }) : {};
    const found =
      runs.length === 0
        ? html`<p class="empty">No run fits in which there is anything to ${action}.</p>`
        : askFor(action, asked, runs);
    return show(request, reply, page(html`${found}${tooLateSection(tooLate)}`));
  };

  app.get(
    '/bulk/:action',
    { schema: { params, querystring: z.object(askedQuery) }, config: { operator: true } },
    (request, reply) => ask(request, reply, request.params.action, request.query),
  );

  app.post('/bulk/:action', { schema: { params, body: form } }, async (request, reply) => {
    const { action } = request.params;
    const { expectedRuns, expectedRecipients, ifState, ...asked } = request.body;
    const { actor: by, actorKind } = auditActor(request.actor);
    const expected = { runs: expectedRuns, recipients: expectedRecipients, state: ifState };
    const done = await orMoved(
      bulk(ctx, { action, filter: narrowed(asked), expected }, { by, actorKind, limit: mostRunsARequest }),
    );
    if (done instanceof ChangedMeanwhileError) return ask(request, reply.code(409), action, asked, done.message);
    if (done.tooLate && done.tooLate.handedOver.batches + done.tooLate.inFlight.batches > 0)
      return show(request, reply, { title: words[action].done, section: 'Runs', content: donePage(done, asked) });
    return goTo(request, reply, done.left > 0 ? pathTo(action, asked) : pathOf(asked), doneWords(done));
  });
}

/** The form is only asked about what narrows the list; without that nothing is done. */
function narrowed(asked: Asked): RunFilter {
  return meansSome(asked) ? filterOf(asked) : {};
}

/** Who asks for all runs is told how to say which; what stops everything is a button of its own. */
function whichFirst(action: BulkAction, asked: Asked): Html {
  return html`<p class="notice">That would ${action} every run there is. Narrow the list first: by name, state, account, campaign or date.</p><p class="buttons"><a class="button" href="${pathOf(asked)}">Narrow the list</a></p>`;
}

function askFor(action: BulkAction, asked: Asked, runs: readonly BulkRun[]): Html {
  const { asks, effect, name } = words[action];
  const found = foundOf(runs);
  const first = runs.slice(0, mostShown);
  const portion =
    runs.length > mostRunsARequest &&
    html` The oldest ${count(mostRunsARequest)} runs are taken first; then you are asked about the rest.`;
  return html`${question({
    text: html`<strong>${asks(`${plural(found.runs, 'run')} with ${recipients(found.recipients)}`)}</strong> ${effect}${portion}`,
    action: pathTo(action, asked).split('?', 1)[0] ?? '',
    button: `Yes, ${name.toLowerCase()} ${found.runs === 1 ? 'it' : `all ${count(found.runs)}`}`,
    back: pathOf(asked),
    danger: action === 'cancel',
    state: found.state,
    fields: html`${[...new URL(pathOf(asked), 'http://siaran').searchParams].map(([field, value]) => hidden(field, value))}${hidden('expectedRuns', String(found.runs))}${hidden('expectedRecipients', String(found.recipients))}`,
  })}<h2>${runs.length > mostShown ? `The first ${mostShown} of them` : 'Which runs'}</h2>${table(
    'Runs that fit',
    ['Run', 'Id', 'Recipients'],
    first.map((run) => [html`<a href="/runs/${run.id}">${run.name}</a>`, html`<code>${run.id}</code>`, run.recipients]),
  )}`;
}

/** What came of it, where more is to be told than fits above the next page. Loading it again asks again, and does nothing by itself. */
function donePage(done: BulkResult, asked: Asked): Html {
  const { action, left, tooLate } = done;
  return html`<p class="trail"><a href="${pathOf(asked)}">Runs</a></p><h1>${words[action].done}</h1>
<p class="notice done" role="status">${doneWords(done)}</p>${tooLateSection(tooLate)}<p class="buttons">${
    left > 0 &&
    html`<a class="button danger" href="${pathTo(action, asked)}">${words[action].name} the ${plural(left, 'run')} left</a> `
  }<a class="button" href="${pathOf(asked)}">To the runs</a></p>`;
}

/** What a cancellation comes too late for, and what a person can still cancel at Qiscus. Nothing, where there is none. */
function tooLateSection(tooLate: TooLate | undefined): Html | false {
  if (!tooLate) return false;
  const { handedOver, inFlight, startsLater, jobs } = tooLate;
  const words = [
    handedOver.batches > 0 &&
      `${share(handedOver)} ${handedOver.recipients === 1 ? 'was' : 'were'} handed over and can't be called back here.`,
    inFlight.batches > 0 &&
      `${share(inFlight)} ${inFlight.recipients === 1 ? 'is' : 'are'} being sent or unknown, and not stopped.`,
  ].filter((part) => part !== false);
  return words.length > 0 && html`<p class="notice">${words.join(' ')}</p>${laterSection(jobs, startsLater.batches)}`;
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

function doneWords({ action, done, unchanged, refused, left }: BulkResult): string {
  const parts = [
    `${words[action].done}: ${plural(done.runs, 'run')} with ${recipients(done.recipients)}.`,
    unchanged > 0 && `In ${plural(unchanged, 'run')} there was nothing to do any more.`,
    ...refused.map(
      ({ code, runs, runIds }) => `Refused (${code}): ${plural(runs, 'run')}, such as ${runIds[0] ?? ''}.`,
    ),
    left > 0 && `${plural(left, 'run')} left.`,
  ];
  return parts
    .filter((part) => part !== false)
    .join(' ')
    .slice(0, 900);
}
