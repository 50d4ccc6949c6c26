import type { Survey } from '../domain/survey.js';
import { SiaranError } from '../errors.js';
import { askYesNo, canAsk } from './ask.js';
import { describeDoubts, describeRejections } from './describe-survey.js';
import { Interrupted } from './interrupt.js';
import { bold, count, note, plural, yellow } from './output.js';
import type { SendRequest } from './send-request.js';

/**
 * Shows on a terminal how many are to be messaged, when, with which template and what is odd, and asks whether to. Programs are
 * never asked. @throws {SiaranError} when the answer isn't yes.
 */
export async function confirmSend(request: SendRequest, survey: Survey, stop: AbortSignal): Promise<void> {
  if (request.yes || !canAsk || survey.accepted === 0) return;
  note(describeIntent(request, survey));
  const isMeant = await askYesNo(`Send to ${plural(survey.accepted, 'recipient')}?`, stop).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted(error.signal, '\nInterrupted; nothing was sent.') : error;
  });
  if (!isMeant) throw new SiaranError('NOT_MEANT', 'nothing was sent, as the answer was not yes.');
}

function describeIntent({ name, templateDetailId, startAt, account, path, key }: SendRequest, survey: Survey): string {
  const lines: [string, string][] = [
    ['recipients', `${count(survey.accepted)} of ${path}, ${count(survey.rejected)} rejected`],
    ['starts', startAt === undefined ? 'at once' : startAt.toISOString()],
    ['template', String(templateDetailId)],
    ...(account === undefined ? [] : [['account', account] satisfies [string, string]]),
    ...(key === undefined ? [] : [['key', key] satisfies [string, string]]),
    ...describeRejections(survey.reasons.list()).map((line): [string, string] => ['rejected', yellow(line)]),
    ...describeDoubts(survey.doubts.list()).map((line): [string, string] => ['doubtful', yellow(line)]),
  ];
  return [bold(name), ...lines.map(([head, text]) => `  ${head.padEnd(10)}  ${text}`)].join('\n');
}
