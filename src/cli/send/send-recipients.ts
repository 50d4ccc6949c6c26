import { createHash, randomBytes } from 'node:crypto';
import { isEmptyFitting } from '../../domain/columns/column-map.js';
import { tooManyRejected } from '../../domain/recipients/max-rejected.js';
import type { Recipient } from '../../domain/recipients/recipient.js';
import type { Survey } from '../../domain/recipients/survey.js';
import { KeyConflictError, RunStateError, SiaranError, UsageError } from '../../errors.js';
import { audited } from '../../pipeline/audited.js';
import { isComplete } from '../../pipeline/intake/intake.js';
import { checkRun } from '../../pipeline/intake/start-run.js';
import { labelOfGiven } from '../templates/template-option.js';
import { describeRejections } from '../terminal/describe-survey.js';
import { describeError } from '../terminal/failure.js';
import { Interrupted, unlessInterrupted } from '../terminal/interrupt.js';
import { count, note } from '../terminal/output.js';
import type { Opened } from '../with-siaran.js';
import { confirmSend, isAsked } from './confirm-send.js';
import { noteMissingCountry } from './default-country.js';
import { hashed, openInput, openRows, type RecipientInput, warnOfCut } from './recipient-input.js';
import { SendProgress } from './send-progress.js';
import type { SendRequest } from './send-request.js';
import { type SurveyedInput, surveyInput } from './survey-input.js';
import { TooManyRejected } from './too-many-rejected.js';

/** `already`: the run had been sent before, whole; nothing was done. */
export type Sent = { runId: string; accepted: number; rejected: number; already?: true };

/** The same for whatever is sent, so that sending a corrected file under the same key supersedes the promise of the first. */
const source = 'file';

/**
 * Sends a file or stream of recipients: it is checked, if it can be read twice, then a run is started or found again,
 * takes the recipients, and is sealed. Whatever goes wrong on the way, the error says how to go on.
 */
export async function sendRecipients(session: Opened, request: SendRequest, stop: AbortSignal): Promise<Sent> {
  const input = await openInput(request.path);
  const progress = new SendProgress(input.size, session.ctx.config.defaultCountry, request);
  try {
    const surveyed = await check(session, input, request, progress, stop);
    const hash = surveyed?.hash;
    noteMissingCountry(session.ctx.config.defaultCountry);
    const key = keyOf(request, hash);
    if (surveyed && isAsked(request)) await ask(session, request, { ...surveyed, key }, stop);
    return await send(session, { input, hash, request, key, progress, stop });
  } finally {
    progress.stop();
    await input.close();
  }
}

/** Nobody is asked for what would be refused, or do nothing. */
async function ask(
  session: Opened,
  request: SendRequest,
  { key, columns, survey }: SurveyedInput & { key: string },
  stop: AbortSignal,
): Promise<void> {
  const known = await checkRun(session.ctx, runRequest(request, key, columns)).catch(explainConflict(session, request));
  if (survey.accepted === 0 || (known && (await isComplete(session.ctx, known)))) return;
  await confirmSend(session, request, survey, stop);
}

async function check(
  { ctx }: Opened,
  input: RecipientInput,
  request: SendRequest,
  progress: SendProgress,
  stop: AbortSignal,
): Promise<SurveyedInput | undefined> {
  if (input.size === undefined) return undefined;
  progress.begin('checking');
  const reading = surveyInput(input, request, { ctx, isThorough: isAsked(request) }, progress);
  const surveyed = await unlessInterrupted(stop, reading).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted(error.signal, 'Interrupted; nothing was sent.') : error;
  });
  progress.stop();
  refuseTooManyRejected(request, surveyed.survey);
  return surveyed;
}

function refuseTooManyRejected({ maxRejected }: SendRequest, survey: Survey): void {
  const why = tooManyRejected(maxRejected ?? null, survey);
  if (why === undefined) return;
  const reasons = describeRejections(survey.reasons.list()).map((line) => `\n  ${line}`);
  throw new TooManyRejected(`${why}:${reasons.join('')}`, survey.rejected);
}

/**
 * A file is known by its content, its template, its start, and how its heads were mapped: sending it twice, which is the
 * commonest mistake, sends it once. A stream can't be known before it has been read.
 */
export function knownKeyOf(request: SendRequest, hash: string | undefined): string | undefined {
  if (request.key !== undefined || request.again || hash === undefined) return request.key;
  const identity = JSON.stringify([
    hash,
    request.templateDetailId,
    request.startAt?.toISOString() ?? null,
    // The same columns may stand for other heads. Without any it is the key that it always was.
    ...(isEmptyFitting(request.fitting) ? [] : [request.fitting]),
  ]);
  return `file-${createHash('sha256').update(identity).digest('hex')}`;
}

function keyOf(request: SendRequest, hash: string | undefined): string {
  const known = knownKeyOf(request, hash);
  if (known !== undefined) return known;
  if (hash === undefined) {
    note('Warning: a stream without --key is not recognised if it is sent again.');
    return `stream-${randomBytes(8).toString('hex')}`;
  }
  return `again-${randomBytes(8).toString('hex')}`;
}

type Sending = {
  input: RecipientInput;
  /** Of a file, as it was when it was checked. */
  hash: string | undefined;
  request: SendRequest;
  key: string;
  progress: SendProgress;
  stop: AbortSignal;
};

async function send(session: Opened, sending: Sending): Promise<Sent> {
  const { ctx, siaran } = session;
  const { input, hash, request, key, progress, stop } = sending;
  progress.begin('starting');
  const content = hashed(input.read());
  const opened = await unlessInterrupted(stop, openRows(input, content, request));
  const starting = siaran.startRun(runRequest(request, key, opened.columns)).catch(explainConflict(session, request));
  const run = await unlessInterrupted(stop, starting);
  try {
    progress.begin('sending');
    // What a row holds is checked as it is enqueued.
    const rows = progress.count(opened.columns, opened) as AsyncIterable<Recipient>;
    const done = { target: run.id, isPatient: true } as const;
    const enqueuing = audited(ctx, { action: 'enqueue', ...done }, () => siaran.enqueue(run.id, rows, { source }));
    const enqueued = await unlessInterrupted(stop, enqueuing);
    warnOfCut(input.name, opened.cutLine());
    if (hash !== undefined && content.digest() !== hash) throw changedMeanwhile(input.name);
    progress.begin('sealing');
    if (request.seal)
      await audited(ctx, { action: 'seal', ...done }, () => siaran.seal(run.id)).catch(tooManyOf(enqueued.rejected));
    return { runId: run.id, ...enqueued };
  } catch (error) {
    if (error instanceof TooManyRejected) throw error;
    if (!(error instanceof RunStateError)) throw withWayOn(error, run.id, sending);
    if (error.code !== 'RUN_COMPLETE') throw error;
    return { runId: run.id, accepted: 0, rejected: 0, already: true };
  }
}

function tooManyOf(rejected: number): (error: unknown) => never {
  return (error) => {
    const isTooMany = error instanceof RunStateError && error.code === 'TOO_MANY_REJECTED';
    throw isTooMany ? new TooManyRejected(error.message, rejected, error.runId) : error;
  };
}

export function runRequest(request: SendRequest, key: string | undefined, columns: readonly string[]) {
  const { name, templateDetailId, startAt, lateOk, separator, account, flushAfter, delivery } = request;
  const { values, maxRejected, retryAfterFailure } = request;
  return {
    ...delivery,
    ...(key !== undefined && { key }),
    name,
    templateDetailId,
    ...labelOfGiven(request.template),
    columns,
    ...(startAt && { startAt }),
    ...(lateOk && { lateOk }),
    ...(separator && { separator }),
    ...(account !== undefined && { account }),
    ...(flushAfter !== undefined && { flushAfter }),
    ...(values !== undefined && { values }),
    ...(maxRejected !== undefined && { maxRejected }),
    ...(retryAfterFailure && { retryAfterFailure }),
  };
}

/** Users don't know the key that was made of their file, so the error names the run and says how to go on. */
export function explainConflict({ siaran }: Opened, request: SendRequest): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof KeyConflictError) || request.key !== undefined) throw error;
    const { enqueued, rejected } = (await siaran.run(error.runId)).recipients;
    const again =
      enqueued === 0
        ? 'Nobody is in that run: with --again the file goes out with these settings.'
        : 'To go on with that run, use its settings. With --again the file is sent once more, to everybody in it.';
    const rest =
      enqueued > 0 && rejected > 0
        ? `\nTo send only to those who were rejected (${count(rejected)}), put them into a file of their own: siaran rejections ${error.runId}`
        : '';
    const message = `There is a run of this file with the same template and start already: ${error.message}\n${again}${rest}`;
    throw new UsageError(message, { cause: error });
  };
}

function changedMeanwhile(name: string): SiaranError {
  return new SiaranError('INPUT', `${name} was changed while it was being sent.`);
}

/** An error that stopped the sending half-way, with what is to be done about it. */
function withWayOn(error: unknown, runId: string, { input, request, key }: Sending): Error {
  const again =
    request.key === undefined && (request.again || input.size === undefined)
      ? `the same command with --key ${key}${request.again ? ' instead of --again' : ''}`
      : 'the same command again';
  if (error instanceof Interrupted) {
    const message = `Interrupted. Run ${runId} has what was read until then, and is not sealed. To go on: ${again}.`;
    return new Interrupted(error.signal, message);
  }
  // A file was readable to its end before anything was sent.
  const isOtherFile = input.size !== undefined && error instanceof SiaranError && error.code === 'INPUT';
  const described = isOtherFile ? changedMeanwhile(input.name).message : describeError(error);
  const wayOn = isOtherFile
    ? `Compare with \`siaran export ${runId}\` before you send the rest: full batches may be on their way.`
    : `To go on: ${again}, with all recipients; those that are already in are not sent twice.`;
  const code = error instanceof SiaranError ? error.code : 'SEND';
  const text = `${described}\nRun ${runId} (key ${key}) has what was read until then, and is not sealed. ${wayOn}`;
  return new SiaranError(code, text, { cause: error });
}
