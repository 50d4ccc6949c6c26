import type { Actor } from '../../config/admin-token.js';
import { doubtWords } from '../../domain/recipients/doubts.js';
import { describeRunEvidence } from '../../domain/statuses/evidence.js';
import type { RunHoldView, RunView } from '../../pipeline/views/view-run.js';
import { reasonOfFiringFor, seesValues } from '../access/roles.js';
import { type Content, type Html, html } from '../html/html.js';
import { batches, count, masked, plural, recipients, time } from '../html/words.js';

/** What lifts a hold. */
export function holdAdvice({ kind, until }: Pick<RunHoldView, 'kind' | 'until'>, runId: string): Html {
  switch (kind) {
    case 'approval':
      return html`An approver looks at it under <a href="/runs/${runId}/approve">Approve</a>, or with <code>siaran approve ${runId}</code>.`;
    case 'preparing':
      return html`Nothing goes out before all its rows are in. Then it goes on by itself, or once the program that fills it has sealed it.`;
    case 'first':
      return html`Look at what the first recipients got, then resume the run.`;
    case 'balance':
      return html`Top up the balance at Qiscus, then resume the run.`;
    case 'unknown':
      return html`Look up at Qiscus whether that message went out, resolve its batch, then resume the run.`;
    case 'unverified':
      return html`Find out who can write to Redis, then resume the run. After that, send the missing recipients again.`;
    case 'template':
      return html`Look at the template in WhatsApp Manager. Resume the run once it is approved again, or cancel it.`;
    case 'grown':
      return html`Look whom its audience has now. Resume the run if all of them are meant, or cancel it.`;
    case 'unknowns':
      return html`Look up at Qiscus what was sent, resolve the unknown batches, then let accounts send again under <a href="/health">Health</a>.`;
    case 'ledger_went_back':
      return html`Postgres was restored to an older state. Run <code>siaran resume --all --ledger-went-back</code> and read what it prints.`;
    case 'stopped':
      return html`Once it may go on: <a href="/go">let everything go on</a>.`;
    case 'account_stopped':
      return html`Once it may go on: <a href="/go">let the account go on</a>.`;
    case 'refused':
      return html`Correct the credentials or pay the account. Siaran tries again${until !== null && html` by ${time(until)}`}, and goes on by itself.`;
    case 'unreachable':
    case 'rate_limited':
      return html`Siaran tries again${until !== null && html` by ${time(until)}`}, and goes on by itself.`;
    default:
      return html`See <code>siaran run ${runId}</code>.`;
  }
}

/** What of a run stands out, the worst first, each with what to do about it. */
export function concerns(run: RunView, actor: Actor): Html {
  const { recipients: of, batches: in_ } = run;
  const found: Html[] = [];
  const add = (tone: 'bad' | 'warn', title: Content, what: Content) =>
    found.push(html`<li class="${tone}"><h2>${title}</h2><p>${what}</p></li>`);

  if (run.extraSends.length > 0)
    add(
      'bad',
      `${plural(run.extraSends.length, 'send')} too many`,
      html`Qiscus accepted a batch a second time. Cancel there, before it starts: ${run.extraSends.map(
        ({ batchId, broadcastJobId, startedAt }, at) =>
          html`${at > 0 && '; '}broadcast job <b>${String(broadcastJobId)}</b> of <a href="/batches/${batchId}">${batchId}</a>${startedAt !== null && html`, which starts ${time(startedAt)}`}`,
      )}.`,
    );
  if (in_.unknown > 0)
    add(
      'bad',
      `It is not known whether ${recipients(of.unknown)} were messaged`,
      html`${batches(in_.unknown)} got no clear answer from Qiscus. Siaran never sends ${in_.unknown === 1 ? 'it' : 'them'} again by itself. Look each up at Qiscus by the beginning of its name, then resolve it: <a href="/runs/${run.id}?status=unknown#batches">the unknown batches</a>.${
        run.evidence && html` <strong>Callbacks tell of ${describeRunEvidence(run.evidence)}.</strong>`
      }`,
    );
  if (of.missing > 0)
    add(
      'bad',
      `${recipients(of.missing)} missing`,
      'A producer enqueued them and Redis lost them. Send the same recipients again under the same key: those that are already in the run are left out.',
    );
  if (run.wrongTotals > 0)
    add(
      'bad',
      `${batches(run.wrongTotals)} with a different total at Qiscus`,
      html`Qiscus took another number of recipients than the batch has. The <a href="/runs/${run.id}/verification">verification</a> names them.`,
    );
  if (run.failure !== null) add('bad', 'Given up', masked(reasonOfFiringFor(actor, run.failure)));
  if (run.outcome === 'nobody') add('bad', 'Nobody was messaged', nobodyWords(run));
  if (in_.failed > 0)
    add(
      'bad',
      `${recipients(of.failed)} refused`,
      html`${batches(in_.failed)} failed and nobody in ${in_.failed === 1 ? 'it' : 'them'} was messaged. Fix what the <a href="#failures">reasons</a> say, then retry.`,
    );
  if (run.held && run.status !== 'finished')
    add(
      'warn',
      run.held.kind === 'preparing' ? 'Its rows are being read' : `Held: ${run.held.kind.replaceAll('_', ' ')}`,
      html`${masked(run.held.reason)}, since ${time(run.held.heldAt)}. ${holdAdvice(run.held, run.id)}`,
    );
  if (run.doubtful.length > 0)
    add(
      'warn',
      'Values that look like a mistake',
      html`They are sent as they are:${run.doubtful.map(
        ({ column, kind, count: times, example }) =>
          html`<br>${count(times)} × <code>${column}</code> with ${doubtWords[kind]}${example !== '' && seesValues(actor) && html`, such as <q class="words">${masked(example)}</q>`}`,
      )}.`,
    );
  if (run.stalledSince !== null)
    add(
      'warn',
      'Stalled',
      html`It has made no progress since ${time(run.stalledSince)}, although it is not held. Look under <a href="/health">Health</a> whether workers are alive.`,
    );
  if (run.unclosedIntakes > 0 && run.status !== 'open')
    add(
      'warn',
      `${plural(run.unclosedIntakes, 'producer')} not finished`,
      html`A producer is still at work, or died: ${run.unclosedSources.map((source, at) => html`${at > 0 && ', '}<code>${masked(source)}</code>`)}. Sending the same recipients again under the same source completes it. If the producer won't be started again, <code>siaran close-source ${run.id} SOURCE</code> lets the run end with the rows that it has enqueued.`,
    );
  return found.length === 0 ? html`` : html`<ul class="concerns">${found}</ul>`;
}

/** Why a finished run had nobody in it. */
function nobodyWords({ id, recipients: { rejected, suppressed } }: RunView): Html {
  if (rejected + suppressed === 0) return html`No row came in. Check where its recipients come from.`;
  const were = rejected === 1 ? '1 row was rejected' : `${plural(rejected, 'row')} were rejected`;
  return html`${rejected > 0 && html`<a href="/runs/${id}/rejections">${were}</a>`}${rejected > 0 && suppressed > 0 && ' and '}${
    suppressed > 0 &&
    html`<a href="/suppressions">${recipients(suppressed)}</a> ${suppressed === 1 ? 'is' : 'are'} suppressed`
  }; no recipient is left.`;
}
