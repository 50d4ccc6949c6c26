import type { Forecast } from '../../domain/campaigns/forecast.js';
import { describeDelivery } from '../../domain/delivery/describe-delivery.js';
import { describeRetryAfterFailure } from '../../domain/resending/retry-after-failure.js';
import { retryWords } from '../../domain/resending/retry-words.js';
import { type BatchCounts, isOperatorsHold, type RunOutcome, waitsUntil } from '../../domain/runs/run.js';
import { outcomeWords, sealedWords, startsLater, waitsForApproval } from '../../domain/runs/run-words.js';
import { describeEvidence, describeRunEvidence } from '../../domain/statuses/evidence.js';
import { limitNames } from '../../domain/timing/batch-start.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import type { BatchView } from '../../store/views/batch-views.js';
import { describeForecast } from './describe-forecast.js';
import { describeDoubts } from './describe-survey.js';
import { inOneLine } from './in-one-line.js';
import { bold, count, green, red, table, yellow } from './output.js';

/** A run for people, in full. */
export function describeRun(told: RunView, forecast: Forecast | null = null): string {
  const run = inOneLine(told);
  const { recipients } = run;
  const at = (instant: string) => showInstant(instant, zoneOf(run));
  const { enqueued, buffered, duplicates, suppressed, rejected, missing } = recipients;
  const lines: [string, string | undefined][] = [
    ['status', describeStatus(run)],
    ['failed', run.failure === null ? undefined : red(run.failure)],
    ['held', run.held ? red(describeHold(run.held, run, zoneOf(run))) : undefined],
    ['stalled', run.stalledSince ? red(`since ${at(run.stalledSince)}: is a worker running?`) : undefined],
    ['starts', run.startAt === null ? 'at once' : at(run.startAt)],
    ['limits', describeDelivery(run.delivery) || undefined],
    ['through', forecast ? describeForecast(forecast, zoneOf(run)) : undefined],
    ['hand-over', run.handOverAt === null ? undefined : `the next one at ${at(run.handOverAt)}`],
    ['started by', run.approval?.startedBy ?? undefined],
    ['approved', describeApproval(run)],
    ['account', run.account === 'default' ? undefined : run.account],
    ['template', String(run.templateDetailId)],
    ['key', run.key ?? undefined],
    ['again', run.resendOf === null ? undefined : `to those whom run ${run.resendOf} did not reach`],
    ['sent again', run.resends.length === 0 ? undefined : `as run ${run.resends.join(', ')}`],
    ['by itself', describeRetry(run)],
    ['recipients', named({ enqueued, buffered, ...statesOf(recipients), duplicates, suppressed, rejected })],
    ...describeDoubts(run.doubtful).map((line): [string, string] => ['doubtful', yellow(line)]),
    ['batches', named(statesOf(run.batches)) || (run.status === 'finished' ? 'none' : 'none yet')],
    ['evidence', run.evidence === null ? undefined : yellow(describeRunEvidence(run.evidence))],
    ['missing', missing === 0 ? undefined : red(`${count(missing)} that Redis lost: send the same recipients again`)],
    ['not closed', run.unclosedIntakes === 0 ? undefined : interruptedText(run)],
    [
      'totals',
      run.wrongTotals === 0
        ? undefined
        : red(`${count(run.wrongTotals)} differ at Qiscus; see siaran verify ${run.id}`),
    ],
    ['sent twice', run.extraSends.length === 0 ? undefined : red(describeExtraSends(run))],
  ];
  const shown = lines.filter(([, text]) => text !== undefined);
  return [`Run ${bold(run.id)}  ${run.name}`, ...shown.map(([name, text]) => `  ${name.padEnd(10)}  ${text}`)].join(
    '\n',
  );
}

function describeApproval({ approval, timeZone }: RunView): string | undefined {
  if (!approval?.approvedAt) return undefined;
  const since = approval.waits ? yellow('; it has changed since') : '';
  return `by ${approval.approvedBy} at ${showInstant(approval.approvedAt, timeZone ?? undefined)}${since}`;
}

/** Whom workers send to again by themselves, and what becomes of it. */
function describeRetry({ retryAfterFailure, retry, timeZone }: RunView): string | undefined {
  if (!retryAfterFailure || !retry) return undefined;
  const turn = retry.turn === 0 ? '' : ` (this is number ${retry.turn})`;
  const standing = retryWords(retry, (at) => showInstant(at, timeZone ?? undefined));
  const shown = retry.outcome === 'stopped' ? red(standing) : standing;
  return `${describeRetryAfterFailure(retryAfterFailure)}${turn}: ${shown}`;
}

function interruptedText({ id, unclosedIntakes, unclosedSources }: RunView): string {
  const names = unclosedSources.map((source) => JSON.stringify(source)).join(', ');
  return yellow(
    `${count(unclosedIntakes)}, ${names}: being sent, or interrupted; sending the same again completes it; if its producer died for good: siaran close-source ${id} SOURCE`,
  );
}

/** The jobs that an operator has to cancel at Qiscus. */
function describeExtraSends(run: RunView): string {
  const each = run.extraSends.map(({ batchId, broadcastJobId, startedAt }) => {
    return `${batchId} as broadcast job ${broadcastJobId}${startedAt === null ? '' : ` at ${showInstant(startedAt, zoneOf(run))}`}`;
  });
  return `cancel at Qiscus: ${each.join('; ')}`;
}

/** Whose clock a run's instants are told by; `undefined`: the machine's. */
export function zoneOf({ timeZone }: Pick<RunView, 'timeZone'>): string | undefined {
  return timeZone ?? undefined;
}

type Standing = Pick<RunView, 'status' | 'outcome' | 'held' | 'startAt' | 'handOverAt' | 'timeZone'> &
  Partial<Pick<RunView, 'startsAt' | 'lastStartsAt'>>;

/** How a run stands, in words. */
export function describeStatus(run: Standing, now = new Date()): string {
  const { status, outcome } = run;
  if (status === 'sealed') return `sealed, ${describeWaiting(run, now) ?? sealedWords(run.held !== null)}`;
  if (outcome === null) return standingWord(run);
  const later = startsLater(run);
  if (later) return green(`${later.words} ${showInstant(later.at, zoneOf(run))}`);
  const colour = outcome === 'handed_over' ? green : outcome === 'cancelled' ? yellow : red;
  return `${status}, ${colour(outcomeWords[outcome])}`;
}

/** As its status, or what it waits for that needs no operator but an approver. */
function standingWord({ status, held }: Pick<RunView, 'status' | 'held'>): string {
  return status === 'paused' && held?.kind === 'approval' ? waitsForApproval : status;
}

function describeWaiting(run: Standing, now: Date): string | undefined {
  const at = waitsUntil(run, now);
  return at === null ? undefined : `waits for ${showInstant(at, zoneOf(run))}`;
}

export function describeHold(
  hold: NonNullable<RunView['held']>,
  { id = 'RUN', account = 'NAME' }: { id?: string; account?: string } = {},
  timeZone?: string,
): string {
  const lifting = liftingCommand(hold.kind, id, account);
  const until =
    hold.until === null
      ? lifting
        ? `, until \`${lifting}\``
        : ''
      : `, tried again by ${showInstant(hold.until, timeZone)}`;
  return `${hold.reason} (${hold.kind.replaceAll('_', ' ')} since ${showInstant(hold.heldAt, timeZone)}${until})`;
}

/** `undefined`: it is lifted by itself. */
export function liftingCommand(
  kind: NonNullable<RunView['held']>['kind'],
  runId: string,
  account: string,
): string | undefined {
  if (kind === 'preparing') return undefined;
  if (kind === 'approval') return `siaran approve ${runId}`;
  if (isOperatorsHold(kind)) return `siaran resume ${runId}`;
  if (kind === 'stopped') return 'siaran go --all';
  if (kind === 'account_stopped') return `siaran go --all --account ${account}`;
  return kind === 'ledger_went_back' ? 'siaran resume --all --ledger-went-back' : `siaran resume --account ${account}`;
}

export function describeRuns(runs: readonly RunView[]): string {
  const figures = ['enqueued', 'scheduled', 'failed', 'unknown', 'rejected'];
  const several = runs.some(({ account }) => account !== 'default');
  return table(
    ['run', 'name', ...(several ? ['account'] : []), 'status', 'starts', ...figures],
    runs.map((run) => {
      const { enqueued, scheduled, failed, unknown, rejected } = run.recipients;
      const waits = waitsUntil(run, new Date()) !== null;
      const status = run.outcome === null ? (waits ? 'waits' : standingWord(run)) : describeOutcome(run, run.outcome);
      const starts = run.startAt === null ? 'at once' : showInstant(run.startAt, zoneOf(run));
      const account = several ? [run.account] : [];
      return [run.id, shorten(run.name), ...account, status, starts, enqueued, scheduled, failed, unknown, rejected];
    }),
  );
}

function describeOutcome(run: RunView, outcome: RunOutcome): string {
  const later = startsLater(run);
  return later ? `${later.words} ${showInstant(later.at, zoneOf(run))}` : outcomeWords[outcome];
}

/** @param timeZone whose clock their starts are told by; default: the machine's. */
export function describeBatches(batches: readonly BatchView[], timeZone?: string): string {
  const heads = ['batch', 'status', 'recipients', 'starts', 'moved by', 'file', 'job', 'attempts', 'error'];
  return table(
    heads,
    batches.map((batch) => [
      batch.id,
      batch.status,
      batch.recipients,
      batch.startedAt === null ? '-' : showInstant(batch.startedAt, timeZone),
      batch.movedBy === null ? '' : batch.movedBy === 'late' ? 'late' : limitNames[batch.movedBy],
      // Ids are no quantities: no commas.
      String(batch.broadcastFileId ?? '-'),
      String(batch.broadcastJobId ?? '-'),
      batch.attempts,
      [batch.evidence ? describeEvidence(batch.evidence) : '', batch.error ?? ''].filter(Boolean).join('; '),
    ]),
  );
}

function statesOf({ pending, uploaded, sending, scheduled, failed, unknown, cancelled }: BatchCounts): BatchCounts {
  return { pending, uploaded, sending, scheduled, failed, unknown, cancelled };
}

/** `2,470 scheduled · 10 duplicates`: what is zero is left out. */
function named(counts: Record<string, number>): string {
  const shown = Object.entries(counts).filter(([name, value]) => value > 0 || name === 'enqueued');
  return shown.map(([name, value]) => `${count(value)} ${name}`).join(' · ');
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
