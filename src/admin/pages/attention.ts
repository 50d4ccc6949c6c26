import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { describeAttention } from '../../domain/desk/attention-words.js';
import { lookAtStop } from '../../pipeline/operating/stop.js';
import type { Attention } from '../../pipeline/views/attention.js';
import type { JobAhead } from '../../store/views/attention/jobs-ahead.js';
import { mayApprove, mayChange } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { show } from '../forms/answer.js';
import { type Html, html } from '../html/html.js';
import { table } from '../html/parts.js';
import { count, masked, time } from '../html/words.js';

/** All that needs a person. */
export function addAttentionPage(app: AdminApp, ctx: Context): void {
  app.get('/status', async (request, reply) => {
    const stops = request.desk?.stops ?? [];
    const [stop] = stops;
    const later = stop && (await lookAtStop(ctx, { account: stop.account }));
    return show(request, reply, {
      title: 'What needs you',
      section: 'Needs you',
      content: html`<h1>What needs you</h1>
<div id="attention" data-live data-every="10">${attentionList(request.desk?.attention, request.actor)}</div>
${later && laterSection(later.jobs, later.startsLater.batches)}`,
    });
  });
}

/** What needs a person, each with the link that settles it. @param attention `undefined`: it can't be told at the moment */
export function attentionList(attention: readonly Attention[] | undefined, actor: Actor, most = Infinity): Html {
  if (attention === undefined) return html`<p class="notice refused">It can't be told at the moment.</p>`;
  if (attention.length === 0) return html`<p class="notice done">Nothing needs you.</p>`;
  const more = attention.length - most;
  return html`<ul class="concerns needing">${attention.slice(0, most).map((each) => needing(each, actor))}</ul>${
    more > 0 && html`<p><a href="/status">${count(more)} more</a></p>`
  }`;
}

const toneOf = (kind: Attention['kind']) =>
  ['stopped', 'workers', 'settings', 'account_held', 'unknown', 'missing', 'refused'].includes(kind) ? 'bad' : 'warn';

function needing(attention: Attention, actor: Actor): Html {
  const { kind, reason, campaign, action } = attention;
  const { path, name } = mayChange(actor) ? settling(attention, actor) : looking(attention);
  const about = sentence(describeAttention(attention));
  return html`<li class="${toneOf(kind)}"><div><p class="kind">${kind.replaceAll('_', ' ')}</p><p>${about}${reason !== null && html`: ${masked(reason).replace(/\.$/, '')}`}${
    campaign !== null &&
    kind !== 'failing' &&
    attention.runId !== null &&
    html` <span class="faint">campaign ${campaign}</span>`
  }. <code>${action}</code></p></div><a class="button" href="${path}" aria-label="${`${name}: ${about}`}">${name}</a></li>`;
}

type Link = { path: string; name: string };

/** Where a person settles it. */
function settling(attention: Attention, actor: Actor): Link {
  const { kind, runId, batchId, campaign, account, draftId } = attention;
  switch (kind) {
    case 'failing':
      return draftId === null ? looking(attention) : { path: `/drafts/${draftId}/discard`, name: 'Throw away' };
    case 'stopped':
      return { path: '/go', name: 'Let it go on' };
    case 'unknown':
      if (batchId !== null) return { path: `/batches/${batchId}`, name: 'Resolve' };
      return runId === null
        ? { path: messages('unknown', account), name: 'Look' }
        : { path: `/runs/${runId}?status=unknown#batches`, name: 'Resolve' };
    case 'refused':
      return runId === null
        ? { path: messages('refused', account), name: 'Look' }
        : { path: `/runs/${runId}/retry`, name: 'Retry' };
    case 'approval':
      return mayApprove(actor) ? { path: `/runs/${runId}/approve`, name: 'Approve' } : looking(attention);
    case 'held':
    case 'template':
      if (runId !== null) return { path: `/runs/${runId}/resume`, name: 'Resume' };
      return campaign === null
        ? { path: messages('held', account), name: 'Look' }
        : { path: `/campaigns/${encodeURIComponent(campaign)}/resume`, name: 'Resume' };
    default:
      return looking(attention);
  }
}

/** Where everybody sees more of it. */
function looking({ kind, runId, campaign, account }: Attention): Link {
  if (kind === 'failing' && campaign !== null)
    return { path: `/campaigns/${encodeURIComponent(campaign)}`, name: 'Look' };
  if (runId !== null) return { path: `/runs/${runId}`, name: 'Look' };
  if (kind === 'unknown' || kind === 'refused') return { path: messages(kind, account), name: 'Look' };
  if (campaign !== null) return { path: `/campaigns/${encodeURIComponent(campaign)}`, name: 'Look' };
  if (kind === 'held' || kind === 'template') return { path: messages('held', account), name: 'Look' };
  return { path: '/health', name: 'Look' };
}

function messages(state: string, account: string | null): string {
  return `/runs?${new URLSearchParams({ kind: 'message', state, ...(account !== null && { account }) })}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a person can still cancel at Qiscus. Nothing, where there is none. @param of how many there are, if these are only the first */
export function laterSection(jobs: readonly JobAhead[], of = jobs.length): Html | false {
  const more = of - jobs.length;
  return (
    jobs.length > 0 &&
    html`<section aria-labelledby="later"><h2 id="later">Handed over, and starts later</h2><p class="hint">Nothing here can call it back. A person can cancel these jobs at Qiscus until they start.</p>${jobsTable(jobs)}${
      more > 0 &&
      html`<p>And ${count(more)} more, which ${more === 1 ? 'starts' : 'start'} after these: see the batches of the run.</p>`
    }</section>`
  );
}

function jobsTable(jobs: readonly JobAhead[]): Html {
  return table(
    'Jobs that start later',
    ['Starts', 'Job', 'Run', 'Batch', 'Recipients'],
    jobs.map(({ broadcastJobId, batchId, runId, runName, startedAt, recipients }) => [
      time(startedAt),
      broadcastJobId === null ? 'not known' : String(broadcastJobId),
      html`<a href="/runs/${runId}">${runName}</a>`,
      html`<a href="/batches/${batchId}">${batchId}</a>`,
      recipients,
    ]),
  );
}
