// The limit of Postgres itself: rows that Siaran has written, taken out byte for byte, and put back into the same tables
// with COPY.
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { recipientTables, rowsOfRun } from '../measures/ledger-size.js';
import { answerParent, setting } from './answer.js';

const batchSize = 1_000;
/** Siaran commits a turn of 5,000 rows at once, with one statement for each batch and table. */
const statementsACommit = 10;

type Statement = { table: string; rows: Buffer };
type Lane = { client: Client; statements: Statement[] };
let lanes: Lane[] = [];
let expectedRows = 0;

await answerParent((request: { do: 'load'; runIds: string[]; rowsEach: number } | { do: 'copy' }) =>
  request.do === 'load' ? load(request.runIds, request.rowsEach) : copyAll(),
);

/** Takes the rows of each run into memory and empties the tables. Each run has a connection of its own. */
async function load(runIds: readonly string[], rowsEach: number): Promise<{ statements: number }> {
  lanes = await Promise.all(
    runIds.map(async (runId) => {
      const client = await connect();
      const perTable = await Promise.all(recipientTables.map((table) => readTable(table, runId, rowsEach / batchSize)));
      // As they are written together: a batch's numbers, then its rows.
      const statements = perTable[0]?.flatMap((_, at) => perTable.flatMap((table) => table[at] ?? [])) ?? [];
      return { client, statements };
    }),
  );
  expectedRows = lanes.flatMap(({ statements }) => statements).reduce((sum, { rows }) => sum + countLines(rows), 0);
  // Once for practice, so that the connections are warm as Siaran's are.
  await empty();
  await Promise.all(lanes.map(({ client, statements }) => copy(client, statements.slice(0, statementsACommit))));
  await empty();
  return { statements: lanes.reduce((sum, { statements }) => sum + statements.length, 0) };
}

async function copyAll(): Promise<{ ms: number }> {
  const started = performance.now();
  const copied = await Promise.all(lanes.map(({ client, statements }) => copy(client, statements)));
  const ms = performance.now() - started;
  const rows = copied.reduce((sum, count) => sum + count, 0);
  if (rows !== expectedRows) throw new Error(`${rows} of ${expectedRows} rows were copied`);
  return { ms };
}

async function copy(client: Client, statements: readonly Statement[]): Promise<number> {
  let rows = 0;
  for (let at = 0; at < statements.length; at += statementsACommit) {
    await client.query('BEGIN');
    for (const statement of statements.slice(at, at + statementsACommit)) rows += await copyRows(client, statement);
    await client.query('COMMIT');
  }
  return rows;
}

async function copyRows(client: Client, { table, rows }: Statement): Promise<number> {
  const stream = client.query(copyFrom(`COPY ${table} FROM STDIN`));
  stream.end(rows);
  await once(stream, 'finish');
  return stream.rowCount;
}

/** A run's rows in the order in which they were written, cut into as many pieces as the run has batches. */
async function readTable(table: (typeof recipientTables)[number], runId: string, pieces: number): Promise<Statement[]> {
  const client = await connect();
  const parts: Buffer[] = [];
  // The id is Siaran's own; COPY takes no parameters.
  const stream = client.query(
    copyTo(`COPY (SELECT * FROM ${table} WHERE ${rowsOfRun[table](runId)} ORDER BY ctid) TO STDOUT`),
  );
  await pipeline(stream, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) parts.push(chunk);
  });
  await client.end();
  // In COPY's text format a line is a row: line feeds of the data are escaped.
  const lines = Buffer.concat(parts).toString('utf8').split('\n').slice(0, -1);
  const each = Math.ceil(lines.length / pieces);
  return Array.from({ length: Math.ceil(lines.length / each) }, (_, at) => ({
    table,
    rows: Buffer.from(`${lines.slice(at * each, (at + 1) * each).join('\n')}\n`),
  }));
}

async function empty(): Promise<void> {
  const client = await connect();
  await client.query(`TRUNCATE ${recipientTables.join(', ')}`);
  await client.query('CHECKPOINT');
  await client.end();
}

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: setting('DATABASE_URL') });
  await client.connect();
  return client;
}

function countLines(text: Buffer): number {
  let count = 0;
  for (const byte of text) if (byte === 10) count += 1;
  return count;
}
