import { maskPhoneNumbersIn } from '../../domain/numbers/mask-number.js';
import { messageOf, RefusedError, SiaranError, UnavailableError, UsageError } from '../../errors.js';
import { isPostgresAway, isPostgresRefused } from './database.js';
import { codesOf } from './error-codes.js';

/**
 * What an error of pg or Prisma means to whoever called Siaran; undefined if it is neither's.
 * @param url of the database, to name it in the message; its user and password are not shown.
 */
export function postgresErrorOf(error: unknown, url?: string): SiaranError | undefined {
  const reason = reasonOf(error);
  const told = `${reason}${placeOf(url, reason)}`;
  if (isMissing(error)) return new RefusedError('Postgres', missingWords(error, url), error);
  if (isPostgresRefused(error)) return new RefusedError('Postgres', `Postgres refuses the connection${told}`, error);
  if (isForbidden(error)) return new RefusedError('Postgres', `Postgres refuses a statement${told}`, error);
  if (isOutOfConnections(error))
    return new UnavailableError('Postgres', error, `Postgres has no connection left${told}`);
  if (isPostgresAway(error)) return new UnavailableError('Postgres', error, `${awayWords(error)}${told}`);
  if (isNotMigrated(error))
    return new SiaranError(
      'MIGRATION',
      `The database's schema is not that of this program${placeOf(url)}. Run \`siaran migrate\` first.`,
      { cause: error },
    );
  // Under this name no other statement of ours is prepared, and in a session once.
  if (hasCode(error, ['42P05']))
    return new UsageError(
      `A pooler between this program and Postgres loses named statements${placeOf(url)}. \`siaran doctor\` says what to set.`,
      { cause: error },
    );
  // Whatever else can't be stored is refused by its name before.
  if (hasCode(error, ['22021']))
    return new UsageError('A text of this call has a NUL character in it, which Postgres does not store.', {
      cause: error,
    });
  if (isOfPostgres(error))
    return new SiaranError('UNEXPECTED', `Postgres failed at a statement of Siaran${told}`, { cause: error });
  return undefined;
}

/** Whether Postgres is there, and lets nobody in any more. */
export function isOutOfConnections(error: unknown): boolean {
  return hasCode(error, ['53300', 'TooManyConnections', 'P2037']);
}

/** Prisma's names for a table or column that isn't there, and Postgres's, also for a function or its schema. */
export function isNotMigrated(error: unknown): boolean {
  return hasCode(error, ['P2021', 'P2022', '42P01', '42703', '42883', '3F000']);
}

function isMissing(error: unknown): boolean {
  return hasCode(error, ['3D000', 'P1003', 'DatabaseDoesNotExist']);
}

function isForbidden(error: unknown): boolean {
  return hasCode(error, ['42501']);
}

/** Postgres has answered that it can't do it now: it is read-only, its disk is full, or another one waits. */
function awayWords(error: unknown): string {
  const answered = [...codesOf(error)].some((code) =>
    /^(25006|26000|53\d{3}|55P03|40001|40P01|57014|58\d{3})$/.test(code),
  );
  return answered ? "Postgres can't do it now" : "Postgres can't be reached";
}

function isOfPostgres(error: unknown): boolean {
  const { name, severity } = error as { name?: unknown; severity?: unknown };
  return /^(PrismaClient\w+|DriverAdapterError)$/.test(String(name)) || typeof severity === 'string';
}

function hasCode(error: unknown, wanted: readonly string[]): boolean {
  const codes = codesOf(error);
  return wanted.some((code) => codes.has(code));
}

function missingWords(error: unknown, url: string | undefined): string {
  if (url === undefined) return `Postgres refuses the connection${reasonOf(error)}`;
  const { host, pathname } = new URL(url);
  const name = JSON.stringify(decodeURIComponent(pathname.slice(1)));
  return `The database ${name} of DATABASE_URL does not exist at ${host}. Create it first.`;
}

/** Where it was, unless the reason has said it. */
function placeOf(url: string | undefined, reason = ''): string {
  if (url === undefined) return '';
  const { host, pathname } = new URL(url);
  if (host !== '' && reason.includes(host)) return '';
  return ` (database ${JSON.stringify(decodeURIComponent(pathname.slice(1)))} at ${host})`;
}

const prismasWords = 'Message: `';

/** What Prisma says stands after an excerpt of our code. */
function reasonOf(error: unknown): string {
  const line = messageOf(error).trim().split('\n').at(-1) ?? '';
  const begin = line.indexOf(prismasWords);
  const reason = begin !== -1 && line.endsWith('`') ? line.slice(begin + prismasWords.length, -1) : line;
  return reason === '' ? '' : `: ${maskPhoneNumbersIn(reason.slice(0, 500))}`;
}
