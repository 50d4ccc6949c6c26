import * as z from 'zod';
import type { Context } from '../../context.js';
import { go, lookAtStop, type Stopped, stopAll } from '../../pipeline/operating/stop.js';
import { accountNames } from '../../store/accounts.js';
import { type StopView, standingStops } from '../../store/stops.js';
import type { AdminApp } from '../app.js';
import { type Html, html } from '../html/html.js';
import { question } from '../html/parts.js';
import { count, plural, recipients, share, time } from '../html/words.js';
import { laterSection } from '../pages/attention.js';
import { goTo, show } from './answer.js';

/** The field is empty for everything. */
const scope = z.object({
  account: z
    .string()
    .max(40)
    .optional()
    .transform((name) => (name === '' ? undefined : name)),
});

/** Everything is stopped, and let go again, after a question each. */
export function addStopChanges(app: AdminApp, ctx: Context): void {
  app.get('/stop', { config: { operator: true } }, async (request, reply) => {
    const [work, accounts] = await Promise.all([lookAtStop(ctx, {}), accountNames(ctx.db)]);
    return show(request, reply, {
      title: 'Stop everything',
      content: html`<h1>Stop everything</h1>
${question({
  text: html`<strong>Stop everything?</strong> ${stoppedWords(work)} What begins later is held too. Runs that are paused stay paused, and all goes on once somebody lets it.`,
  action: '/stop',
  button: 'Yes, stop everything',
  back: '/runs',
  danger: true,
  fields: accounts.length > 1 && scopeField(accounts),
})}${laterSection(work.jobs, work.startsLater.batches)}`,
    });
  });

  app.post('/stop', { schema: { body: scope } }, async (request, reply) => {
    const { account } = request.body;
    const stopped = await stopAll(ctx, { account }, request.actor.name);
    const what = account === undefined ? 'Everything' : `Account ${account}`;
    return goTo(request, reply, '/status', `${what} is stopped. ${stoppedWords(stopped)}`);
  });

  app.get('/go', { config: { operator: true } }, async (request, reply) => {
    const stops = await standingStops(ctx.db);
    const asked = await Promise.all(
      stops.map(async (stop) => askToGo(stop, await lookAtStop(ctx, { account: stop.account }))),
    );
    return show(request, reply, {
      title: 'Let it go on',
      content: html`<h1>Let it go on</h1>${asked.length === 0 ? html`<p class="empty">Nothing is stopped.</p>` : asked}`,
    });
  });

  app.post('/go', { schema: { body: scope } }, async (request, reply) => {
    const { account } = request.body;
    const { lifted } = await go(ctx, { account });
    const what = account === undefined ? 'Everything' : `Account ${account}`;
    return goTo(request, reply, '/status', lifted ? `${what} goes on.` : `${what} was not stopped: nothing was done.`);
  });
}

function scopeField(accounts: readonly string[]): Html {
  return html`<p><label for="account">What</label> <select id="account" name="account"><option value="">Everything, of every account</option>${accounts.map(
    (name) => html`<option value="${name}">Only account ${name}</option>`,
  )}</select></p>`;
}

function askToGo({ account, stoppedBy, stoppedAt }: StopView, work: Stopped): Html {
  return question({
    text: html`${account === null ? 'Everything' : html`Account <b>${account}</b>`} has been stopped by ${stoppedBy} since ${time(stoppedAt)}. Let it go on? ${recipients(work.held.recipients)} may then be sent; what was paused before stays paused.`,
    action: '/go',
    button: account === null ? 'Yes, let everything go on' : `Yes, let ${account} go on`,
    back: '/status',
    fields: html`<input type="hidden" name="account" value="${account ?? ''}">`,
  });
}

/** What is held, and what it is too late for. */
function stoppedWords({ runs, campaigns, held, handedOver, startsLater }: Stopped): string {
  const out =
    handedOver.batches === 0
      ? ''
      : ` ${share(handedOver)} ${handedOver.recipients === 1 ? 'was' : 'were'} handed over and can't be called back here${
          startsLater.batches > 0
            ? `; ${count(startsLater.recipients)} of them ${startsLater.recipients === 1 ? 'starts' : 'start'} later`
            : ''
        }.`;
  return `${plural(runs, 'run')} and ${plural(campaigns, 'campaign')}: ${share(held)} wait.${out}`;
}
