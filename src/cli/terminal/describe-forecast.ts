import type { Forecast } from '../../domain/campaigns/forecast.js';
import { limitNames } from '../../domain/timing/batch-start.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { plural, red } from './output.js';

/**
 * When files start, in words: `50 files from … to …, because of the daily limit`.
 * @param timeZone whose clock they are told by; default: the machine's.
 */
export function describeForecast(
  { files, firstStartAt, lastStartAt, limit, tooLate }: Forecast,
  timeZone?: string,
): string {
  if (files === 0 && tooLate > 0)
    return red(
      `nothing would be sent: the start was missed, and ${plural(tooLate, 'recipient is', 'recipients are')} left out as too late`,
    );
  const late = tooLate === 0 ? '' : `; ${red(`${plural(tooLate, 'recipient')} too late to be sent`)}`;
  return `${plural(files, 'file')} ${describeSpan(firstStartAt, lastStartAt, timeZone)}${describeLimit(limit)}${late}`;
}

function describeSpan(first: string | null, last: string | null, timeZone: string | undefined): string {
  if (first === null || last === null) return 'at once';
  const from = showInstant(first, timeZone);
  return first === last ? `at ${from}` : `from ${from} to ${showInstant(last, timeZone)}`;
}

function describeLimit(limit: Forecast['limit']): string {
  return limit === null ? '' : `, because of the ${limitNames[limit]}`;
}
