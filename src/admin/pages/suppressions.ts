import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { suppressedPage } from '../../pipeline/operating/suppress.js';
import { readPhoneNumber } from '../../pipeline/views/find-recipient.js';
import { findSuppression, type SuppressionView } from '../../store/suppressions.js';
import { mayChange } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { orFault, show } from '../forms/answer.js';
import { addForm, formWords, numberForm, reasonFor, removalForm, sourceWords } from '../forms/suppression-forms.js';
import { type Content, type Html, html } from '../html/html.js';
import { table } from '../html/parts.js';
import { numberFor, time } from '../html/words.js';

const perPage = 50;

/** What of an add that was refused is written again. */
type Refused = { written: string; reason: string; faults: readonly string[] };

/** What was looked up comes first: on a small screen it would be hidden below the forms. */
type Listing = { content: Content; answer?: Content; lookUp?: { asked: string; fault: string }; refused?: Refused };

/** Who is never messaged, in the order of the numbers. What leads on, or is looked up, is a number: it is posted. */
export function addSuppressionPages(app: AdminApp, ctx: Context): void {
  const shows = 'list suppressions';
  app.get('/suppressions', { config: { shows } }, (request, reply) => showList(ctx, request, reply));

  app.post(
    '/suppressions',
    { schema: { body: z.object({ phoneNumber: z.string().max(200).default('') }) }, config: { lookUp: true } },
    async (request, reply) => {
      const { phoneNumber: asked } = request.body;
      const answer = await orFault(lookUp(ctx, asked, request.actor));
      if (!(answer instanceof UsageError))
        return show(request, reply, page(ctx, request.actor, { content: null, answer }));
      const content = await firstPage(ctx, request.actor);
      const fault = { asked, fault: answer.message };
      return show(request, reply.code(400), page(ctx, request.actor, { content, lookUp: fault }));
    },
  );

  app.post(
    '/suppressions/page',
    { schema: { body: z.object({ after: z.string().max(20) }) }, config: { looks: true, operator: true, shows } },
    async (request, reply) => {
      const content = await pageAfter(ctx, request.actor, request.body.after);
      return show(request, reply, page(ctx, request.actor, { content }));
    },
  );
}

/** The beginning of the list. @param refused an add that is to be put right. */
export async function showList(ctx: Context, request: FastifyRequest, reply: FastifyReply, refused?: Refused) {
  const content = await firstPage(ctx, request.actor);
  return show(request, reply, page(ctx, request.actor, { content, ...(refused && { refused }) }));
}

function page(ctx: Context, actor: Actor, { content, answer, lookUp, refused }: Listing) {
  const lookingUp = html`<section aria-labelledby="look-up"><h2 id="look-up">Look one up</h2>${numberForm(ctx, {
    action: '/suppressions',
    button: 'Look up',
    ...lookUp,
  })}</section>`;
  return {
    title: 'Suppression list',
    section: 'Suppression list',
    content: html`<h1>Suppression list</h1><p class="hint">No run of any account messages these numbers. A number is added by itself when WhatsApp reports that its owner opted out.</p>
${answer}
${
  mayChange(actor)
    ? html`<div class="pair">${lookingUp}<section aria-labelledby="add"><h2 id="add">Add numbers</h2>${addForm({
        hint: formWords(ctx),
        ...refused,
      })}</section></div>`
    : lookingUp
}
${content}`,
  };
}

async function lookUp(ctx: Context, asked: string, actor: Actor): Promise<Html> {
  const phoneNumber = readPhoneNumber(ctx, asked);
  const suppression = await findSuppression(ctx.db, phoneNumber);
  return html`<section aria-labelledby="list"><h2 id="list">${numberFor(actor, phoneNumber)}</h2>${
    suppression
      ? html`<p>It is on the list.</p>${listTable([suppression], actor)}`
      : html`<p class="empty">It is not on the list: runs may message it.</p>`
  }<p class="pager"><a href="/suppressions">The whole list</a></p></section>`;
}

async function firstPage(ctx: Context, actor: Actor): Promise<Html> {
  return pageAfter(ctx, actor, undefined);
}

async function pageAfter(ctx: Context, actor: Actor, after: string | undefined): Promise<Html> {
  const { items, next } = await suppressedPage(ctx, perPage, after);
  const content =
    items.length === 0
      ? html`<p class="empty">Nobody ${after === undefined ? 'is on the list' : 'is on the list after that'}.</p>`
      : listTable(items, actor);
  return html`<section aria-labelledby="list"><h2 id="list">All numbers, in their order</h2>${content}${
    mayChange(actor) ? pagerOf(after, next) : next !== null && viewersEnd
  }</section>`;
}

/** What leads on is a number, and viewers see none. */
const viewersEnd = html`<p class="hint">These are the first ${String(perPage)}. Only operators see the others.</p>`;

function pagerOf(after: string | undefined, next: string | null): Html {
  if (after === undefined && next === null) return html``;
  return html`<nav class="pager" aria-label="Pages">${after !== undefined && html`<a href="/suppressions">First page</a>`}${
    next !== null &&
    html`<form method="post" action="/suppressions/page"><input type="hidden" name="after" value="${next}"><button>Next page</button></form>`
  }</nav>`;
}

function listTable(items: readonly SuppressionView[], actor: Actor): Html {
  const isOperator = mayChange(actor);
  const listed = table(
    'Numbers that are never messaged',
    ['Number', 'Reason', 'Added by', 'Since', ...(isOperator ? ['Change'] : [])],
    items.map(({ phoneNumber, reason, source, addedAt }) => [
      html`<code>${numberFor(actor, phoneNumber)}</code>`,
      html`<span class="words">${reasonFor(actor, reason)}</span>`,
      sourceWords[source],
      time(addedAt),
      ...(isOperator ? [source === 'forgotten' ? 'it stays' : removalForm(phoneNumber)] : []),
    ]),
  );
  return html`<div class="tight">${listed}</div>`;
}
