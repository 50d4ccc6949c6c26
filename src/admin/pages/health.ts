import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { ChangedMeanwhileError, messageOf } from '../../errors.js';
import { resumeAll } from '../../pipeline/operating/repair-ledger.js';
import { activeHolds, type HoldView, isStop } from '../../store/holds.js';
import { mayChange } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { goTo, show } from '../forms/answer.js';
import { orMoved } from '../forms/as-seen.js';
import { type Html, html } from '../html/html.js';
import { question, table } from '../html/parts.js';
import { masked, plural, time, withTimes } from '../html/words.js';
import { holdAdvice } from './run-concerns.js';

/** One thing that was looked at, as `siaran doctor` does. `todo` is null when all is well. */
export type HealthCheck = { check: string; ok: boolean; detail: string; todo: string | null };

/** Whether everything works that sending needs; each part tells for itself when it can't be seen. */
export function addHealthPage(app: AdminApp, ctx: Context, checks: () => Promise<readonly HealthCheck[]>): void {
  app.get('/health', async (request, reply) => {
    const [checked, holds, depths, workers] = await Promise.all([
      seen(() => checks(), checksTable),
      seen(
        () => activeHolds(ctx.db),
        (found) => holdsList(found, request.actor),
      ),
      seen(() => ctx.hints.depths(), depthsTable),
      seen(() => ctx.heartbeats.alive(), workersList),
    ]);
    return show(request, reply, {
      title: 'Health',
      section: 'Health',
      content: html`<h1>Health</h1>
<div id="health" data-live data-every="60">
<section aria-labelledby="holds"><h2 id="holds">Held accounts</h2>${holds}</section>
<section aria-labelledby="checks"><h2 id="checks">Checks</h2>${checked}</section>
<div class="pair"><section aria-labelledby="workers"><h2 id="workers">Workers</h2>${workers}</section>
<section aria-labelledby="queues"><h2 id="queues">Queues</h2>${depths}</section></div></div>`,
    });
  });

  const askToResume = async (request: FastifyRequest, reply: FastifyReply, refusal?: string) => {
    const holds = await activeHolds(ctx.db);
    return show(request, reply, {
      refusal,
      title: 'Let accounts send again',
      section: 'Health',
      content: html`<p class="trail"><a href="/health">Health</a></p><h1>Let accounts send again</h1>${question({
        text: html`Lift ${plural(holds.length, 'hold')}? Runs of ${holds.map(({ account }, at) => html`${at > 0 && ', '}<b>${account}</b>`)} go on at once. If the cause still exists, they are held again${holds.some(({ kind }) => kind === 'unknowns') && ', those held for sends without an answer only after up to three more such sends'}.`,
        action: '/health/resume',
        button: 'Yes, let them send',
        back: '/health',
        fields: html`<input type="hidden" name="ifHolds" value="${holds.map(({ id }) => id).join(' ')}">`,
      })}`,
    });
  };

  app.get('/health/resume', { config: { operator: true } }, (request, reply) => askToResume(request, reply));

  app.post(
    '/health/resume',
    { schema: { body: z.object({ ifHolds: z.string().max(500_000) }) } },
    async (request, reply) => {
      const seen = request.body.ifHolds.split(' ').filter((id) => id !== '');
      const lifted = await orMoved(resumeAll(ctx, seen));
      if (lifted instanceof ChangedMeanwhileError) return askToResume(request, reply.code(409), lifted.message);
      return goTo(request, reply, '/health', `${plural(lifted.length, 'hold')} lifted.`);
    },
  );
}

/** What can't be looked at is a finding too, and hides nothing of the others. */
async function seen<T>(look: () => Promise<T>, tell: (found: T) => Html): Promise<Html> {
  try {
    return tell(await look());
  } catch (error) {
    return html`<p class="notice refused">It can't be seen at the moment: ${masked(messageOf(error))}</p>`;
  }
}

function checksTable(checks: readonly HealthCheck[]): Html {
  if (checks.length === 0) return html`<p class="empty">None were made.</p>`;
  const inOrder = checks.toSorted((a, b) => Number(a.ok) - Number(b.ok));
  return table(
    'Checks, those that failed first',
    ['Check', 'Result', 'Found'],
    inOrder.map(({ check, ok, detail, todo }) => [
      check,
      html`<span class="mark ${ok ? 'good' : 'bad'}">${ok ? 'ok' : 'problem'}</span>`,
      html`<span class="words">${withTimes(masked(detail))}</span>${todo !== null && html`<p class="todo"><b>To do:</b> ${todo}</p>`}`,
    ]),
  );
}

function holdsList(holds: readonly HoldView[], actor: Actor): Html {
  if (holds.length === 0) return html`<p class="empty">No account is held.</p>`;
  const canLift =
    mayChange(actor) &&
    holds.some(({ kind }) => !isStop(kind)) &&
    holds.every(({ kind }) => kind !== 'ledger_went_back');
  return html`<ul class="concerns">${holds.map(
    (hold) =>
      html`<li class="warn"><h3>${hold.account}: ${hold.kind.replaceAll('_', ' ')}</h3><p>${masked(hold.reason)}, since ${time(hold.heldAt)}. ${holdAdvice(hold, 'RUN')}</p></li>`,
  )}</ul>${canLift && html`<p><a class="button" href="/health/resume">Let accounts send again</a></p>`}`;
}

function depthsTable(depths: Awaited<ReturnType<Context['hints']['depths']>>): Html {
  const queues = [...new Set(depths.map(({ queue }) => queue))];
  const jobsOf = (queue: string, ...states: string[]) =>
    depths
      .filter((each) => each.queue === queue && states.includes(each.state))
      .reduce((sum, { jobs }) => sum + jobs, 0);
  return html`${table(
    'Jobs of each queue',
    ['Queue', 'Waiting', 'Active', 'Delayed'],
    queues.map((queue) => [
      queue,
      jobsOf(queue, 'waiting', 'prioritized'),
      jobsOf(queue, 'active'),
      jobsOf(queue, 'delayed'),
    ]),
  )}<p><a href="/queues">Look into the queues</a></p>`;
}

function workersList(workers: readonly string[]): Html {
  if (workers.length === 0)
    return html`<p class="notice refused">No worker is alive: nothing is sent. Start one: <code>siaran worker</code></p>`;
  return html`<p>${plural(workers.length, 'worker')} alive:</p><ul class="plain">${workers.map((worker) => html`<li><code>${worker}</code></li>`)}</ul>`;
}
