import { limitNames } from '../domain/batch-start.js';
import type { Forecast } from '../domain/forecast.js';
import { plural, red } from './output.js';

/** When files start, in words: `50 files from … to … (daily limit)`. */
export function describeForecast({ files, firstStartAt, lastStartAt, limit, tooLate }: Forecast): string {
  const late = tooLate === 0 ? '' : `; ${red(`${plural(tooLate, 'recipient')} too late to be sent`)}`;
  return `${plural(files, 'file')} ${describeSpan(firstStartAt, lastStartAt)}${describeLimit(limit)}${late}`;
}

function describeSpan(first: string | null, last: string | null): string {
  if (first === null || last === null) return 'at once';
  return first === last ? `at ${first}` : `from ${first} to ${last}`;
}

function describeLimit(limit: Forecast['limit']): string {
  return limit === null ? '' : `, because of the ${limitNames[limit]}`;
}
