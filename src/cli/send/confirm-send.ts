import type { Forecast } from '../../domain/campaigns/forecast.js';
import { readDelivery } from '../../domain/delivery/delivery.js';
import { describeDelivery } from '../../domain/delivery/describe-delivery.js';
import { labelOf } from '../../domain/templates/template.js';
import { SiaranError } from '../../errors.js';
import { type Counting, forecastNewRun, type RowCounts, remaining } from '../../pipeline/campaigns/forecast.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { describeForecast } from '../terminal/describe-forecast.js';
import { describeNumbers } from '../terminal/describe-numbers.js';
import { describeDoubts, describeRejections } from '../terminal/describe-survey.js';
import { Interrupted } from '../terminal/interrupt.js';
import { bold, count, note, plural, yellow } from '../terminal/output.js';
import type { Opened } from '../with-siaran.js';
import type { SendRequest } from './send-request.js';

/** Whether to ask for confirmation: never without a terminal. */
export function isAsked(request: SendRequest): boolean {
  return !request.yes && canAsk;
}

/**
 * Shows how many are to be messaged, when, with which template and what is odd, and asks whether to.
 * @throws {SiaranError} when the answer isn't yes.
 */
export async function confirmSend(
  { ctx }: Opened,
  request: SendRequest,
  rows: Counting,
  stop: AbortSignal,
): Promise<void> {
  const { startAt = null, account = 'default' } = request;
  const { delivery } = readDelivery(request.delivery);
  const skipMissed = request.delivery.catchUp === 'skip';
  const recipients = remaining(rows);
  const forecast = await forecastNewRun(ctx, { delivery, startAt, skipMissed, account }, recipients);
  note(describeIntent(request, rows, forecast, describeDelivery(delivery)));
  const isMeant = await askYesNo(`Send to ${plural(recipients, 'recipient')}?`, stop).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted(error.signal, '\nInterrupted; nothing was sent.') : error;
  });
  if (!isMeant) throw new SiaranError('NOT_MEANT', 'nothing was sent, as the answer was not yes.');
}

function describeIntent(request: SendRequest, rows: Counting, forecast: Forecast, limits: string): string {
  const { name, template, templateDetailId, account = '', key = '', values = '', delivery } = request;
  const odd = (head: string, lines: readonly string[]) => lines.map((line): [string, string] => [head, yellow(line)]);
  const lines: [string, string][] = [
    ['recipients', describeRows(rows)],
    ['numbers', describeNumbers(rows)],
    ['broadcast', describeForecast(forecast, delivery.timeZone)],
    ['limits', limits],
    ['template', template ? `${labelOf(template)} (${templateDetailId})` : String(templateDetailId)],
    ['values', values],
    ['account', account],
    ['key', key],
    ...odd('rejected', describeRejections(rows.reasons.list())),
    ...odd('doubtful', describeDoubts(rows.doubts.list())),
  ];
  const shown = lines.filter(([, text]) => text !== '');
  return [bold(name), ...shown.map(([head, text]) => `  ${head.padEnd(10)}  ${text}`)].join('\n');
}

/** `2,488 accepted · 28 duplicates · 0 suppressed · 12 rejected` */
export function describeRows({ accepted, duplicates, suppressed, rejected }: RowCounts): string {
  return `${count(accepted)} accepted · ${count(duplicates)} duplicates · ${count(suppressed)} suppressed · ${count(rejected)} rejected`;
}
