import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { waitsForTurn } from '../../domain/resending/retry-words.js';
import { isOperatorsHold } from '../../domain/runs/run.js';
import { ChangedMeanwhileError } from '../../errors.js';
import { isSealedByItself, seal } from '../../pipeline/intake/seal.js';
import { type Cancellation, cancel, type Interruption, pause, resume } from '../../pipeline/operating/pause.js';
import { retry } from '../../pipeline/operating/retry.js';
import { requireRun } from '../../pipeline/require-run.js';
import { type RunView, viewRun } from '../../pipeline/views/view-run.js';
import type { RunRow } from '../../store/runs.js';
import { type IfState, stateOf } from '../../store/states.js';
import type { AdminApp } from '../app.js';
import { type Content, html } from '../html/html.js';
import { question } from '../html/parts.js';
import { batches, count, masked, named, recipients, share } from '../html/words.js';
import { holdAdvice } from '../pages/run-concerns.js';
import { goTo, show } from './answer.js';
import { orMoved, seenForm } from './as-seen.js';

/** Something that may be done to a run as it stands; `what` is its path. */
type Change = {
  what: 'pause' | 'resume' | 'cancel' | 'retry' | 'seal';
  name: string;
  danger?: true;
  /** What will happen to whom, with the figures of this moment. */
  text(run: RunView): Content;
  /** Does it, and says what was done. */
  act(ctx: Context, runId: string, seen: IfState): Promise<string>;
};

const changes: readonly Change[] = [
  {
    what: 'resume',
    name: 'Resume',
    text: (run) => {
      const held = run.held && run.status !== 'finished';
      return html`Resume ${named(run)}? ${waitingWords(run)} may then be sent.${
        held &&
        html` It is held at the moment: ${masked(run.held?.reason ?? '')}. ${run.held && holdAdvice(run.held, run.id)}`
      }`;
    },
    act: async (ctx, runId, seen) => {
      await resume(ctx, runId, seen);
      return 'The run goes on.';
    },
  },
  {
    what: 'pause',
    name: 'Pause',
    text: (run) =>
      `Pause ${named(run)}? ${waitingWords(run)} wait until it is resumed. ${turnWords(run)}${inFlightWords(run)}${handedOverWords(run)}`,
    act: async (ctx, runId, seen) => `Paused. ${interruptionWords(await pause(ctx, runId, seen), 'wait')}`,
  },
  {
    what: 'retry',
    name: 'Retry failed',
    text: (run) => {
      const one = run.batches.failed === 1;
      return `Deliver ${one ? 'the failed batch' : `the ${batches(run.batches.failed)} that failed`} of ${named(run)} again? ${recipients(run.recipients.failed)} will be uploaded and sent again, however late it is. None of them was messaged.`;
    },
    act: async (ctx, runId, seen) => {
      const retried = await retry(ctx, runId, seen);
      return retried.batches === 0
        ? 'No batch is failed any more: nothing was done.'
        : `${share(retried)} go out again.`;
    },
  },
  {
    what: 'seal',
    name: 'Seal',
    text: (run) =>
      `Are all recipients of ${named(run)} in? ${recipients(run.recipients.enqueued)} were enqueued so far. The last batch goes out although it isn't full, and the run ends when all is handed over.`,
    act: async (ctx, runId, seen) => {
      await seal(ctx, runId, seen);
      return 'The run is sealed: all recipients are in.';
    },
  },
  {
    what: 'cancel',
    name: 'Cancel',
    danger: true,
    text: (run) =>
      html`<strong>Cancel ${named(run)}?</strong> ${waitingWords(run)} that were not handed over will never be sent. ${turnWords(run)}${inFlightWords(run)}${handedOverWords(run)}This can't be taken back.`,
    act: async (ctx, runId, seen) => {
      const cancelled = await cancel(ctx, runId, seen);
      return `Cancelled. ${interruptionWords(cancelled, 'will never be sent')}${jobWords(cancelled)}`;
    },
  },
];

/** What may be done to a run as it stands. */
export function possibleChanges(run: RunView, row: RunRow): Change[] {
  return changes.filter(({ what }) => isPossible(what, run, row));
}

function isPossible(what: Change['what'], run: RunView, row: RunRow): boolean {
  if (row.cancelledAt) return false;
  // One that has ended may still be sent again by itself.
  const goesOn = run.status !== 'finished' || waitsForTurn(run);
  switch (what) {
    case 'pause':
      return goesOn && !row.pausedAt;
    case 'resume':
      return goesOn && (row.pausedAt !== null || isOperatorsHold(row.heldKind));
    case 'retry':
      return run.batches.failed > 0 && run.purgedAt === null;
    case 'seal':
      return !row.sealedAt && !isSealedByItself(row);
    case 'cancel':
      return goesOn;
    default:
      return false;
  }
}

const runParams = z.object({ runId: z.string().max(40) });

/** Each change is asked for on a page that says what it will do, and then done. */
export function addRunChanges(app: AdminApp, ctx: Context): void {
  for (const change of changes) {
    const url = `/runs/:runId/${change.what}`;
    app.get(url, { schema: { params: runParams }, config: { operator: true } }, async (request, reply) => {
      const { runId } = request.params;
      const found = await standing(ctx, runId, change);
      if (!found.isPossible)
        return goTo(request, reply, `/runs/${runId}`, `The run has changed: there is nothing to ${change.what} now.`);
      return askFor(request, reply, change, found);
    });
    app.post(url, { schema: { params: runParams, body: z.object(seenForm) } }, async (request, reply) => {
      const { runId } = request.params;
      const done = await orMoved(change.act(ctx, runId, request.body));
      if (!(done instanceof ChangedMeanwhileError)) return goTo(request, reply, `/runs/${runId}`, done);
      const found = await standing(ctx, runId, change);
      if (!found.isPossible) throw done;
      return askFor(request, reply.code(409), change, found, done.message);
    });
  }
}

type Standing = { run: RunView; state: string | null; isPossible: boolean };

/** The run as it stands. Its state is read before the rest, so that what changes in between is noticed. */
async function standing(ctx: Context, runId: string, { what }: Change): Promise<Standing> {
  const state = await stateOf(ctx.db, what === 'retry' ? 'failed' : 'run', runId);
  const row = await requireRun(ctx, runId);
  const run = await viewRun(ctx, runId);
  return { run, state, isPossible: isPossible(what, run, row) };
}

function askFor(
  request: FastifyRequest,
  reply: FastifyReply,
  change: Change,
  { run, state }: Standing,
  refusal?: string,
): FastifyReply {
  return show(request, reply, {
    refusal,
    title: `${change.name} · ${run.name}`,
    section: 'Runs',
    content: html`<p class="trail"><a href="/runs">Runs</a> <a href="/runs/${run.id}">${run.name}</a></p><h1>${change.name}</h1>
${question({
  text: change.text(run),
  action: `/runs/${run.id}/${change.what}`,
  button: `Yes, ${change.name.toLowerCase()}`,
  back: `/runs/${run.id}`,
  danger: change.danger === true,
  state,
})}`,
  });
}

/** What wasn't handed over yet. Rows that are still buffered are in no batch. */
function waitingWords({ recipients: of, batches: in_ }: RunView): string {
  const cut = { recipients: of.pending + of.uploaded, batches: in_.pending + in_.uploaded };
  if (of.buffered === 0) return share(cut);
  return cut.batches === 0
    ? `${recipients(of.buffered)} in no batch yet`
    : `${share(cut)}, and ${recipients(of.buffered)} in no batch yet,`;
}

/** That it would be sent again by itself is stopped as well. */
function turnWords(run: RunView): string {
  return waitsForTurn(run) ? 'Nor is it sent again by itself. ' : '';
}

function inFlightWords({ recipients: of }: RunView): string {
  const inFlight = of.sending + of.unknown;
  return inFlight === 0 ? '' : `${recipients(inFlight)} are being sent or unknown and are not stopped. `;
}

function handedOverWords({ recipients: of }: RunView): string {
  return of.scheduled === 0 ? '' : `${recipients(of.scheduled)} were handed over: only Qiscus can stop those. `;
}

const jobsNamed = 5;

/** What a person can still cancel at Qiscus. */
function jobWords({ jobs }: Cancellation): string {
  if (jobs.length === 0) return '';
  const named = jobs
    .slice(0, jobsNamed)
    .map(
      ({ broadcastJobId, batchId, startedAt }) => `${broadcastJobId ?? 'one'} of ${batchId}, which starts ${startedAt}`,
    );
  const more = jobs.length > jobsNamed ? `; and ${count(jobs.length - jobsNamed)} more, see its batches` : '';
  return ` To be cancelled at Qiscus, before they start: broadcast job ${named.join('; ')}${more}.`;
}

function interruptionWords({ held, inFlight, handedOver }: Interruption, fate: string): string {
  const flying = inFlight.batches === 0 ? '' : ` ${share(inFlight)} are being sent or unknown.`;
  return `${share(held)} ${fate}; ${share(handedOver)} were handed over.${flying}`;
}
