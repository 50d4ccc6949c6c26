import { type AudienceSpec, showAudience } from '../domain/campaigns/audience.js';
import { type Fitting, noFitting } from '../domain/columns/column-map.js';
import { ignoreFlag, mapFlag } from '../domain/columns/column-map-text.js';
import { guessColumns } from '../domain/columns/guess-columns.js';
import { showMasked } from '../domain/numbers/mask-number.js';
import { AudienceError, UsageError } from '../errors.js';
import { type AudienceMeans, type OpenedAudience, openAudience } from './open-audience.js';

const MAX_NAME_LENGTH = 200;

/**
 * Checks an audience when its campaign is added: that a file can be opened and a query be run, and that they have the
 * campaign's columns. Of a function only the name can be checked: what is registered is known only where workers run.
 * @throws {UsageError} that says what is wrong, with an example of what is right.
 */
export async function checkAudience(
  spec: AudienceSpec,
  columns: readonly string[],
  means: AudienceMeans,
  fitting: Fitting = noFitting,
): Promise<void> {
  if (spec.kind === 'function') return checkName(spec);
  try {
    // Neither of these two looks at the firing.
    const opened = await openAudience(spec, means, { campaign: '', firesAt: new Date(0) }, fitting);
    try {
      refuseUntold(opened);
      assertColumns(opened, columns);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!(error instanceof AudienceError)) throw error;
    throw new UsageError(`${error.message}${exampleFor(spec.kind, columns)}`, { cause: error });
  }
}

/**
 * Checks, before any row is read, that an audience has a campaign's columns, in whatever order; of a function's this shows
 * row by row. It closes nothing. @throws {AudienceError} that names those that are missing and those that are too many.
 */
export function assertColumns({ name, columns: given }: OpenedAudience, columns: readonly string[]): void {
  if (given === undefined) return;
  const missing = columns.filter((column) => !given.includes(column));
  const surplus = given.filter((column) => !columns.includes(column));
  const faults = [
    ...(missing.length > 0 ? [`lacks ${listed(missing)}`] : []),
    ...(surplus.length > 0 ? [`has ${listed(surplus)} besides`] : []),
  ];
  if (faults.length === 0) return;
  throw new AudienceError(
    `The audience ${name} ${faults.join(' and ')}: the campaign's columns are ${columns.join(', ')}.${wayOut(surplus, missing)}`,
  );
}

/** An empty file may be what a firing finds, but nothing shows that it is the right one. */
function refuseUntold({ name, columns }: OpenedAudience): void {
  if (columns !== undefined) return;
  throw new AudienceError(`The audience ${name} is empty; its first line must name the columns.`);
}

/** What a column that is too many was probably meant as: one that is missing, if its name says so. */
function wayOut(surplus: readonly string[], missing: readonly string[]): string {
  if (surplus.length === 0) return '';
  const unknown = surplus.map((head) => ({ head, values: [] }));
  const meant = guessColumns(unknown, []).filter(([, column]) => missing.includes(column));
  const flags = [
    ...(meant.length > 0 ? [mapFlag(meant)] : []),
    ...(meant.length < surplus.length
      ? [ignoreFlag(surplus.filter((head) => !meant.some(([other]) => other === head)))]
      : []),
  ];
  return ` Probably meant: ${flags.join(' ')}.`;
}

function checkName(spec: Extract<AudienceSpec, { kind: 'function' }>): void {
  const length = spec.name.trim().length;
  if (length > 0 && length <= MAX_NAME_LENGTH) return;
  throw new UsageError(
    `The audience ${showAudience(spec)} has a name of ${length} characters; write 1 to ${MAX_NAME_LENGTH}, for example function:due-invoices.`,
  );
}

function exampleFor(kind: AudienceSpec['kind'], columns: readonly string[]): string {
  if (kind !== 'file' && kind !== 'sql') return '';
  const names = columns.join(kind === 'file' ? ',' : ', ');
  return kind === 'file'
    ? ` For example file:customers.csv, with the first line ${names}`
    : ` For example sql:SELECT ${names} FROM customers`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(showMasked).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
