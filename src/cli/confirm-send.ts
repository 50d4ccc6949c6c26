import { showInstant } from '../domain/show-instant.js';
import type { Survey } from '../domain/survey.js';
import { SiaranError } from '../errors.js';
import { askYesNo, canAsk } from './ask.js';
import { describeDoubts, describeRejections } from './describe-survey.js';
import { Interrupted } from './interrupt.js';
import { bold, count, note, plural, yellow } from './output.js';
import type { SendRequest } from './send-request.js';

/** Whether somebody is to be asked: never without a terminal, and not where nobody would be messaged. */
export function isAsked(request: SendRequest, survey: Survey): boolean {
  return !request.yes && canAsk && survey.accepted > 0;
}

/**
 * Shows how many are to be messaged, when, with which template and what is odd, and asks whether to.
 * @throws {SiaranError} when the answer isn't yes.
 */
export async function confirmSend(request: SendRequest, survey: Survey, stop: AbortSignal): Promise<void> {
  note(describeIntent(request, survey));
  const isMeant = await askYesNo(`Send to ${plural(survey.accepted, 'recipient')}?`, stop).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted(error.signal, '\nInterrupted; nothing was sent.') : error;
  });
  if (!isMeant) throw new SiaranError('NOT_MEANT', 'nothing was sent, as the answer was not yes.');
}

function describeIntent(request: SendRequest, survey: Survey): string {
  const { name, templateDetailId, startAt, account, path, key, delivery } = request;
  const lines: [string, string][] = [
    ['recipients', `${count(survey.accepted)} of ${path}, ${count(survey.rejected)} rejected`],
    ['starts', startAt === undefined ? 'at once' : showInstant(startAt, delivery.timeZone)],
    ['template', String(templateDetailId)],
    ...(account === undefined ? [] : [['account', account] satisfies [string, string]]),
    ...(key === undefined ? [] : [['key', key] satisfies [string, string]]),
    ...describeRejections(survey.reasons.list()).map((line): [string, string] => ['rejected', yellow(line)]),
    ...describeDoubts(survey.doubts.list()).map((line): [string, string] => ['doubtful', yellow(line)]),
  ];
  return [bold(name), ...lines.map(([head, text]) => `  ${head.padEnd(10)}  ${text}`)].join('\n');
}
