import { createHash, randomBytes } from 'node:crypto';
import { openRecipients } from '../audience/read-recipients.js';
import type { DeliveryRequest } from '../domain/delivery.js';
import type { CatchUp } from '../domain/firing.js';
import type { Recipient } from '../domain/recipient.js';
import type { Separator } from '../domain/sending.js';
import { KeyConflictError, RunStateError, SiaranError, UsageError } from '../errors.js';
import { noteMissingCountry } from './default-country.js';
import { describeError } from './failure.js';
import { Interrupted, unlessInterrupted } from './interrupt.js';
import { note } from './output.js';
import { checkInput, hashed, openInput, type RecipientInput } from './recipient-input.js';
import { SendProgress } from './send-progress.js';
import type { Opened } from './with-siaran.js';

export type SendRequest = {
  /** A file, or `-` for standard input. */
  path: string;
  name: string;
  templateDetailId: number;
  startAt?: Date;
  separator?: Separator;
  account?: string;
  key?: string;
  /** Starts a new run, whether the file was sent before or not. */
  again?: boolean;
  seal: boolean;
  flushAfter?: string;
  /** When its batches may start. */
  delivery: DeliveryRequest & { catchUp?: CatchUp };
};

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
  const progress = new SendProgress(input.size, session.ctx.config.defaultCountry);
  try {
    const hash = await check(input, request, progress, stop);
    noteMissingCountry(session.ctx.config.defaultCountry);
    return await send(session, { input, hash, request, key: keyOf(request, hash), progress, stop });
  } finally {
    progress.stop();
    await input.close();
  }
}

async function check(
  input: RecipientInput,
  { separator }: SendRequest,
  progress: SendProgress,
  stop: AbortSignal,
): Promise<string | undefined> {
  if (input.size === undefined) return undefined;
  progress.begin('checking');
  return unlessInterrupted(stop, checkInput(input, separator, progress)).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted(error.signal, 'Interrupted; nothing was sent.') : error;
  });
}

/**
 * A file is known by its content, its template and its start: sending it twice, which is the commonest mistake, sends it
 * once. A stream can't be known before it has been read.
 */
function keyOf(request: SendRequest, hash: string | undefined): string {
  if (request.key !== undefined) return request.key;
  if (hash === undefined) {
    note('Warning: a stream without --key is not recognised if it is sent again.');
    return `stream-${randomBytes(8).toString('hex')}`;
  }
  if (request.again) return `again-${randomBytes(8).toString('hex')}`;
  const identity = JSON.stringify([hash, request.templateDetailId, request.startAt?.toISOString() ?? null]);
  return `file-${createHash('sha256').update(identity).digest('hex')}`;
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

async function send({ siaran }: Opened, sending: Sending): Promise<Sent> {
  const { input, hash, request, progress, stop } = sending;
  progress.begin('starting');
  const content = hashed(input.read());
  const { separator } = request;
  const opened = await unlessInterrupted(
    stop,
    openRecipients({ stream: content, name: input.name, ...(separator && { separator }) }),
  );
  const run = await unlessInterrupted(stop, siaran.startRun(runRequest(sending, opened.columns))).catch((error) => {
    throw error instanceof KeyConflictError && request.key === undefined ? sentDifferently(error) : error;
  });
  try {
    progress.begin('sending');
    // What a row holds is checked as it is enqueued.
    const rows = progress.count(opened.columns, opened) as AsyncIterable<Recipient>;
    const enqueued = await unlessInterrupted(stop, siaran.enqueue(run.id, rows, { source }));
    if (hash !== undefined && content.digest() !== hash) throw changedMeanwhile(input.name);
    progress.begin('sealing');
    if (request.seal) await siaran.seal(run.id);
    return { runId: run.id, ...enqueued };
  } catch (error) {
    if (!(error instanceof RunStateError)) throw withWayOn(error, run.id, sending);
    if (error.code !== 'RUN_COMPLETE') throw error;
    return { runId: run.id, accepted: 0, rejected: 0, already: true };
  }
}

function runRequest({ request, key }: Sending, columns: string[]) {
  const { name, templateDetailId, startAt, separator, account, flushAfter, delivery } = request;
  return {
    ...delivery,
    key,
    name,
    templateDetailId,
    columns,
    ...(startAt && { startAt }),
    ...(separator && { separator }),
    ...(account !== undefined && { account }),
    ...(flushAfter !== undefined && { flushAfter }),
  };
}

function sentDifferently(error: KeyConflictError): UsageError {
  return new UsageError(
    `This file was sent before with the same template and start, but otherwise: ${error.message}\n` +
      'To go on with that run, use its settings. To send the file once more, to everybody in it, add --again.',
    { cause: error },
  );
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
