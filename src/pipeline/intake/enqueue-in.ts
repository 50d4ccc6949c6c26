import { isLabel } from '../../domain/runs/label.js';
import { unstorableIn } from '../../domain/text/unstorable.js';
import { messageOf, NotFoundError, type RunStateCode, RunStateError, UsageError } from '../../errors.js';
import { findSqlFault } from '../../store/postgres/sql-fault.js';
import { ofCaller } from '../errors-of-callers.js';
import { forEachRow, type Recipients, refuseUnlessIterable } from './enqueue.js';

/**
 * The caller's own transaction: a client of pg on which `BEGIN` was said, or the client that Prisma's `$transaction` gives.
 * Neither pg's pool nor Prisma's client itself: each of their statements may go to another connection.
 */
export type Transaction =
  | {
      /** As pg's client has it. */
      query(text: string, values: unknown[]): Promise<unknown>;
      /** Only pg's pool has it, which is refused. */
      totalCount?: never;
    }
  | {
      /** As the client of Prisma's transaction has it. */
      $queryRawUnsafe(query: string, ...values: unknown[]): Promise<unknown>;
      /** Only Prisma's client itself has it, which is refused. */
      $connect?: never;
    };

/** What goes into one statement: as much as the function makes one block of, and far less than it takes. */
const mostRows = 1_000;
const mostCharacters = 1_000_000;

/** As much of one row as the function takes. */
const mostRowBytes = 1_000_000;

/** Lasts until the transaction ends, or is rolled back to a savepoint from before it. Outside of a transaction it ends with this statement. */
const mark = "SELECT set_config('siaran.transaction', 'open', true)";

/** Without the mark it hands nothing in, and gives no row: outside of a transaction it would commit by itself. */
const statement = `
  SELECT siaran.enqueue($1::text, $2::jsonb) WHERE current_setting('siaran.transaction', true) = 'open'`;

/**
 * Hands rows in within the caller's transaction, holding a bounded part of them in memory. Returns how many.
 * @throws {UsageError} before the statement is run, for a row that can't be handed in, by its position from 1. The caller's
 * transaction goes on; what it has of the rows before that one is in whole blocks of 1,000. Also if `tx` is in no transaction: nothing
 * is handed in then.
 * @throws {NotFoundError | RunStateError} from Postgres: the caller's transaction can only be rolled back then.
 */
export async function enqueueIn<Column extends string>(
  tx: Transaction,
  runKey: string,
  rows: Recipients<Column>,
): Promise<number> {
  if (!isLabel(runKey))
    throw new UsageError('runKey must be a text of 1 to 200 characters in one line: the key of a run.');
  const run = statementRunner(tx);
  refuseUnlessIterable(rows);
  const ask = (sql: string, values: unknown[]) =>
    run(sql, values).catch((error: unknown) => {
      throw explained(ofCaller(error), runKey);
    });
  let [block, characters, count]: [string[], number, number] = [[], 0, 0];
  let handedIn: number | undefined;
  const handIn = async () => {
    const json = `[${block.join(',')}]`;
    const rowsOfBlock = block.length;
    [block, characters] = [[], 0];
    // Its answer is read too, so that nothing is handed in where answers can't be.
    if (handedIn === undefined) countRows(await ask(mark, []));
    handedIn ??= 0;
    if (countRows(await ask(statement, [runKey, json])) === 0) throw noTransaction(handedIn);
    handedIn += rowsOfBlock;
  };
  await forEachRow(rows, (row) => {
    count += 1;
    const json = jsonOf(row, count);
    block.push(json);
    characters += json.length;
    return block.length >= mostRows || characters >= mostCharacters ? handIn() : undefined;
  });
  // Also without any row: that the run takes none is to be heard whatever there is to hand in.
  if (block.length > 0 || count === 0) await handIn();
  return count;
}

function statementRunner(tx: Transaction): (sql: string, values: unknown[]) => Promise<unknown> {
  if (typeof tx !== 'object' || tx === null) throw new UsageError(whatTxIs);
  if ('$queryRawUnsafe' in tx && typeof tx.$queryRawUnsafe === 'function') {
    if (typeof tx.$connect === 'function')
      throw new UsageError(
        'tx is the Prisma client itself; call enqueueIn within its $transaction, with the client that it gives.',
      );
    return async (sql, values) => tx.$queryRawUnsafe(sql, ...values);
  }
  if ('query' in tx && typeof tx.query === 'function') {
    if (tx.totalCount !== undefined)
      throw new UsageError('tx is a pool; take a client with pool.connect(), and run BEGIN on it.');
    return async (sql, values) => tx.query(sql, values);
  }
  throw new UsageError(whatTxIs);
}

const whatTxIs =
  "tx must be a transaction of yours: an object with query(text, values), as pg's client, or with $queryRawUnsafe, as Prisma's.";

/** Rows as pg's client gives them, or Prisma's. */
function countRows(answer: unknown): number {
  const rows = typeof answer === 'object' && answer !== null && 'rows' in answer ? answer.rows : answer;
  if (Array.isArray(rows)) return rows.length;
  throw new UsageError("tx.query gives no rows; it has to give what pg's client gives, an object with rows.");
}

function noTransaction(handedIn: number): UsageError {
  return new UsageError(
    handedIn === 0
      ? 'tx is in no transaction: run BEGIN on it first, and COMMIT afterwards. Nothing was handed in.'
      : `The transaction of tx has ended, or was rolled back, while rows were handed in: what became of it became of the first ${handedIn} rows, and no others were handed in.`,
  );
}

function jsonOf(row: unknown, position: number): string {
  const refuse = (what: string) => new UsageError(`Row ${position} ${what}`);
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw refuse('is no object; a row is an object with a value for each column.');
  let json: string;
  try {
    json = JSON.stringify(row);
  } catch (cause) {
    throw refuse(`can't be written as JSON: ${messageOf(cause)}`);
  }
  if (typeof json !== 'string' || json[0] !== '{')
    throw refuse('is no object as JSON; a row is an object with a value for each column.');
  // A UTF-16 unit takes at most three bytes, so that the count is only needed for what is already large.
  if (json.length * 3 > mostRowBytes && Buffer.byteLength(json) > mostRowBytes) throw refuse('is above 1 MB as JSON.');
  const found = unstorableIn(json);
  if (found === 'NUL') throw refuse('has a NUL character in it, which Postgres does not store.');
  if (found) throw refuse('has half a character in it (a lone surrogate): it was cut or wrongly decoded.');
  return json;
}

/** What the function says, and why it may not be called; anything else is the caller's own to know. */
function explained(error: unknown, runKey: string): unknown {
  const fault = findSqlFault(error);
  if (fault?.code === 'SR404') return new NotFoundError('run with the key', runKey);
  if (fault?.code === 'SR400') return new UsageError(fault.message, { cause: error });
  if (fault?.code === 'SR409') {
    const [code, runId] = fault.detail.split(' ');
    return code && runId ? new RunStateError(code as RunStateCode, runId, fault.message) : error;
  }
  if (fault?.code === '42501' && /siaran|enqueue/.test(fault.message))
    return new UsageError(
      `${fault.message}: the role of this connection may not enqueue rows. Run GRANT USAGE ON SCHEMA siaran TO that role.`,
      { cause: error },
    );
  if (fault && (fault.code === '3F000' || fault.code === '42883') && /siaran/.test(fault.message))
    return new UsageError(
      `${fault.message}: this is not the database of Siaran, or siaran migrate has not brought it up to date.`,
      {
        cause: error,
      },
    );
  return error;
}
