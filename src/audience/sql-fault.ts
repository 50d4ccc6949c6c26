import querystring from 'node:querystring';
import type { Client } from 'pg';
import { showMasked } from '../domain/numbers/mask-number.js';
import { formatDuration } from '../domain/timing/duration.js';
import { AudienceError, isCertificateError } from '../errors.js';
import { reasonOf } from './audience-fault.js';

export type SqlMeans = {
  databaseUrl: string;
  /** How long the database may be at work for one audience, all its rows together. */
  timeoutMs: number;
  /** Aborted when nobody wants the audience any more: it is ended on the server too. */
  signal?: AbortSignal | undefined;
};

/** The query, and how many characters of our own stood before it in what Postgres was given. */
export type Asked = { query: string; offset: number };

/** What of Postgres's errors doesn't depend on the language that it speaks: https://www.postgresql.org/docs/current/protocol-error-fields.html */
type SqlError = { code?: string; routine?: string; position?: string; hint?: string };

export function connectFault(name: string, databaseUrl: string, client: Client, cause: unknown): AudienceError {
  const where = `${client.host}:${client.port}/${client.database}`;
  const why = redacted(reasonOf(cause), databaseUrl);
  return new AudienceError(
    `The audience ${name} failed: its database ${where} can't be used: ${why}. ` +
      'Check SIARAN_AUDIENCE_DATABASE_URL.',
    { cause, retryable: isPassing(cause) },
  );
}

export function queryFault(name: string, means: SqlMeans, asked: Asked, cause: unknown): AudienceError {
  const why = redacted(describe(cause as SqlError, means, asked), means.databaseUrl);
  return new AudienceError(`The audience ${name} failed: ${why}.`, { cause, retryable: isPassing(cause) });
}

export function tooMuch(name: string): AudienceError {
  return new AudienceError(
    `The audience ${name} failed: some of its rows have more than 64 MB together. A message has about a thousand characters; select shorter values.`,
  );
}

export function doubledColumns(name: string, columns: readonly string[]): AudienceError {
  const doubled = new Set(columns.filter((column, index) => columns.indexOf(column) !== index));
  return new AudienceError(
    `The audience ${name} names ${[...doubled].map(showMasked).join(', ')} more than once; give each column a name of its own with AS.`,
  );
}

function describe(error: SqlError, { timeoutMs }: SqlMeans, asked: Asked): string {
  const said =
    reasonOf(error) + lineOf(error, asked) + (error.hint ? ` (${reasonOf(error.hint).replace(/\.$/, '')})` : '');
  const { code, routine = '' } = error;
  if (code === '42601' && routine === 'exec_parse_message')
    return 'it holds more than one statement, not a single SELECT';
  if (code === '42601') return `it is no single SELECT that Postgres understands: ${said}`;
  if (code === '0A000' && routine === 'transformDeclareCursorStmt')
    return 'it is no single SELECT: an audience changes no data, in its WITH neither';
  if (code === '25006') return `an audience changes no data: ${said}`;
  if (code === '08P01' && routine === 'exec_bind_message')
    return 'it has parameters ($1) in it, which nobody gives values for';
  if (code === '57014') return `${said}; SIARAN_AUDIENCE_TIMEOUT is ${formatDuration(timeoutMs)}`;
  return said;
}

function lineOf({ position }: SqlError, { query, offset }: Asked): string {
  const at = Number(position) - 1 - offset;
  return at >= 0 && query.includes('\n') ? ` (line ${query.slice(0, at).split('\n').length} of the query)` : '';
}

/**
 * Whether it may be otherwise soon: no answer, a connection that broke, or Postgres's states that pass (classes 08, 53, 57P
 * and conflicts with a standby's recovery, 40001). Who isn't let in or has no such database (28, 3D) has to change something.
 */
function isPassing(error: unknown): boolean {
  const { code } = error as SqlError;
  const isPostgres = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object);
  return isPostgres ? /^(08(?!P01)|53|57P0|40)/.test(code) : !isCertificateError(error);
}

/** The text without the password of the address, as written and decoded. */
function redacted(text: string, databaseUrl: string): string {
  const password = URL.canParse(databaseUrl) ? new URL(databaseUrl).password : '';
  const forms = [password, querystring.unescape(password)].filter((form) => form.length >= 4);
  return forms.reduce((rest, form) => rest.replaceAll(form, '***'), text);
}
